/** Several sessions between two devices: crossing, resetting, ending. */
import { expect, test } from 'vitest';
import { compareBytes } from '../../../src/protocol/bytes.ts';
import { accept } from '../../../src/protocol/conversation/accept.ts';
import type { Accepted } from '../../../src/protocol/conversation/accept.ts';
import { begin } from '../../../src/protocol/conversation/begin.ts';
import type { Begun } from '../../../src/protocol/conversation/begin.ts';
import {
  decodePair,
  emptyPair,
  encodePair,
  mayReset,
  onlyOf,
  restorePair,
  spokenOn,
  withAccepted,
  withArrived,
  withBegun,
  withoutRetired,
  withSession,
} from '../../../src/protocol/conversation/pair.ts';
import type { Pair } from '../../../src/protocol/conversation/pair.ts';
import type { SessionState } from '../../../src/protocol/conversation/session-state.ts';
import { replacesAll } from '../../../src/protocol/conversation/who.ts';
import { makeCertificate } from '../../../src/protocol/people/certificate.ts';
import { makePerson } from '../../../src/protocol/people/person.ts';
import { createUnsafeCountedSuite } from '../../simulation/unsafe-counted-suite.ts';
import { dayMs, doorwayOf, good, hourMs, luckOf, personOf, startMs, text } from './two.ts';
import type { Person } from './two.ts';

const suite = createUnsafeCountedSuite();
const luck = luckOf('pair');
const [asha, bo] = [personOf(suite, luck), personOf(suite, luck)];

interface Contact {
  readonly begun: Begun;
  readonly accepted: Accepted;
}

function contact(from: Person, to: Person, nowMs = startMs, replaces: Uint8Array | null = null): Contact {
  const beginning = { us: from.us, bundle: to.prekey.bundle, content: text('Hodi'), invite: null, replaces };
  const begun = good(begin(suite, beginning, luck, nowMs));
  return { begun, accepted: good(accept(suite, doorwayOf(to), begun.envelope, luck, nowMs)) };
}

const begunAt = (pair: Pair, { begun }: Contact, nowMs = startMs): Pair => good(withBegun(pair, begun, nowMs)).pair;
const acceptedAt = (pair: Pair, { accepted }: Contact, nowMs = startMs): Pair => good(withAccepted(pair, accepted, nowMs)).pair;
const heard = (pair: Pair, { begun }: Contact, nowMs = startMs): Pair => {
  const one = pair.sessions.find(({ state }) => compareBytes(state.initialId, begun.state.initialId) === 0)!;
  return withSession(pair, { ...one.state, firstOpenedMs: one.state.firstOpenedMs || nowMs, lastOpenedMs: nowMs });
};
const idOf = (state: SessionState | null): string => Buffer.from(state?.initialId ?? []).toString('hex');
const nameOf = ({ begun }: Contact): string => idOf(begun.state);

test('[S16] crossed: both ends come to speak on the lower initialId, and on none the other may not have', () => {
  for (let at = 0; at < 8; at += 1) {
    const [there, back] = [contact(asha, bo), contact(bo, asha)];
    let ashas = begunAt(emptyPair, there);
    let bos = begunAt(emptyPair, back);
    expect([idOf(spokenOn(ashas)), idOf(spokenOn(bos))]).toEqual([nameOf(there), nameOf(back)]);
    // Asha has Bo's, and does not know whether Bo has hers.
    ashas = acceptedAt(ashas, back);
    expect(idOf(spokenOn(ashas))).toBe(nameOf(back));
    bos = acceptedAt(bos, there);
    ashas = withArrived(ashas, there.begun.state.initialId);
    bos = withArrived(bos, back.begun.state.initialId);
    const lower = [nameOf(there), nameOf(back)].toSorted()[0];
    expect([idOf(spokenOn(ashas)), idOf(spokenOn(bos))]).toEqual([lower, lower]);
  }
});

test('[S16] the other one goes a week after the chosen one was first heard on, unless it is still heard on', () => {
  const [there, back] = [contact(asha, bo), contact(bo, asha)];
  const [lower, higher] = nameOf(there) < nameOf(back) ? [there, back] : [back, there];
  let pair = withArrived(acceptedAt(begunAt(emptyPair, there), back), there.begun.state.initialId);
  expect(withoutRetired(pair, startMs + 30 * dayMs)).toBe(pair);
  pair = heard(pair, lower, startMs + dayMs);
  expect(withoutRetired(pair, startMs + 8 * dayMs - 1)).toBe(pair);
  expect(withoutRetired(pair, startMs + 8 * dayMs).sessions.map(({ state }) => idOf(state))).toEqual([nameOf(lower)]);
  const busy = heard(pair, higher, startMs + 7 * dayMs);
  expect(withoutRetired(busy, startMs + 8 * dayMs)).toBe(busy);
  expect(withoutRetired(busy, startMs + 14 * dayMs).sessions).toHaveLength(1);
});

test('[S15] a reset is spoken on at once, what it replaces is only listened on', () => {
  const first = contact(asha, bo);
  let bos = heard(acceptedAt(emptyPair, first), first);
  const reset = contact(asha, bo, startMs + hourMs, first.begun.state.initialId);
  const changed = good(withAccepted(bos, reset.accepted, startMs + hourMs));
  expect(changed.silenced.map(idOf)).toEqual([nameOf(first)]);
  bos = changed.pair;
  expect(idOf(spokenOn(bos))).toBe(nameOf(reset));
  expect(bos.sessions).toHaveLength(2);
  const ashas = heard(begunAt(emptyPair, first), first);
  const begun = good(withBegun(ashas, reset.begun, startMs + hourMs));
  expect(begun.silenced.map(idOf)).toEqual([nameOf(first)]);
  expect(idOf(spokenOn(begun.pair))).toBe(nameOf(reset));
  // A reset that names what is not held leaves what this side began; one by who lost everything leaves nothing.
  const third = contact(bo, asha, startMs + 2 * hourMs);
  bos = begunAt(bos, third, startMs + 2 * hourMs);
  const unknown = contact(asha, bo, startMs + 3 * hourMs, new Uint8Array(32).fill(1));
  expect(good(withAccepted(bos, unknown.accepted, startMs + 3 * hourMs)).silenced.map(idOf)).toEqual([nameOf(reset)]);
  const all = contact(asha, bo, startMs + 3 * hourMs, replacesAll);
  const replaced = good(withAccepted(bos, all.accepted, startMs + 3 * hourMs));
  expect(replaced.silenced.map(idOf)).toEqual([nameOf(reset), nameOf(third)]);
  expect(idOf(spokenOn(replaced.pair))).toBe(nameOf(all));
});

test('[S15] resets are taken and made at most once an hour, and never an older after a newer', () => {
  const first = contact(asha, bo);
  const at = (ms: number): Contact => contact(asha, bo, startMs + ms, first.begun.state.initialId);
  const bos = acceptedAt(acceptedAt(emptyPair, first), at(1_000), startMs + 1_000);
  expect(withAccepted(bos, at(2_000).accepted, startMs + hourMs)).toEqual({ refused: 'too-soon' });
  expect(withAccepted(bos, at(500).accepted, startMs + 2 * hourMs)).toEqual({ refused: 'too-old' });
  expect(withAccepted(bos, at(2_000).accepted, startMs + 1_000 + hourMs)).toHaveProperty('pair');
  const ashas = begunAt(begunAt(emptyPair, first), at(1_000), startMs + 1_000);
  expect(mayReset(ashas, startMs + hourMs)).toBe(false);
  expect(withBegun(ashas, at(2_000).begun, startMs + hourMs)).toEqual({ refused: 'too-soon' });
  expect(mayReset(ashas, startMs + 1_000 + hourMs)).toBe(true);
});

test('[S15] a reset is not taken from a clock that is days ahead, and replaces what its sender began before', () => {
  const [first, second] = [contact(asha, bo), contact(asha, bo, startMs + 5)];
  const bos = acceptedAt(acceptedAt(emptyPair, first), second);
  const ahead = contact(asha, bo, startMs + 2 * dayMs, first.begun.state.initialId);
  expect(withAccepted(bos, ahead.accepted, startMs + 10)).toEqual({ refused: 'too-far-ahead' });
  const third = contact(bo, asha, startMs + 6);
  const reset = contact(asha, bo, startMs + 20, third.begun.state.initialId);
  const changed = good(withAccepted(begunAt(bos, third, startMs + 6), reset.accepted, startMs + 20));
  expect(changed.silenced.map(idOf).toSorted()).toEqual([nameOf(second), nameOf(third)].toSorted());
  // The same at the other end: an older initial of one's own may be refused there by now.
  const ashas = acceptedAt(begunAt(begunAt(emptyPair, first), second), third);
  const begun = good(withBegun(ashas, reset.begun, startMs + 20));
  expect(begun.pair.sessions.filter(({ use }) => use === 'speak').map(({ state }) => idOf(state))).toEqual([nameOf(reset)]);
});

test('[S15] unsigned, nothing is moved off a session that works', () => {
  const first = contact(asha, bo);
  const bos = heard(acceptedAt(emptyPair, first), first);
  for (let at = 1; at < 12; at += 1) {
    const other = good(withAccepted(bos, contact(asha, bo, startMs + at).accepted, startMs + at));
    expect(other.silenced).toEqual([]);
    expect(idOf(spokenOn(other.pair))).toBe(nameOf(first));
  }
});

test('of two that one side began and nobody used, the later sent is spoken on, in whatever order they come', () => {
  const [early, late] = [contact(asha, bo, startMs), contact(asha, bo, startMs + 1_000)];
  for (const [one, other] of [[early, late] as const, [late, early] as const])
    expect(idOf(spokenOn(acceptedAt(acceptedAt(emptyPair, one), other)))).toBe(nameOf(late));
});

test('[S3] the same initial adds nothing', () => {
  const first = contact(asha, bo);
  expect(withAccepted(acceptedAt(emptyPair, first), first.accepted, startMs)).toEqual({ refused: 'repeated' });
});

test('[S16] a pair holds at most four, and never drops the one spoken on', () => {
  const first = contact(asha, bo);
  let pair = heard(acceptedAt(emptyPair, first), first);
  for (let at = 1; at <= 10; at += 1) {
    pair = acceptedAt(pair, contact(asha, bo, startMs + at), startMs + at);
    expect(pair.sessions.length).toBe(Math.min(4, at + 1));
    expect(idOf(spokenOn(pair))).toBe(nameOf(first));
  }
  // The newest came in, the oldest went.
  expect(pair.sessions.map(({ sinceMs }) => sinceMs - startMs)).toEqual([0, 8, 9, 10]);
});

test('a pair comes back as it was; restored, its leases are burnt [S11]; hostile bytes are refused', () => {
  const [first, back] = [contact(asha, bo), contact(bo, asha)];
  const pair = acceptedAt(begunAt(emptyPair, first), back);
  const bytes = encodePair(pair);
  expect(decodePair(bytes)).toEqual(pair);
  expect(good(restorePair(suite, bytes)).sessions.map(({ state }) => state.sending.next)).toEqual([64, 64]);
  for (let length = 0; length < bytes.length; length += 1)
    expect(decodePair(bytes.subarray(0, length))).toHaveProperty('refused');
  const [one] = pair.sessions;
  expect(decodePair(encodePair({ ...pair, sessions: [one!, one!] }))).toEqual({ refused: 'repeated' });
  expect(decodePair(encodePair({ ...pair, sessions: Array.from({ length: 5 }, () => one!) }))).toEqual({ refused: 'truncated' });
  for (const version of [1, 3]) expect(decodePair(bytes.with(0, version))).toEqual({ refused: 'unknown-version' });
});

test('[P3] who says to be the same device under another person moves nothing from its own sessions', () => {
  // Her word on Asha's device, with a DH key of hers.
  const mallory = personOf(suite, luck);
  const device = { ...mallory.us.device, id: asha.us.device.id, signKey: asha.us.device.signKey };
  const certificate = makeCertificate(suite, makePerson(suite, luck), device, 1_000, 2);
  const ghost: Person = { ...mallory, us: { device, certificate } };
  const isAsha = (person: string): boolean => person === asha.us.certificate.personId;
  for (const order of [1, -1]) {
    const [forged, own] = [contact(ghost, bo, startMs + order), contact(asha, bo, startMs)];
    let pair = heard(acceptedAt(emptyPair, forged), forged, startMs + 5);
    pair = acceptedAt(pair, own, startMs + 10);
    expect(idOf(spokenOn(onlyOf(pair, isAsha)))).toBe(nameOf(own));
    expect(onlyOf(pair, isAsha).sessions).toHaveLength(1);
    // The other way round too.
    pair = acceptedAt(acceptedAt(emptyPair, own), forged, startMs + 10);
    expect(idOf(spokenOn(onlyOf(pair, isAsha)))).toBe(nameOf(own));
    expect(decodePair(encodePair(pair))).toEqual(pair);
  }
  const mine = begunAt(emptyPair, contact(bo, asha));
  expect(onlyOf(mine, isAsha)).toBe(mine);
});
