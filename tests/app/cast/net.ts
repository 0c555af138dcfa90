/** Casts without an app around them, on links of the memory world: as many as one likes, linked as one likes, and nothing to open or store. */
import { createWorld } from '../../../src/adapters/memory/world.ts';
import type { World } from '../../../src/adapters/memory/world.ts';
import type { Life } from '../../../src/adapters/memory/node.ts';
import { createCast } from '../../../src/app/cast/cast.ts';
import type { Cast } from '../../../src/app/cast/cast.ts';
import { createShare } from '../../../src/app/delivery/share.ts';
import { createPeers } from '../../../src/app/mesh/peers.ts';
import type { Peer, Peers } from '../../../src/app/mesh/peers.ts';
import { createRouting } from '../../../src/app/routing/routing.ts';
import type { Core } from '../../../src/app/core.ts';
import { decodeCast } from '../../../src/protocol/cast.ts';
import { decodeFrame, encodeFrame } from '../../../src/protocol/frame.ts';
import type { DeviceId, RoomId } from '../../../src/protocol/ids.ts';
import type { Network } from '../../../src/ports/network.ts';

export interface Net {
  readonly world: World;
  readonly size: number;
  /** Says so many bytes in the room; answers who had them when, and how many copies came to anybody. */
  say(
    author: number,
    word: number,
    waitMs: number,
  ): Promise<{ readonly heardMs: ReadonlyMap<number, number>; readonly copies: number }>;
  /** Its links stay up, and it does nothing any more. */
  freeze(at: number): void;
}

const room = '0102030405060708090a0b0c0d0e0f10' as RoomId;
const deviceOf = (at: number): DeviceId => at.toString(16).padStart(64, '0') as DeviceId;

interface One {
  readonly life: Life;
  readonly network: Network;
  readonly peers: Peers;
  readonly cast: Cast;
}

/** `linked`: the higher numbers that each number is linked to. */
export async function createNet(seed: string, size: number, linked: (at: number) => readonly number[]): Promise<Net> {
  const world = createWorld({ seed });
  let copies = 0;
  let heardMs = new Map<number, number>();
  const make = (at: number): One => {
    const life = world.node(`node ${at}`).start();
    const routing = createRouting(life.clock, { changed: () => undefined, opened: () => undefined });
    const network = routing.watch(life.network());
    const peers = createPeers(routing);
    const { clock, entropy, log } = life;
    // All that a cast asks of its core.
    const cast = createCast({ clock, entropy, log } as Core, peers, createShare(clock));
    cast.links.begin(network.self);
    const take = (sealed: Uint8Array, peer: Peer): void => {
      copies += 1;
      if (cast.arrived(sealed, peer)) return;
      const author = deviceOf(sealed[1] ?? 0);
      cast.spread({ room, author, sealed });
      cast.kept(sealed);
      if (!heardMs.has(at)) heardMs.set(at, world.nowMs());
    };
    network.listen({
      onOpen: (link) => {
        const peer = peers.meet(link.peer);
        Object.assign(peer, { direct: link, rttMs: 40 });
        peer.rooms.add(room);
        link.send(encodeFrame({ kind: 'ping', token: at }));
      },
      onClose: () => undefined,
      onFrame: (link, bytes) => {
        const peer = peers.meet(link.peer);
        const frame = decodeFrame(bytes);
        if (!('kind' in frame)) return;
        if (frame.kind === 'ping') {
          peer.device = deviceOf(frame.token);
          cast.links.heard(peer);
          cast.links.chosenBy(peer, room);
        }
        if (frame.kind === 'envelope') take(frame.bytes, peer);
        if (frame.kind !== 'cast') return;
        const word = decodeCast(frame.bytes);
        if (!('kind' in word) || word.kind === 'stand' || word.kind === 'here') return;
        if (word.kind !== 'given') return cast.take(word, peer);
        const inner = decodeFrame(word.frame);
        if (!('bytes' in inner)) return;
        cast.given(inner.bytes, word.to, peer);
        take(inner.bytes, peer);
      },
    });
    return { life, network, peers, cast };
  };
  const all = Array.from({ length: size }, (_, at) => make(at));
  for (const [at, one] of all.entries()) {
    for (const other of linked(at)) await world.finish(link(one.network, all[other % size]!.network));
  }
  await world.runFor(1_000);

  return {
    world,
    size,
    freeze: (at) => all[at]?.life.freeze(),
    say: async (author, word, waitMs) => {
      copies = 0;
      heardMs = new Map();
      const { cast } = all[author]!;
      const sealed = new Uint8Array(223).fill(word).with(0, 1).with(1, author);
      const words = { room, author: deviceOf(author), sealed };
      const to = cast.firstOf(room, words.author);
      const saidMs = world.nowMs();
      for (const peer of to) peer.direct?.send(cast.frameTo(words, peer, to));
      cast.said(words, to);
      await world.runFor(waitMs);
      return { heardMs: new Map([...heardMs].map(([at, ms]) => [at, ms - saidMs])), copies };
    },
  };
}

async function link(one: Network, other: Network): Promise<void> {
  const never = new AbortController().signal;
  const offer = await one.offer(never);
  const answer = await other.answer(offer.bytes, never);
  if (answer.state === 'answered') await Promise.all([offer.accept(answer.bytes), answer.opened]);
}
