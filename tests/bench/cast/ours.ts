/** Whole pages of the product in one open room, in a memory world: every frame that arrives at one is weighed. */
import { createWorld } from '../../../src/adapters/memory/world.ts';
import type { PathRules } from '../../../src/adapters/memory/paths.ts';
import type { App } from '../../../src/app/app.ts';
import type { RoomId } from '../../../src/protocol/ids.ts';
import { decodeCast } from '../../../src/protocol/cast.ts';
import { decodeFrame } from '../../../src/protocol/frame.ts';
import { decodeMeet } from '../../../src/protocol/meet.ts';
import { isRefusal } from '../../../src/protocol/refusal.ts';
import { createPage, createRelay } from '../../simulation/page.ts';
import type { Page } from '../../simulation/page.ts';
import { gather } from '../../simulation/room-run.ts';
import { createSettle } from '../../simulation/settle.ts';
import { createWiretap } from '../../simulation/wiretap.ts';
import type { Crowd } from './talk.ts';

export interface OurCrowd extends Crowd {
  counts(): Weighed;
  /** These run no more, and nobody is told. */
  die(names: readonly string[]): OurCrowd;
  direct(): number;
}

export interface Weighed {
  /** Copies of messages that arrived at devices. */
  readonly copies: number;
  readonly messageBytes: number;
  /** Words of the cast alone. */
  readonly castBytes: number;
  /** With receipts, summaries, pings and all else. */
  readonly allBytes: number;
}

const relayAddress = '/memory/relay';

export async function openOurs(size: number, path: Partial<PathRules>, seed: string): Promise<OurCrowd> {
  const tap = createWiretap();
  const weighed = { messageBytes: 0, castBytes: 0, allBytes: 0 };
  const world = createWorld({
    seed,
    path,
    settle: createSettle(),
    onEvent: ({ kind, owner, other, bytes }) => {
      if (kind !== 'frame' || bytes === null || owner === null || owner.name === 'relay') return;
      const before = tap.copies().message;
      tap.arrived(bytes, other === 'relay', owner.name);
      weighed.allBytes += bytes.length;
      if (tap.copies().message > before) weighed.messageBytes += bytes.length;
      else if (isCast(bytes, other === 'relay')) weighed.castBytes += bytes.length;
    },
  });
  createRelay(world, 'relay', { address: relayAddress }).start();
  let room: RoomId | null = null;
  let heard: (name: string, text: string) => void = () => undefined;
  const pages = new Map<string, Page>();
  for (let at = 0; at < size; at += 1) {
    const name = `device ${at}`;
    pages.set(
      name,
      createPage(world, name, relayAddress, (app) =>
        watch(
          app,
          () => room,
          (text) => heard(name, text),
        ),
      ),
    );
  }
  const { invite } = await world.finish(gather('open', [...pages.values()], (started) => (room = started)));
  tap.useInvite(invite);
  // Links come up, and everybody knows who is next to them.
  await world.runFor(90_000);

  const crowdOf = (names: readonly string[]): OurCrowd => ({
    world,
    names,
    say: (name, text) => void pages.get(name)?.running()?.app.send(room!, text),
    onHeard: (run) => void (heard = run),
    counts: () => ({ ...weighed, copies: tap.copies().message }),
    die: (dead) => {
      for (const name of dead) pages.get(name)?.running()?.life.freeze();
      return crowdOf(names.filter((name) => !dead.includes(name)));
    },
    direct: () => {
      const links = names.map((name) => pages.get(name)?.running()?.life.network().links() ?? []);
      return links.flat().filter(({ end }) => end === 'peer').length / names.length;
    },
  });
  return crowdOf([...pages.keys()]);
}

const watch = (app: App, room: () => RoomId | null, heard: (text: string) => void): void => {
  const known = new Set<string>();
  app.subscribe(() => {
    const id = room();
    const messages = id === null ? [] : (app.view().timelines[id]?.messages ?? []);
    for (const { text, mine } of messages.slice(-64)) {
      if (known.has(text)) continue;
      known.add(text);
      if (!mine) heard(text);
    }
  });
};

function isCast(bytes: Uint8Array, isFromRelay: boolean): boolean {
  const met = isFromRelay ? decodeMeet(bytes) : null;
  if (met !== null && (isRefusal(met) || met.kind !== 'passed')) return false;
  const frame = decodeFrame(met === null ? bytes : met.bytes);
  return !isRefusal(frame) && frame.kind === 'cast' && !isRefusal(decodeCast(frame.bytes));
}
