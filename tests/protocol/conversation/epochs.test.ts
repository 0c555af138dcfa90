/** The post-quantum epochs: when they are offered, answered and entered, and what loss does to them. */
import { expect, test } from 'vitest';
import { nodeCryptoSuite } from '../../../src/adapters/node-crypto/suite.ts';
import { decodeControl, encodeControl } from '../../../src/protocol/conversation/control.ts';
import { ownWord } from '../../../src/protocol/conversation/session.ts';
import { createUnsafeCountedSuite } from '../../simulation/unsafe-counted-suite.ts';
import { dayMs, endOf, good, hourMs, luckOf, pass, said, settle, startMs, text, twoOf } from './two.ts';
import type { End, Two } from './two.ts';

const suite = nodeCryptoSuite;
const talk = ({ a, b }: Pick<Two, 'a' | 'b'>, rounds: number, from: number): number => {
  for (let at = 0; at < rounds; at += 1) {
    pass(a, b, text('a'), from + at * 2_000);
    pass(b, a, text('b'), from + at * 2_000 + 1_000);
  }
  return from + rounds * 2_000;
};
const epochOf = (end: End): number => end.state.epochs.current;

test('[S12] a new epoch every 50 contents, counted both ways', () => {
  const two = twoOf(suite);
  let now = startMs;
  for (let at = 0; at < 250; at += 1) {
    settle(two.a, two.b, now);
    now = talk(two, 1, now);
  }
  // 500 contents: the first epoch at once, then one for each 50 and the few that pass until the step.
  expect(epochOf(two.a)).toBe(epochOf(two.b));
  expect(epochOf(two.b)).toBeGreaterThanOrEqual(9);
  expect(epochOf(two.b)).toBeLessThanOrEqual(11);
});

test('[S12] after 24 h with traffic, and none without', () => {
  const two = twoOf(suite);
  settle(two.a, two.b, startMs);
  let now = talk(two, 2, startMs + 2_000);
  expect(epochOf(two.b)).toBe(1);
  expect(settle(two.a, two.b, now + dayMs - 20_000)).toBe(0);
  expect(settle(two.a, two.b, now + dayMs)).toBe(2);
  now = talk(two, 2, now + dayMs);
  expect(epochOf(two.b)).toBe(2);
  // Of the second epoch nothing was said but what the last two rounds brought.
  const quiet = twoOf(suite, 'quiet');
  settle(quiet.a, quiet.b, startMs);
  pass(quiet.a, quiet.b, text('x'), startMs + 2_000);
  pass(quiet.b, quiet.a, Uint8Array.of(64), startMs + 4_000);
  expect([epochOf(quiet.b), quiet.b.state.epochs.contents]).toEqual([1, 0]);
  expect(settle(quiet.a, quiet.b, startMs + 30 * dayMs)).toBe(0);
});

test('[S12] on meeting again, at most hourly', () => {
  const two = twoOf(suite);
  settle(two.a, two.b, startMs);
  const now = talk(two, 2, startMs + 2_000);
  expect(settle(two.a, two.b, now, true)).toBe(0);
  expect(settle(two.a, two.b, now + hourMs, true)).toBe(2);
  talk(two, 2, now + hourMs);
  expect(epochOf(two.a)).toBe(2);
  expect(settle(two.a, two.b, now + hourMs + 60_000, true)).toBe(0);
});

test('[S12] [S13] lost offers and answers are said again, byte for byte the same, and only where somebody listens', () => {
  const { a, b } = twoOf(suite);
  const offer = must(ownWordOf(b, startMs));
  expect(ownWordOf(b, startMs + 10 * hourMs)).toBeNull();
  // Lost. Something comes back, so the other side lives; an hour later it is said again.
  pass(a, b, text('x'), startMs + 60_000);
  expect(ownWordOf(b, startMs + hourMs - 1)).toBeNull();
  const again = must(ownWordOf(b, startMs + hourMs));
  expect(again).toEqual(offer);
  expect(decodeControl(again)).toMatchObject({ kind: 'offer', epoch: 1 });
  pass(b, a, again, startMs + hourMs);
  const answer = must(ownWordOf(a, startMs + hourMs));
  expect(ownWordOf(a, startMs + hourMs)).toBeNull();
  // Lost too. The offer once more, the same answer once more, and late doubles of both do nothing.
  pass(b, a, again, startMs + 3 * hourMs);
  expect(ownWordOf(a, startMs + 3 * hourMs)).toEqual(answer);
  pass(a, b, answer, startMs + 3 * hourMs);
  pass(a, b, answer, startMs + 3 * hourMs);
  talk({ a, b }, 3, startMs + 4 * hourMs);
  expect([epochOf(a), epochOf(b)]).toEqual([1, 1]);
  pass(b, a, offer, startMs + 5 * hourMs);
  pass(a, b, answer, startMs + 5 * hourMs);
  expect(ownWordOf(a, startMs + 5 * hourMs)).toBeNull();
  expect(b.state.epochs.stage).toEqual({ at: 'resting' });
});

test('[S13] another key for the same epoch is refused, and a second offer is not made while one stands', () => {
  const { a, b } = twoOf(suite);
  pass(b, a, must(ownWordOf(b, startMs)), startMs);
  const key = suite.kemPublic(luckOf('other')(64));
  expect(a.open(b.seal(encodeControl({ kind: 'offer', epoch: 1, key })).envelope, startMs)).toEqual({ refused: 'equivocation' });
  expect(a.open(b.seal(encodeControl({ kind: 'offer', epoch: 2, key })).envelope, startMs)).toEqual({ refused: 'bad-epoch' });
  const wrong = new Uint8Array(1_184).fill(0xff);
  const fresh = twoOf(suite, 'wrong');
  expect(fresh.a.open(fresh.b.seal(encodeControl({ kind: 'offer', epoch: 1, key: wrong })).envelope, startMs)).toEqual({
    refused: 'bad-key',
  });
});

test('[S12] only who accepted the handshake offers, only who began it answers', () => {
  const { a, b } = twoOf(suite);
  const offer = encodeControl({ kind: 'offer', epoch: 1, key: suite.kemPublic(luckOf('x')(64)) });
  const answer = encodeControl({ kind: 'answer', epoch: 1, ciphertext: new Uint8Array(1_088) });
  expect(b.open(a.seal(offer).envelope, startMs)).toEqual({ refused: 'not-lawful' });
  expect(a.open(b.seal(answer).envelope, startMs)).toEqual({ refused: 'not-lawful' });
  const early = { kind: 'answer', epoch: 2, ciphertext: new Uint8Array(1_088) } as const;
  expect(b.open(a.seal(encodeControl(early)).envelope, startMs)).toEqual({ refused: 'bad-epoch' });
});

test('[S14] a header under an epoch nobody answered is refused', () => {
  const { a, b } = twoOf(suite);
  settle(a, b, startMs);
  talk({ a, b }, 2, startMs + 2_000);
  expect(epochOf(a)).toBe(1);
  for (const epoch of [0, 2, 3, 255]) {
    const liar = endOf(suite, { ...b.state, sending: { ...b.state.sending, epoch } }, luckOf('liar'));
    // The chain is known, under another epoch.
    expect(a.open(liar.seal(text('x')).envelope, startMs + 9_000)).toEqual({ refused: 'bad-seal' });
  }
  const own = b.state.sending.epoch;
  const before = b.state.own.key;
  pass(a, b, text('x'), startMs + 20_000);
  expect(b.state.own.key).not.toEqual(before);
  for (const epoch of [own - 1, own + 1, 255]) {
    const liar = endOf(suite, { ...b.state, sending: { ...b.state.sending, epoch } }, luckOf('liar'));
    expect(a.open(liar.seal(text('x')).envelope, startMs + 21_000)).toEqual({ refused: 'bad-epoch' });
  }
  expect(good(a.open(b.seal(text('x')).envelope, startMs + 21_000)).n).toBeGreaterThan(0);
});

test('[S14] nor under one after the one that was answered', () => {
  const { a, b } = twoOf(suite);
  settle(a, b, startMs);
  pass(a, b, text('x'), startMs + 2_000);
  expect([a.state.epochs.stage.at, b.state.sending.epoch]).toEqual(['answered', 1]);
  for (const epoch of [2, 255]) {
    const liar = endOf(suite, { ...b.state, sending: { ...b.state.sending, epoch } }, luckOf('liar'));
    expect(a.open(liar.seal(text('x')).envelope, startMs + 2_000)).toEqual({ refused: 'bad-epoch' });
  }
  expect(good(a.open(b.seal(text('x')).envelope, startMs + 2_000)).state.epochs.current).toBe(1);
});

test('[S13] the secret is held until a chain under its epoch opens, then by nobody', () => {
  const { a, b } = twoOf(suite);
  settle(a, b, startMs);
  expect(a.state.epochs.stage.at).toBe('answered');
  // Late envelopes under epoch 0 still open.
  const late = a.seal(text('late'));
  talk({ a, b }, 2, startMs + 2_000);
  expect(a.state.epochs.stage.at).toBe('resting');
  expect(b.state.epochs.stage.at).toBe('resting');
  expect(b.open(late.envelope, startMs + 9_000)).toHaveProperty('n', late.n);
});

test('epochs go round: after 255 comes 0', () => {
  const counted = createUnsafeCountedSuite();
  const two = twoOf(counted);
  let now = startMs;
  const seen = new Set<number>();
  for (let at = 0; at < 300; at += 1) {
    settle(two.a, two.b, now, true);
    now = talk(two, 2, now + hourMs);
    seen.add(epochOf(two.a));
  }
  expect(epochOf(two.a)).toBe(epochOf(two.b));
  expect(seen.size).toBe(256);
  expect(epochOf(two.a)).toBeLessThan(60);
  expect(said(pass(two.a, two.b, text('round'), now).content)).toBe('round');
});

function must(content: Uint8Array | null): Uint8Array {
  if (content === null) throw new Error('nothing to say');
  return content;
}

/** What the end has to say itself; kept, but not sealed. */
function ownWordOf(end: End, nowMs: number): Uint8Array | null {
  const word = ownWord(suite, end.state, end.luck, nowMs);
  if (word !== null) end.state = word.state;
  return word?.content ?? null;
}
