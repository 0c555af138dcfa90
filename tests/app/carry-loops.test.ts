/** Tracks that a liar laid in a ring: what is carried along them ends, and what it cost is counted. */
import { expect, test } from 'vitest';
import type { Link } from '../../src/ports/network.ts';
import { encodeFrame } from '../../src/protocol/frame.ts';
import { parseTopic } from '../../src/protocol/ids.ts';
import type { PeerId } from '../../src/protocol/ids.ts';
import { limits } from '../../src/protocol/limits.ts';
import { encodeMeet, seekIdBytes } from '../../src/protocol/meet.ts';
import type { MeetFrame } from '../../src/protocol/meet.ts';
import type { Page } from '../simulation/page.ts';
import { watched } from './routing/carried.ts';
import { befriend, createMallory, nobody } from './mallory.ts';
import { createVillage, networkOf, pair } from './village.ts';

const counted = ['carry', 'lost', 'found'] as const;

/** Three who are linked to each other, with no relay, and Mallory, whose tracks to each of these lead from one to the next and round. */
async function ring(seed: string, ends: readonly PeerId[]) {
  const sent = { carry: 0, lost: 0, found: 0 };
  const village = createVillage(seed, {
    page: () => ({
      network: (network) =>
        counted.reduce(
          (inner, kind) =>
            watched(inner, kind, () => {
              sent[kind] += 1;
              return true;
            }),
          network,
        ),
    }),
  });
  const { world, person } = village;
  village.relay.crash('killed');
  const pages: Page[] = [];
  for (const name of ['Asha', 'Baraka', 'Chipo']) pages.push(await person(name));
  const [asha, baraka, chipo] = pages as [Page, Page, Page];
  for (const [one, other] of [
    [asha, baraka],
    [baraka, chipo],
    [chipo, asha],
  ] as const)
    await pair(village, one, other);
  const mallory = createMallory(village);
  const say = async (link: Link, frame: MeetFrame): Promise<void> => {
    mallory.say(link, frame);
    await world.runFor(1_500);
  };
  let toAsha = await befriend(village, mallory, asha);
  const toBaraka = await befriend(village, mallory, baraka);
  let toChipo = await befriend(village, mallory, chipo);
  const seek = (from: PeerId, at: number, hops: number): MeetFrame => ({
    kind: 'seek',
    id: idOf(at),
    ttl: 1,
    hops,
    from,
    topics: [],
  });
  // Whoever has seen a name takes no track of it: so each of them hears only what leads on.
  for (const [at, end] of ends.entries()) {
    await say(toBaraka, seek(end, 10 * at + 1, 6));
    await say(toAsha, { ...seek(nobody(99), 10 * at + 2, 1), ttl: 0 } as MeetFrame);
    await say(toChipo, seek(end, 10 * at + 2, 4));
  }
  toChipo.close();
  for (const [at, end] of ends.entries()) {
    await say(toBaraka, { ...seek(nobody(99), 10 * at + 3, 1), ttl: 0 } as MeetFrame);
    await say(toAsha, seek(end, 10 * at + 3, 2));
  }
  toAsha.close();
  for (const [at, end] of ends.entries()) await say(toBaraka, seek(end, 10 * at + 4, 7));
  toAsha = await befriend(village, mallory, asha);
  toChipo = await befriend(village, mallory, chipo);
  await world.runFor(30_000);
  return { village, mallory, asha, toAsha, toBaraka, toChipo, sent };
}

const idOf = (at: number): Uint8Array => {
  const id = new Uint8Array(seekIdBytes);
  new DataView(id.buffer).setUint32(0, at);
  return id;
};

test('what is carried in a ring goes as many hops as it may, and is called too far', async () => {
  const end = nobody(1);
  const { village, mallory, toAsha, sent } = await ring('carried round', [end]);
  sent.carry = 0;
  mallory.say(toAsha, { kind: 'carry', from: mallory.network.self, to: end, ttl: limits.hops, bytes: new Uint8Array(100) });
  await village.world.runFor(10_000);
  // All the way: else it was no ring.
  expect(sent.carry).toBe(limits.hops);
  expect(village.refusals()).toContain('too-far');
  expect(mallory.heard.filter(({ frame }) => frame.kind === 'lost')).toHaveLength(1);
  // That it came no further was told on the way: the ring is open.
  sent.carry = 0;
  mallory.say(toAsha, { kind: 'carry', from: mallory.network.self, to: end, ttl: limits.hops, bytes: new Uint8Array(100) });
  await village.world.runFor(10_000);
  expect(sent.carry).toBeLessThan(limits.hops);
});

test('a flood of frames with nothing in them, for the end of a ring, costs no more than a share', async () => {
  const end = nobody(1);
  const { village, mallory, toAsha, sent } = await ring('emptied round', [end]);
  const topic = parseTopic('00'.repeat(16))!;
  sent.carry = sent.found = 0;
  for (let at = 0; at < 20_000; at += 1) {
    mallory.say(toAsha, { kind: 'found', to: end, hops: 1, topic, peer: nobody(1_000 + at) });
    mallory.say(toAsha, { kind: 'carry', from: mallory.network.self, to: end, ttl: limits.hops, bytes: new Uint8Array(0) });
    if (at % 1_000 === 0) await village.world.runFor(50);
  }
  await village.world.runFor(5_000);
  expect(sent.carry + sent.found).toBeLessThan(25_000);
  expect(village.refusals()).toContain('too-fast');
});

test('what says that something was lost goes round no ring', async () => {
  const [end, other] = [nobody(1), nobody(2)];
  const { village, mallory, asha, toAsha, sent } = await ring('lost round', [end, other]);
  sent.lost = 0;
  for (const peer of [end, other, nobody(3), networkOf(asha).self, mallory.network.self]) {
    for (const to of [end, other]) mallory.say(toAsha, { kind: 'lost', to, peer });
  }
  await village.world.runFor(60_000);
  expect(sent.lost).toBeLessThan(10);
  expect(village.refusals()).toContain('not-its-way');
});

test('what is for its own sender, or may go further than anything, goes nowhere', async () => {
  const { village, mallory, asha, toAsha, sent } = await ring('nowhere', [nobody(1)]);
  const { self } = networkOf(asha);
  sent.carry = 0;
  const bytes = new Uint8Array(10);
  for (const [from, to] of [
    [self, self],
    [mallory.network.self, mallory.network.self],
    [self, nobody(1)],
  ] as const)
    mallory.say(toAsha, { kind: 'carry', from, to, ttl: limits.hops, bytes });
  const far = encodeMeet({ kind: 'carry', from: mallory.network.self, to: nobody(1), ttl: 255, bytes });
  toAsha.send(encodeFrame({ kind: 'meet', bytes: far }));
  await village.world.runFor(10_000);
  expect(sent.carry).toBe(0);
  expect(village.refusals()).toEqual(expect.arrayContaining(['not-here', 'no-way', 'not-its-way', 'too-far']));
});
