/**
 * Stock js gossipsub, signed, on the same memory world: its streams go over the world's links, so the same paths delay both sides. Its own
 * timers (heartbeats) run in the time of this machine, in which its mesh is formed before anything is said.
 */
import { generateKeyPair } from '@libp2p/crypto/keys';
import { createRandom } from '../../../src/adapters/memory/random.ts';
import type { PathRules } from '../../../src/adapters/memory/paths.ts';
import { createWorld } from '../../../src/adapters/memory/world.ts';
import { createStockNode } from './stock-node.ts';
import type { StockNode } from './stock-node.ts';
import type { Crowd } from './talk.ts';

export interface StockCrowd extends Crowd {
  counts(): { readonly copies: number; readonly allBytes: number };
  /** These say that they go; then the mesh heals. */
  leave(names: readonly string[]): Promise<StockCrowd>;
  meshDegree(): number;
}

const topic = 'room';
/** As a page's: twelve at most. */
const dials = 6;

export async function openStock(size: number, path: Partial<PathRules>, seed: string): Promise<StockCrowd> {
  const weighed = { copies: 0, allBytes: 0 };
  const world = createWorld({
    seed,
    path,
    settle: () => new Promise((done) => setImmediate(done)),
    onEvent: ({ kind, bytes }) => {
      if (kind !== 'frame' || bytes === null) return;
      weighed.allBytes += bytes.length;
      weighed.copies += copiesIn(bytes);
    },
  });
  const luck = createRandom(`stock ${seed}`);
  let heard: (name: string, text: string) => void = () => undefined;
  const nodes = new Map<string, StockNode>();
  for (let at = 0; at < size; at += 1) {
    const name = `node ${at}`;
    const node = createStockNode(await generateKeyPair('Ed25519'), world.node(name).start().network());
    nodes.set(name, node);
    node.sub.addEventListener('gossipsub:message', ({ detail }) => heard(name, new TextDecoder().decode(detail.msg.data)));
  }
  const all = [...nodes.values()];
  for (const [at, node] of all.entries()) {
    for (let dial = 0; dial < dials; dial += 1) {
      const other = all[(at + 1 + luck.below(size - 1)) % size]!;
      if (node.isLinkedTo(other)) continue;
      await world.finish(link(node, other));
    }
  }
  for (const node of all) {
    await node.sub.start();
    node.sub.subscribe(topic);
  }
  for (const node of all) node.greet();
  /** Heartbeats come once in a second of this machine. */
  const breathe = async (seconds: number): Promise<void> => {
    for (let step = 0; step < seconds * 10; step += 1) {
      await world.runFor(200);
      await new Promise((done) => setTimeout(done, 100));
    }
  };
  await breathe(8);

  const crowdOf = (names: readonly string[]): StockCrowd => ({
    world,
    names,
    say: (name, text) => void nodes.get(name)?.sub.publish(topic, new TextEncoder().encode(text)),
    onHeard: (run) => void (heard = run),
    counts: () => ({ ...weighed }),
    meshDegree: () => names.reduce((sum, name) => sum + (nodes.get(name)?.sub.getMeshPeers(topic).length ?? 0), 0) / names.length,
    leave: async (gone) => {
      for (const name of gone) {
        const node = nodes.get(name);
        for (const other of all) if (node !== undefined) other.parted(node);
        await node?.sub.stop();
      }
      await breathe(4);
      return crowdOf(names.filter((name) => !gone.includes(name)));
    },
  });
  return crowdOf([...nodes.keys()]);
}

/** Two people show each other two codes: the world's shortest way to a link. */
async function link(one: StockNode, other: StockNode): Promise<void> {
  const never = new AbortController().signal;
  const offer = await one.network.offer(never);
  const answer = await other.network.answer(offer.bytes, never);
  if (answer.state !== 'answered') throw new Error(`no link: ${answer.why}`);
  const [here, there] = await Promise.all([offer.accept(answer.bytes), answer.opened]);
  if (here.state !== 'open' || there.state !== 'open') throw new Error('no link');
  one.linked(other, here.link, true);
  other.linked(one, there.link, false);
}

/** How many messages a frame of gossipsub has in it, by the filling of their texts. */
function copiesIn(bytes: Uint8Array): number {
  let [copies, run] = [0, 0];
  for (const byte of bytes) {
    run = byte === letterM ? run + 1 : 0;
    if (run === 40) copies += 1;
  }
  return copies;
}

const letterM = 109;
