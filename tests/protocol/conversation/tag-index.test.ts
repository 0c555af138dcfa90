/** Which envelope belongs to which session and number: found without trial, among many, for little work. */
import { expect, test } from 'vitest';
import { createTagIndex } from '../../../src/protocol/conversation/tag-index.ts';
import { createUnsafeCountedSuite } from '../../simulation/unsafe-counted-suite.ts';
import { endOf, good, luckOf, startMs, text, twoOf } from './two.ts';

test('[S5] finds its session among a hundred, and nothing for a stranger’s tag', () => {
  const suite = createUnsafeCountedSuite();
  const index = createTagIndex(suite);
  const twos = Array.from({ length: 100 }, (_, at) => twoOf(suite, `two ${at}`));
  for (const [at, { b }] of twos.entries()) index.put(`${at}`, b.state.receiving);
  for (const at of [99, 0, 50]) {
    const { envelope } = twos[at]!.a.seal(text('x'));
    expect(index.find(envelope.subarray(1, 17))).toMatchObject({ session: `${at}`, n: 0 });
  }
  const before = suite.counts.mac;
  expect(index.find(new Uint8Array(16))).toBeNull();
  expect(suite.counts.mac).toBeGreaterThan(before);
  // All that there is to work out was worked out: another stranger costs nothing.
  const after = suite.counts.mac;
  for (let at = 0; at < 100; at += 1) expect(index.find(new Uint8Array(16).fill(at))).toBeNull();
  expect(suite.counts.mac).toBe(after);
  index.drop('50');
  expect(index.find(twos[50]!.a.seal(text('x')).envelope.subarray(1, 17))).toBeNull();
  expect(index.find(twos[51]!.a.seal(text('x')).envelope.subarray(1, 17))).toMatchObject({ session: '51' });
});

test('[S5] opening costs one MAC and one hash for the tag, blocks included', () => {
  const suite = createUnsafeCountedSuite();
  const { a, b } = twoOf(suite);
  const sealed = [];
  for (let at = 0; at < 2_000; at += 1) {
    const one = a.seal(text('x'));
    a.acknowledged(one.n);
    sealed.push(one.envelope);
  }
  const before = { ...suite.counts };
  for (const envelope of sealed) good(b.open(envelope, startMs));
  // Tag, chain and seal; blocks of 64 step on with a MAC each.
  expect((suite.counts.mac - before.mac) / sealed.length).toBeLessThan(3.3);
  expect((suite.counts.hash - before.hash) / sealed.length).toBeLessThan(1.1);
});

test('a first contact works out one block on each side', () => {
  const suite = createUnsafeCountedSuite();
  const { a, b } = twoOf(suite);
  const before = suite.counts.mac;
  good(a.open(b.words(startMs)[0]!, startMs));
  good(b.open(a.words(startMs)[0]!, startMs));
  expect(suite.counts.mac - before).toBeLessThan(2 * 64 + 16);
});

test('an index made anew of kept states finds the same, skipped numbers of old blocks too', () => {
  const suite = createUnsafeCountedSuite();
  const { a, b } = twoOf(suite);
  const late = [];
  for (let at = 0; at < 900; at += 1) {
    const one = a.seal(text(`${at}`));
    if (at % 10 === 0) late.push(one);
    else good(b.open(one.envelope, startMs));
    a.acknowledged(one.n);
  }
  const again = endOf(suite, b.state, luckOf('again'));
  for (const end of [b, again])
    for (const { envelope, n } of late) expect(end.find(envelope)).toMatchObject({ n, session: 'it' });
  for (const { envelope } of late) good(again.open(envelope, startMs));
  // Old ones that were opened are forgotten.
  expect(again.find(late[0]!.envelope)).toBeNull();
  expect(again.find(late.at(-1)!.envelope)).not.toBeNull();
});

test('[S5] a stranger’s tag costs four blocks a call, and whose tag is not found so far is found once the work is done', () => {
  const suite = createUnsafeCountedSuite();
  const index = createTagIndex(suite);
  const twos = Array.from({ length: 40 }, (_, at) => twoOf(suite, `two ${at}`));
  for (const [at, { b }] of twos.entries()) index.put(`${at}`, b.state.receiving);
  const tagOf = (at: number): Uint8Array => twos[at]!.a.seal(text('x')).envelope.subarray(1, 17);
  const before = suite.counts.hash;
  expect(index.find(new Uint8Array(16), { blocks: 4 })).toBeNull();
  expect(suite.counts.hash - before).toBe(4 * 64);
  // Where it seems to come from is looked at first.
  const from20 = tagOf(20);
  const from39 = tagOf(39);
  const unbounded = suite.counts.hash;
  expect(index.find(from20, { blocks: 4, first: ['20'] })).toMatchObject({ session: '20', n: 0 });
  expect(suite.counts.hash - unbounded).toBe(64);
  expect(index.find(from39, { blocks: 4 })).toBeNull();
  let slices = 0;
  while (index.work(4)) {
    slices += 1;
    // Somebody new comes while there is much to do: their first block goes before the others' later ones.
    if (slices === 20) index.put('new', twoOf(suite, 'two new').b.state.receiving);
    if (slices === 21)
      expect(index.find(twoOf(suite, 'two new').a.seal(text('x')).envelope.subarray(1, 17), { blocks: 0 })).not.toBeNull();
  }
  expect(slices).toBeGreaterThan(40);
  expect([index.work(0), index.work(4)]).toEqual([false, false]);
  const done = suite.counts.hash;
  expect(index.find(from39, { blocks: 0 })).toMatchObject({ session: '39', n: 0 });
  expect(index.find(new Uint8Array(16))).toBeNull();
  expect(index.find(new Uint8Array(3))).toBeNull();
  expect(suite.counts.hash).toBe(done);
});

test('[S5] what was worked out for a stranger’s tag opens what comes later, in any order and across blocks', () => {
  const suite = createUnsafeCountedSuite();
  const { a, b } = twoOf(suite);
  const index = createTagIndex(suite);
  index.put('it', b.state.receiving);
  expect(index.find(new Uint8Array(16))).toBeNull();
  const sealed = Array.from({ length: 200 }, () => a.seal(text('x')));
  for (const { envelope, n } of sealed.toReversed()) {
    const found = index.find(envelope.subarray(1, 17))!;
    expect([found.n, suite.hash(found.a).slice(0, 16), found.mask.length]).toEqual([n, envelope.slice(1, 17), 35]);
  }
});

test('[S9] a session taken back, because its commit failed, is found as it was', () => {
  const suite = createUnsafeCountedSuite();
  const { a, b } = twoOf(suite);
  const index = createTagIndex(suite);
  const sealed: Uint8Array[] = [];
  let before = b.state.receiving;
  for (let at = 0; at < 700; at += 1) {
    const one = a.seal(text('x'));
    a.acknowledged(one.n);
    sealed.push(one.envelope);
    good(b.open(one.envelope, startMs));
    index.put('it', b.state.receiving);
    if (at === 300) before = b.state.receiving;
  }
  const tag = (at: number): Uint8Array => sealed[at]!.subarray(1, 17);
  expect([index.find(tag(301)), index.find(tag(650))?.n]).toEqual([null, 650]);
  index.put('it', before);
  expect([index.find(tag(301))?.n, index.find(tag(300))?.n, index.find(tag(650))]).toEqual([301, 300, null]);
});
