/** What members who lie can do to who is shown as here, and to marks: little, for a short while, and refused by name. */
import { expect, test } from 'vitest';
import { bytesToHex } from '../../../src/protocol/bytes.ts';
import { encodePresence, presenceId } from '../../../src/protocol/here/presence.ts';
import { sealHere } from '../../../src/protocol/here/sealed.ts';
import { signClock } from '../../../src/protocol/here/clock.ts';
import type { PeerId, RoomId } from '../../../src/protocol/ids.ts';
import { shortOf } from '../../../src/protocol/ids.ts';
import { limits } from '../../../src/protocol/limits.ts';
import { createBench, keyNumber } from './bench.ts';
import type { Bench } from './bench.ts';

const root = '000000000000';
const asha = keyNumber(100);

const opened = async (seed: string): Promise<Bench> => {
  const bench = createBench(seed);
  await bench.world.runFor(6_000);
  return bench;
};

test('[H1] [H2] [H3] a presence that is forged, of another room, late, early, too long, older, or never asked for is refused by name', async () => {
  const bench = await opened('presence');
  const { world, here, room, refusals, presence, signed, tell, say } = bench;
  const [peer] = bench.neighbours as [(typeof bench.neighbours)[0]];
  const expectRefused = (why: string): void => {
    expect(refusals.at(-1)).toBe(why);
    expect(here.isHere(room, asha.id)).not.toBe(true);
  };
  const now = presence(asha);
  tell(peer, { isGone: false, bytes: signed(keyNumber(101), now) }, now);
  expectRefused('bad-signature');
  const later = presence(asha, { atMs: now.atMs + 1 });
  const elsewhere = encodePresence(later, 'ff'.repeat(16) as RoomId, asha);
  tell(peer, { isGone: false, bytes: elsewhere }, later);
  expectRefused('bad-signature');
  const late = presence(asha, { atMs: now.atMs - 1_200_000 - limits.hereSkewMs - 1 });
  tell(peer, { isGone: false, bytes: signed(asha, late) }, late);
  expectRefused('expired');
  const early = presence(asha, { atMs: now.atMs + limits.hereSkewMs + 60_000 });
  tell(peer, { isGone: false, bytes: signed(asha, early) }, early);
  expectRefused('too-far-ahead');
  const long = presence(asha, { atMs: now.atMs + 2, forSeconds: limits.hereSeconds + 1 });
  tell(peer, { isGone: false, bytes: signed(asha, long) }, long);
  expectRefused('too-far');
  const good = presence(asha, { atMs: now.atMs + 3 });
  say(peer, { kind: 'tells', told: [{ isGone: false, bytes: signed(asha, good) }] });
  expectRefused('not-asked');
  say(peer, { kind: 'tells', told: [{ isGone: false, bytes: signed(asha, good).subarray(0, 60) }] });
  expectRefused('truncated');

  tell(peer, { isGone: false, bytes: signed(asha, good) }, good);
  expect(here.isHere(room, asha.id)).toBe(true);
  const older = presence(asha, { atMs: good.atMs - 1_000 });
  tell(peer, { isGone: false, bytes: signed(asha, older) }, older);
  expect(refusals.at(-1)).toBe('repeated');

  // Said again and again, it holds no longer than it was signed for.
  for (let minute = 0; minute < 21; minute += 1) {
    await world.runFor(60_000);
    tell(peer, { isGone: false, bytes: signed(asha, good) }, good);
  }
  expect(here.isHere(room, asha.id)).not.toBe(true);
});

test('[H3] a word sealed by nobody of the room, or said as somebody else’s, is refused', async () => {
  const { here, room, neighbours, say } = await opened('sealed');
  const [peer, other] = neighbours as [(typeof neighbours)[0], (typeof neighbours)[0]];
  const word = { kind: 'shows', root, isAll: false, ids: [] } as const;
  expect(say(peer, word)).toBeNull();
  const nonce = new Uint8Array(12).fill(9);
  const stranger = sealHere({ room: room.id, secret: new Uint8Array(32), from: peer.id }, word, nonce);
  expect(here.take(stranger, peer)).toBe('bad-seal');
  const recorded = sealHere({ room: room.id, secret: room.keys!.secret, from: peer.id }, word, nonce);
  expect(here.take(recorded, other)).toBe('no-such-room');
  expect(here.take(recorded.subarray(0, 30), peer)).toBe('truncated');
  expect(here.take(new Uint8Array(0), peer)).toBe('truncated');
  const atNobody = sealHere({ room: room.id, secret: room.keys!.secret, from: 'nobody' as PeerId }, word, nonce);
  expect(here.take(atNobody, peer)).toBe('no-such-room');
});

test('[H4] who is said to be gone and is not says so at once, and is then not taken for gone again soon', async () => {
  const bench = await opened('gone');
  const { world, here, room, refusals, presence, signed, tell, me, neighbours, heard } = bench;
  const [peer, linked] = neighbours as [(typeof neighbours)[0], (typeof neighbours)[0]];
  let last = presence(asha);
  tell(peer, { isGone: false, bytes: signed(asha, last) }, last);
  let believed = 0;
  for (let minute = 0; minute < 20; minute += 1) {
    tell(peer, { isGone: true, bytes: signed(asha, last) }, last);
    if (!here.isHere(room, asha.id)) believed += 1;
    await world.runFor(2_000);
    last = presence(asha);
    tell(peer, { isGone: false, bytes: signed(asha, last) }, last);
    expect(here.isHere(room, asha.id)).toBe(true);
    await world.runFor(58_000);
  }
  expect(refusals).toContain('too-soon');
  expect(believed).toBeLessThanOrEqual(5);

  // Of those linked to us nobody else need tell us.
  const key = keyNumber(2);
  expect(linked.device).toBe(key.id);
  const theirs = presence(key);
  tell(peer, { isGone: false, bytes: signed(key, theirs) }, theirs);
  tell(peer, { isGone: true, bytes: signed(key, theirs) }, theirs);
  expect(refusals.at(-1)).toBe('seen-here');

  // Of us too.
  const shown = new Set(heard(linked).flatMap((word) => (word.kind === 'shows' ? word.ids : [])));
  bench.say(linked, { kind: 'asks', ids: [...shown] });
  const told = heard(linked).flatMap((word) => (word.kind === 'tells' ? word.told : []));
  const bytes = told.map((each) => each.bytes).find((each) => bytesToHex(each).startsWith(me.id))!;
  const words = heard(linked).length;
  bench.say(peer, { kind: 'tells', told: [{ isGone: true, bytes }] });
  await world.runFor(10_000);
  expect(here.isHere(room, me.id)).toBe(true);
  // Once, however often it is said.
  for (let again = 0; again < 100; again += 1) bench.say(peer, { kind: 'tells', told: [{ isGone: true, bytes }] });
  await world.runFor(10_000);
  expect(heard(linked).length - words).toBeLessThanOrEqual(4);
});

test('[H5] devices that somebody invents take no place from those who are here, and floods cost a bounded answer', async () => {
  const { here, room, neighbours, presence, signed, tell, say, heard, refusals, world } = await opened('flood');
  const [peer, other] = neighbours as [(typeof neighbours)[0], (typeof neighbours)[0]];
  const real = presence(asha);
  tell(other, { isGone: false, bytes: signed(asha, real) }, real);
  let shown = 0;
  for (let number = 1_000; number < 1_000 + limits.devicesPerRoom + 20; number += 1) {
    const key = keyNumber(number);
    const made = presence(key);
    tell(peer, { isGone: false, bytes: signed(key, made) }, made);
    if (here.isHere(room, key.id)) shown += 1;
  }
  expect(refusals).toContain('too-many');
  expect(shown).toBeLessThan(limits.devicesPerRoom);
  expect(here.isHere(room, asha.id)).toBe(true);

  // Names of what is nowhere: asked for up to a measure, and no more.
  const asked = (): number => heard(peer).reduce((sum, word) => sum + (word.kind === 'asks' ? word.ids.length : 0), 0);
  const before = asked();
  for (let word = 0; word < 100; word += 1) {
    const ids = Array.from({ length: 100 }, (_, at) => (word * 100 + at).toString(16).padStart(12, 'a'));
    say(peer, { kind: 'shows', root, isAll: word % 2 === 0, ids });
  }
  expect(asked() - before).toBeLessThanOrEqual(1_100);
  // And asking for all, again and again.
  const told = (): number => heard(peer).reduce((sum, word) => sum + (word.kind === 'tells' ? word.told.length : 0), 0);
  for (let word = 0; word < 100; word += 1)
    say(peer, { kind: 'asks', ids: Array(500).fill(presenceId(real, false)) as string[] });
  expect(told()).toBeLessThanOrEqual(1_100);
  await world.runFor(60_000);
  expect(here.isHere(room, asha.id)).toBe(true);
});

test('[H3] who gives something else under its name keeps nobody’s word from us, however many they are', async () => {
  const { here, room, neighbours, presence, signed, say, heard, refusals } = await opened('false');
  const honest = neighbours.at(-1)!;
  const liars = neighbours.slice(0, 3);
  const real = presence(asha);
  const id = presenceId(real, false);
  const isAsked = (peer: typeof honest): boolean => heard(peer).some((word) => word.kind === 'asks' && word.ids.includes(id));
  for (const peer of [...liars, honest]) say(peer, { kind: 'shows', root, isAll: false, ids: [id] });
  for (const liar of liars) {
    expect(isAsked(liar)).toBe(true);
    say(liar, { kind: 'tells', told: [{ isGone: false, bytes: signed(keyNumber(101), real) }] });
    expect(refusals.at(-1)).toBe('bad-signature');
    // Once.
    say(liar, { kind: 'tells', told: [{ isGone: false, bytes: signed(keyNumber(101), real) }] });
    expect(refusals.at(-1)).toBe('not-asked');
  }
  expect(isAsked(honest)).toBe(true);
  say(honest, { kind: 'tells', told: [{ isGone: false, bytes: signed(asha, real) }] });
  expect(here.isHere(room, asha.id)).toBe(true);
});

test('[H5] whoever says to have nothing, again and again, is shown all that we have so often and no more', async () => {
  const { neighbours, presence, signed, tell, say, heard, world } = await opened('lists');
  const [peer, other] = neighbours as [(typeof neighbours)[0], (typeof neighbours)[0]];
  for (let number = 300; number < 340; number += 1) {
    const made = presence(keyNumber(number));
    tell(other, { isGone: false, bytes: signed(keyNumber(number), made) }, made);
  }
  await world.runFor(90_000);
  const lists = (): number => heard(peer).filter((word) => word.kind === 'shows' && word.ids.length >= 40).length;
  const before = lists();
  const ours = heard(peer).findLast((word) => word.kind === 'shows')!;
  for (let word = 0; word < 100; word += 1) {
    say(peer, { kind: 'shows', root, isAll: true, ids: [] });
    say(peer, ours);
    say(peer, { kind: 'shows', root, isAll: false, ids: [] });
  }
  expect(lists() - before).toBeGreaterThan(0);
  expect(lists() - before).toBeLessThanOrEqual(10);
});

test('[H6] a clock is its device’s own, counts once, goes round nowhere, and floods of them are refused', async () => {
  const { room, me, neighbours, say, got, refusals, heard, presence, signed, tell, world } = await opened('clocks');
  const [peer, next] = neighbours as [(typeof neighbours)[0], (typeof neighbours)[0]];
  const mine = shortOf(me.id);
  const has = (clock: ReturnType<typeof signClock>, hops = 0): void => void say(peer, { kind: 'has', hops, clocks: [clock] });
  has({ ...signClock(room.id, asha, mine, 3), upTo: 30 });
  expect(refusals.at(-1)).toBe('bad-signature');
  has(signClock('ff'.repeat(16) as RoomId, asha, mine, 3));
  expect(refusals.at(-1)).toBe('bad-signature');
  expect(got.size).toBe(0);
  const clock = signClock(room.id, asha, mine, 3);
  has(clock);
  expect(got).toEqual(new Map([[asha.id, 3]]));
  has(clock);
  expect(refusals.at(-1)).toBe('repeated');
  has(signClock(room.id, asha, shortOf(keyNumber(777).id), 3));
  expect(refusals.at(-1)).toBe('unknown-device');

  // For somebody else: handed on to who told of them, and not back.
  const far = keyNumber(200);
  const there = presence(far);
  tell(next, { isGone: false, bytes: signed(far, there) }, there);
  const passing = (to: typeof peer): number => heard(to).filter(({ kind }) => kind === 'has').length;
  has(signClock(room.id, asha, shortOf(far.id), 1), 7);
  has(signClock(room.id, asha, shortOf(far.id), 2), 8);
  expect(refusals.at(-1)).toBe('too-far');
  await world.runFor(6_000);
  expect([passing(next), passing(peer)]).toEqual([1, 0]);
  for (let upTo = 10; upTo < 1_000; upTo += 1) has({ ...clock, upTo });
  expect(refusals.at(-1)).toBe('too-fast');
});
