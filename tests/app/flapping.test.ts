/** Somebody of the room who dials in and drops each link, and is named anew as often as she likes: what she costs in an hour, and whom. */
import { expect, test } from 'vitest';
import type { Network } from '../../src/ports/network.ts';
import { decodeFrame, encodeFrame } from '../../src/protocol/frame.ts';
import { decodeMeet, encodeMeet } from '../../src/protocol/meet.ts';
import type { PeerId } from '../../src/protocol/ids.ts';
import { befriend, createMallory } from './mallory.ts';
import { address, appOf, createVillage, networkOf, roomOf, textsOf } from './village.ts';

const hourMs = 3_600_000;
const everyMs = 2_000;

interface Hour {
  /** Dials of one honest page to her. */
  readonly toHer: number;
  /** Links of hers that stood at one honest page. */
  readonly fromHer: number;
}

interface How {
  readonly dialsIn: boolean;
  /** So often she leaves the room's topic at the relay and keeps it anew. */
  readonly comesBackMs: number;
  readonly isMute?: boolean;
}

async function hourBeside(seed: string, { dialsIn, comesBackMs, isMute = false }: How): Promise<Hour> {
  let toHer = 0;
  let her: PeerId | null = null;
  const counted = (network: Network): Network => ({
    ...network,
    openPeer: (peer, carry, signal) => {
      if (peer === her) toHer += 1;
      return network.openPeer(peer, carry, signal);
    },
  });
  const village = createVillage(seed, { page: (name) => (name === 'Asha' ? { network: counted } : {}) });
  const { world, person, room, until } = village;
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  const well = await room([asha, baraka]);
  const isLinked = (): boolean => roomOf(appOf(asha), well).people[0]?.path === 'direct';
  await until('linked', isLinked);
  const mallory = createMallory(village);
  her = mallory.network.self;
  await befriend(village, mallory, asha);
  await until('the topics are told', () => mallory.topics().length > 0);
  const topics = [...new Set(mallory.topics())];
  const opened = await world.finish(mallory.network.openRelay(address, new AbortController().signal));
  if (opened.state !== 'open') throw new Error(opened.why);
  const relay = opened.link;
  const carryTo = (to: PeerId) => (bytes: Uint8Array) =>
    relay.send(encodeMeet({ kind: 'pass', to, bytes: encodeFrame({ kind: 'signal', bytes }) })) === 'sent';
  mallory.network.listen({
    onOpen: (link) => (link.end === 'relay' ? undefined : link.close()),
    onClose: () => undefined,
    onFrame: (link, bytes) => {
      const told = link.end === 'relay' ? decodeMeet(bytes) : null;
      if (isMute || told === null || !('kind' in told) || told.kind !== 'passed') return;
      const frame = decodeFrame(told.bytes);
      if ('kind' in frame && frame.kind === 'signal') mallory.network.takeSignal(told.from, frame.bytes, carryTo(told.from));
    },
  });
  for (const link of mallory.network.links()) if (link.end === 'peer') link.close();
  let fromHer = 0;
  const victim = networkOf(asha);
  victim.listen({
    onOpen: (link) => {
      if (link.peer === mallory.network.self && link.opener === 'them') fromHer += 1;
    },
    onFrame: () => undefined,
    onClose: () => undefined,
  });
  mallory.say(relay, { kind: 'join', topics });
  for (let gone = 0; gone < hourMs; gone += everyMs) {
    if (dialsIn) void mallory.network.openPeer(victim.self, carryTo(victim.self), new AbortController().signal);
    mallory.say(relay, { kind: 'ping', token: 1 });
    if (gone % comesBackMs === 0) {
      mallory.say(relay, { kind: 'leave', topics });
      mallory.say(relay, { kind: 'join', topics });
    }
    await world.runFor(everyMs);
    if (gone % 600_000 === 0) {
      const text = `after ${gone}`;
      await world.finish(appOf(asha).send(well, text));
      await until('heard', () => textsOf(appOf(baraka), well).includes(text), 2_000);
      expect(isLinked()).toBe(true);
    }
  }
  return { toHer, fromHer };
}

test.each([
  ['dials in', { dialsIn: true, comesBackMs: hourMs }],
  ['dials in, and is named anew each ten seconds', { dialsIn: true, comesBackMs: 10_000 }],
  ['takes our links, and is named anew each ten seconds', { dialsIn: false, comesBackMs: 10_000 }],
  ['answers no dial, and is named anew each ten seconds', { dialsIn: false, comesBackMs: 10_000, isMute: true }],
] as const)(
  'who drops every link and %s: few links in an hour, and the honest two keep theirs',
  async (name, how) => {
    const { toHer, fromHer } = await hourBeside(name, how);
    expect(toHer).toBeLessThan(40);
    expect(fromHer).toBeLessThan(20);
  },
  60_000,
);
