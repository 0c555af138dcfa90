/** Sealing and opening in one session: order, loss, repetition, windows, leases, steps. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nodeCryptoSuite } from '../../../src/adapters/node-crypto/suite.ts';
import { walk } from '../../../src/protocol/conversation/ratchet.ts';
import { seal } from '../../../src/protocol/conversation/seal.ts';
import {
  acknowledge,
  expire,
  giveUp,
  isStuck,
  needsLease,
  renewLease,
  restoreSession,
} from '../../../src/protocol/conversation/session.ts';
import { encodeSession } from '../../../src/protocol/conversation/session-state.ts';
import { isRefusal } from '../../../src/protocol/refusal.ts';
import { createUnsafeCountedSuite } from '../../simulation/unsafe-counted-suite.ts';
import { dayMs, endOf, good, luckOf, pass, said, settle, startMs, text, twoOf } from './two.ts';
import type { End } from './two.ts';

const suite = nodeCryptoSuite;
const counted = createUnsafeCountedSuite();
const settled = (seed = 'settled', of: typeof suite = suite) => {
  const two = twoOf(of, seed);
  settle(two.a, two.b, startMs);
  return two;
};
const sealMany = (from: End, count: number) => Array.from({ length: count }, (_, at) => from.seal(text(`${at}`)));

test('[S5] a hundred bytes of text cost 200 bytes, hop header included', () => {
  const { a } = settled();
  // Kind 1, sent 5, seq 1, one parent 1 + 8, text 100: as an entry stands on the wire.
  expect(a.seal(new Uint8Array(116).fill(1)).envelope.length + 10).toBe(200);
  expect(a.seal(new Uint8Array(122).fill(1)).envelope.length + 10).toBe(200);
  expect(a.seal(new Uint8Array(123).fill(1)).envelope.length + 10).toBe(222);
  expect(a.seal(text('hi')).envelope.length).toBe(128);
  // A long chain's header takes a byte more, and it still fits.
  for (let at = 0; at < 140; at += 1) a.seal(text('x'));
  expect(a.seal(new Uint8Array(121).fill(1)).envelope.length + 10).toBe(200);
});

test('[S6] what comes in any order opens, each once', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([...Array(60).keys()], { minLength: 1 }), (order) => {
      const { a, b } = twoOf(counted, 'order');
      const sealed = sealMany(a, 60);
      for (const at of order) expect(said(good(b.open(sealed[at]!.envelope, startMs)).content)).toBe(`${at}`);
      for (const at of order) expect(b.open(sealed[at]!.envelope, startMs)).toEqual({ refused: 'repeated' });
    }),
    { numRuns: 30 },
  );
});

test('[S6] late envelopes of an older chain open after newer chains began', () => {
  const { a, b } = settled();
  const late = sealMany(a, 3);
  for (let at = 1; at <= 3; at += 1) {
    pass(b, a, text('b'), startMs + at * 2_000);
    pass(a, b, text('a'), startMs + at * 2_000);
  }
  for (const [at, { envelope }] of late.toReversed().entries())
    expect(said(good(b.open(envelope, startMs + 10_000)).content)).toBe(`${2 - at}`);
  expect(b.state.receiving.skipped).toEqual([]);
});

test('[S8] the same envelope again is refused, and may be acknowledged again while it is recognised', () => {
  const { a, b } = settled();
  const first = a.seal(text('first'));
  good(b.open(first.envelope, startMs));
  a.acknowledged(first.n);
  for (let at = 0; at < 256; at += 1) pass(a, b, text(`${at}`), startMs);
  expect(b.open(first.envelope, startMs)).toEqual({ refused: 'repeated' });
  const found = b.find(first.envelope)!;
  expect(suite.hash(found.a).subarray(0, 16)).toEqual(first.envelope.subarray(1, 17));
  for (let at = 0; at < 128; at += 1) pass(a, b, text(`${at}`), startMs);
  expect(b.find(first.envelope)).toBeNull();
});

test('[S5] 256 may be under way, the 257th is refused until one is acknowledged', () => {
  const { a, b } = twoOf(counted);
  const sealed = sealMany(a, 256);
  expect(seal(counted, renewLease(a.state), text('x'))).toEqual({ refused: 'window-full' });
  expect(isStuck(a.state)).toBe(false);
  // The last alone is found too.
  good(b.open(sealed[255]!.envelope, startMs));
  a.acknowledged(255);
  // The oldest is still out: going on would leave it behind what is recognised.
  expect(seal(counted, renewLease(a.state), text('x'))).toEqual({ refused: 'window-full' });
  good(b.open(sealed[0]!.envelope, startMs));
  a.acknowledged(0);
  expect(seal(counted, renewLease(a.state), text('x'))).toHaveProperty('n', 256);
  expect(acknowledge(a.state, 0)).toEqual({ refused: 'unknown-tag' });
  for (const { envelope } of sealed.slice(1, 255).toReversed()) good(b.open(envelope, startMs));
});

test('[S5] whatever is given up, nothing runs ahead of what the other side recognises', () => {
  const { a, b } = twoOf(counted);
  for (const { n } of sealMany(a, 256)) a.state = giveUp(a.state, n);
  expect(seal(counted, renewLease(a.state), text('x'))).toEqual({ refused: 'window-full' });
  // Nobody will acknowledge anything any more: S15's case.
  expect(isStuck(a.state)).toBe(true);
  expect(b.state.receiving.reached).toBe(0);
});

test('[S5] an unacknowledged envelope is recognised however the window moves', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9), { minLength: 400, maxLength: 700 }), (draws) => {
      const { a, b } = twoOf(counted, 'window');
      const under: { envelope: Uint8Array; n: number; isOpened: boolean }[] = [];
      for (const draw of draws) {
        if (draw < 6) {
          if (needsLease(a.state)) a.state = renewLease(a.state);
          const sealed = seal(counted, a.state, text('x'));
          if (isRefusal(sealed)) continue;
          a.state = sealed.state;
          under.push({ ...sealed, isOpened: false });
        } else if (under.length > 0) {
          // The newest often, so that the window runs far ahead; its acknowledgement gets lost now and then.
          const at = draw === 6 ? 0 : under.length - 1;
          const one = under[at]!;
          expect(b.open(one.envelope, startMs)).toEqual(
            one.isOpened ? { refused: 'repeated' } : expect.objectContaining({ n: one.n }),
          );
          one.isOpened = true;
          if (draw !== 9) {
            a.acknowledged(one.n);
            under.splice(at, 1);
          }
        }
      }
      for (const { envelope, isOpened, n } of under)
        expect(b.open(envelope, startMs)).toEqual(isOpened ? { refused: 'repeated' } : expect.objectContaining({ n }));
    }),
    { numRuns: 15 },
  );
});

test('[S7] a skipped seed goes after 7 days, and is not mistaken for one that was opened', () => {
  const { a, b } = settled();
  const [lost, got] = sealMany(a, 2);
  good(b.open(got!.envelope, startMs));
  expect(b.state.receiving.skipped).toHaveLength(1);
  const before = b.state;
  expect(expire(b.state, startMs + 7 * dayMs - 1)).toBe(before);
  expect(expire(b.state, startMs + 7 * dayMs).receiving).toMatchObject({ skipped: [], lost: [lost!.n] });
  expect(b.open(lost!.envelope, startMs + 7 * dayMs)).toEqual({ refused: 'too-old' });
  // A refusal changes nothing: with the clock put right again it opens.
  expect(b.state).toBe(before);
  expect(said(good(b.open(lost!.envelope, startMs + 7 * dayMs - 1)).content)).toBe('0');
});

test('[S7] at most 2,000 skipped seeds are kept, the oldest go first', () => {
  const { a, b } = twoOf(counted);
  const held: { envelope: Uint8Array; n: number }[] = [];
  for (let at = 0; at < 2_100; at += 1) {
    const sealed = a.seal(text(`${at}`));
    a.state = giveUp(a.state, sealed.n);
    if (at % 2 === 0) held.push(sealed);
    else {
      good(b.open(sealed.envelope, startMs));
      a.state = { ...a.state, sending: { ...a.state.sending, acknowledged: sealed.n + 1 } };
    }
  }
  for (let at = 2_100; b.state.receiving.skipped.length < 2_000; at += 1) {
    const sealed = a.seal(text(`${at}`));
    a.state = giveUp(a.state, sealed.n);
    if (at % 200 !== 0) held.push(sealed);
    else {
      good(b.open(sealed.envelope, startMs));
      a.state = { ...a.state, sending: { ...a.state.sending, acknowledged: sealed.n + 1 } };
    }
  }
  expect(b.state.receiving.skipped).toHaveLength(2_000);
  expect(encodeSession(b.state).length).toBeLessThan(160_000);
  expect(b.find(held[0]!.envelope)).toBeNull();
  expect(b.open(held[1_000]!.envelope, startMs)).toHaveProperty('n', held[1_000]!.n);
});

test('[S6] a header that lies about its chain is refused, and nothing changes', () => {
  const { a, b } = settled();
  pass(a, b, text('first'), startMs);
  const { envelope } = a.seal(text('second'));
  const before = b.state;
  // Byte 32 under the mask is the epoch, 33 the index; all before is the key.
  for (let at = 17; at < 51; at += 1) {
    for (const bit of [1, 0x80]) expect(b.open(envelope.with(at, envelope[at]! ^ bit), startMs)).toHaveProperty('refused');
  }
  expect(b.open(envelope.with(17 + 33, envelope[17 + 33]! ^ 1), startMs)).toEqual({ refused: 'bad-seal' });
  for (let at = 51; at < envelope.length; at += 1)
    expect(b.open(envelope.with(at, envelope[at]! ^ 1), startMs)).toEqual({ refused: 'bad-seal' });
  expect(b.open(envelope.slice(0, -1), startMs)).toEqual({ refused: 'bad-bucket' });
  expect(b.open(envelope.with(0, 0x10), startMs)).toEqual({ refused: 'unknown-version' });
  expect(b.state).toBe(before);
  expect(said(good(b.open(envelope, startMs)).content)).toBe('second');
});

test('[S6] a chain cannot have begun among the numbers of the one before it', () => {
  const { a, b } = settled();
  for (let at = 0; at < 5; at += 1) pass(a, b, text('x'), startMs + 2_000);
  pass(b, a, text('x'), startMs + 4_000);
  const { sending } = a.state;
  expect(sending.next).toBe(sending.start);
  // As whoever has the keys could write it: the chain two steps on, and its beginning two numbers back.
  const back = { ...sending, start: sending.start - 2, chain: walk(suite, sending.chain, 2).chain };
  const liar = endOf(suite, { ...a.state, sending: back }, luckOf('liar'));
  expect(b.open(liar.seal(text('x')).envelope, startMs + 4_000)).toEqual({ refused: 'bad-seal' });
  // Forward it may: numbers were burnt.
  const ahead = { ...sending, next: sending.next + 2, start: sending.start + 1, chain: walk(suite, sending.chain, 1).chain };
  const burnt = endOf(suite, { ...a.state, sending: ahead }, luckOf('burnt'));
  expect(b.open(burnt.seal(text('x')).envelope, startMs + 4_000)).toHaveProperty('n', sending.next + 2);
});

test('[S9] an own step is taken once a second, where a received envelope allows it, and sending takes none', () => {
  const { a, b } = settled();
  const now = startMs + 5_000;
  const key = (end: End): string => Buffer.from(end.state.own.key).toString('hex');
  pass(a, b, text('x'), now - 2_000);
  pass(b, a, text('x'), now);
  pass(a, b, text('x'), now);
  const [first, theirs] = [key(a), key(b)];
  sealMany(a, 3);
  expect(key(a)).toBe(first);
  // Both stepped just now: what comes within the second brings none.
  pass(b, a, text('x'), now + 999);
  expect(key(a)).toBe(first);
  expect(a.state.isStepDue).toBe(true);
  expect(key(b)).toBe(theirs);
  pass(b, a, text('x'), now + 1_000);
  expect(key(a)).not.toBe(first);
  expect(a.state.isStepDue).toBe(false);
  // Only once for each of their keys.
  const second = key(a);
  pass(b, a, text('x'), now + 9_000);
  expect(key(a)).toBe(second);
});

test('[S9] a clock put back does not stop the ratchet', () => {
  const { a, b } = settled();
  pass(a, b, text('x'), startMs + 60_000);
  const before = b.state.own.key;
  pass(b, a, text('x'), startMs - dayMs);
  pass(a, b, text('x'), startMs - dayMs);
  expect(b.state.own.key).not.toEqual(before);
});

test('[S11] the lease bounds what is used without a commit, and what was leased is not used again after a restart', () => {
  const { a, b } = settled();
  a.state = renewLease(a.state, 8);
  const disk = encodeSession(a.state);
  const { leased, next } = a.state.sending;
  for (let n = next; n < leased; n += 1) {
    const sealed = good(seal(suite, a.state, text('lost')));
    a.state = sealed.state;
    expect(sealed.n).toBeLessThan(leased);
  }
  expect(needsLease(a.state)).toBe(true);
  expect(() => seal(suite, a.state, text('x'))).toThrow('[S11]');
  const again = endOf(suite, good(restoreSession(suite, disk)), luckOf('again'));
  expect(again.state.sending.next).toBe(leased);
  expect(needsLease(again.state)).toBe(true);
  expect(() => seal(suite, again.state, text('x'))).toThrow('[S11]');
  const { envelope, n } = again.seal(text('after'));
  expect(n).toBe(leased);
  expect(said(good(b.open(envelope, startMs)).content)).toBe('after');
  // Twice restored, twice burnt; what was not leased is not.
  expect(good(restoreSession(suite, encodeSession(again.state))).sending.next).toBe(leased + 64);
  expect(() => renewLease(a.state, 65)).toThrow('lease');
});

test('a conversation in which one side only listens turns all the same', () => {
  const { a, b } = settled();
  let now = startMs;
  const keys = new Set<string>();
  for (let at = 0; at < 1_000; at += 1) {
    now += 10_000;
    pass(a, b, text('x'), now);
    settle(a, b, now);
    keys.add(Buffer.from(a.state.own.key).toString('hex'));
  }
  expect(keys.size).toBeGreaterThanOrEqual(10);
  expect(a.state.sending.next - a.state.sending.start).toBeLessThan(120);
});

test('content outside what a session takes is refused or a bug', () => {
  const { a, b } = settled();
  expect(() => a.seal(new Uint8Array(0))).toThrow('content');
  expect(seal(suite, a.state, new Uint8Array(2 ** 20))).toEqual({ refused: 'too-big' });
  const big = new Uint8Array(100_000).fill(5);
  expect(pass(a, b, big, startMs).content).toEqual(big);
  // A control of the wrong length.
  for (const wrong of [
    [64, 0],
    [128, 1],
    [129, 1, 2],
  ])
    expect(b.open(a.seal(Uint8Array.from(wrong)).envelope, startMs)).toEqual({ refused: 'truncated' });
});
