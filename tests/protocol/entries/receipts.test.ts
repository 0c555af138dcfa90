/** Who has what of mine, and what an entry names as its parents. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { goneAtMs, isGone } from '../../../src/protocol/entries/disappearing.ts';
import { createGraph } from '../../../src/protocol/entries/graph.ts';
import type { Node } from '../../../src/protocol/entries/graph.ts';
import { chooseParents } from '../../../src/protocol/entries/parents.ts';
import { decodeReceipts, encodeReceipts, receiptOf, withNaming, withReceipt } from '../../../src/protocol/entries/receipts.ts';
import type { Mine, Receipt, Receipts } from '../../../src/protocol/entries/receipts.ts';
import { shortOf } from '../../../src/protocol/ids.ts';
import type { Outline } from '../../../src/protocol/entries/outline.ts';
import type { Short } from '../../../src/protocol/ids.ts';
import { fixedSeed } from '../fuzz.ts';
import { asha, badru, chidi, hexOf, nowMs, operationOf, say, text } from './talk.ts';

const own = Array.from({ length: 9 }, (_, at) => say(asha.phone, text(`${at}`), { seq: at + 1 }));
const names = own.map(({ id }) => shortOf(id));
const mine: Mine = {
  device: asha.phone,
  seqOf: (message) => (names.includes(message) ? names.indexOf(message) + 1 : null),
  lastSeq: own.length,
};
const told = (state: 'stored' | 'read', ...seqs: readonly number[]): Receipt => ({
  kind: 'receipt',
  state,
  messages: seqs.map((seq) => names[seq - 1]!),
});
const clocks = (state: 'stored' | 'read', device: Short, seq: number): Receipt => ({
  kind: 'clocks',
  state,
  clocks: [{ device, seq }],
});
const statesOf = (receipts: Receipts): readonly (string | null)[] => own.map(({ seq }) => receiptOf(receipts, badru.phone, seq));

test('[M9] a receipt tells of its own messages, a clock of everything up to its number', () => {
  let receipts = withReceipt({}, badru.phone, told('stored', 2, 5), mine);
  expect(statesOf(receipts)).toEqual([null, 'stored', null, null, 'stored', null, null, null, null]);
  receipts = withReceipt(receipts, badru.phone, clocks('stored', shortOf(asha.phone), 3), mine);
  receipts = withReceipt(receipts, badru.phone, clocks('read', shortOf(asha.phone), 2), mine);
  expect(statesOf(receipts)).toEqual(['read', 'read', 'stored', null, 'stored', null, null, null, null]);
  expect(receiptOf(receipts, chidi.phone, 1)).toBeNull();
});

test('[M9] what is read is stored, and no later word takes it back', () => {
  const read = withReceipt({}, badru.phone, told('read', 4), mine);
  for (const less of [told('stored', 4), told('stored'), clocks('stored', shortOf(asha.phone), 0), told('read')]) {
    expect(withReceipt(read, badru.phone, less, mine)).toEqual(read);
  }
  // Nothing new is no change at all, so nothing is written.
  expect(withReceipt(read, badru.phone, told('read', 4), mine)).toBe(read);
});

test('[M9] of what I never said nobody has anything, and others’ clocks are not mine', () => {
  expect(withReceipt({}, badru.phone, { kind: 'receipt', state: 'read', messages: ['00'.repeat(8) as Short] }, mine)).toEqual({});
  expect(withReceipt({}, badru.phone, clocks('read', shortOf(chidi.phone), 9), mine)).toEqual({});
  const all = withReceipt({}, badru.phone, clocks('read', shortOf(asha.phone), Number.MAX_SAFE_INTEGER), mine);
  expect(all[badru.phone]?.read).toEqual([{ from: 1, to: 9 }]);
});

test('[M9] an entry that names mine is a receipt for that, and for no other', () => {
  const answer = say(badru.phone, text('yes'), { after: [own[3]!, operationOf('x').slice(0, 16) as Short] });
  const receipts = withNaming({}, badru.phone, answer.parents, mine);
  expect(statesOf(receipts)).toEqual([null, null, null, 'stored', null, null, null, null, null]);
});

test.each([fixedSeed, Date.now()])('[M9] in any order, any number of times, it comes to the same (seed %i)', (seed) => {
  const receipt = fc.oneof(
    fc
      .tuple(fc.constantFrom('stored', 'read'), fc.array(fc.integer({ min: 1, max: 9 })))
      .map(([state, seqs]) => told(state, ...seqs)),
    fc.tuple(fc.constantFrom('stored', 'read'), fc.nat(12)).map(([state, seq]) => clocks(state, shortOf(asha.phone), seq)),
  );
  const heard = fc.array(fc.tuple(fc.constantFrom(badru.phone, chidi.phone), receipt), { maxLength: 12 });
  fc.assert(
    fc.property(
      heard.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 }))),
      ([all, shuffled]) => {
        const after = (list: typeof all): Receipts =>
          list.reduce<Receipts>((receipts, [from, each]) => withReceipt(receipts, from, each, mine), {});
        expect(after(shuffled)).toEqual(after(all));
        expect(decodeReceipts(encodeReceipts(after(all)))).toEqual(after(all));
      },
    ),
    { seed, numRuns: 300 },
  );
});

function headsOf(outlines: readonly Outline[]): readonly Node[] {
  const graph = createGraph();
  for (const outline of outlines) graph.add(outline);
  return [...graph.heads()];
}
const shorts = (...all: readonly Outline[]): readonly Short[] => all.map(({ id }) => shortOf(id));

test('[M5] parents are the newest that none names, at most four, and operations not yet named, at most four', () => {
  const old = say(badru.phone, text('old'));
  const six = Array.from({ length: 6 }, (_, at) => say(badru.phone, text(`${at}`), { at: 10 + at, after: [old] }));
  const operations = ['a', 'b', 'c', 'd', 'e'].map(operationOf);
  expect(chooseParents(headsOf([old, ...six]), asha.phone, operations)).toEqual([
    ...shorts(six[5]!, six[4]!, six[3]!, six[2]!),
    ...operations.slice(0, 4).map(shortOf),
  ]);
  expect(chooseParents([], asha.phone, [])).toEqual([]);
});

test('[M5] this device’s own last one is always named, or leads from one that is', () => {
  const own = say(asha.phone, text('own'), { at: -9_000 });
  const newer = Array.from({ length: 5 }, (_, at) => say(badru.phone, text(`${at}`), { at }));
  const chosen = chooseParents(headsOf([own, ...newer]), asha.phone, []);
  expect(chosen).toEqual(shorts(newer[4]!, newer[3]!, newer[2]!, own));
  const seenByAll = newer.map((_, at) => say(badru.phone, text(`${at}`), { at: 20 + at, after: [own] }));
  expect(chooseParents(headsOf([own, ...seenByAll]), asha.phone, [])).not.toContain(shortOf(own.id));
});

test('[M5] fifty thousand that name nothing are no burden to who writes next', () => {
  const graph = createGraph();
  const end = hexOf('x', 8);
  for (let at = 0; at < 50_000; at += 1) {
    graph.add({ ...own[0]!, id: `${at.toString(16).padStart(16, '0')}${end}` as Outline['id'], sentAtMs: nowMs + at });
  }
  const startMs = performance.now();
  expect(chooseParents(graph.heads(), asha.phone, [])).toHaveLength(4);
  expect(performance.now() - startMs).toBeLessThan(1_000);
});

test('[M8] words go their time after they were first shown, and a week after it where nobody looked', () => {
  const day = 86_400;
  expect(goneAtMs(nowMs, 0, nowMs)).toBeNull();
  expect(goneAtMs(nowMs, day, nowMs + 5_000)).toBe(nowMs + 5_000 + day * 1_000);
  expect(goneAtMs(nowMs, day, null)).toBe(nowMs + 8 * day * 1_000);
  // Shown on the last day, it does not live beyond.
  expect(goneAtMs(nowMs, day, nowMs + 7.5 * day * 1_000)).toBe(nowMs + 8 * day * 1_000);
  expect(isGone(nowMs, day, null, nowMs + 8 * day * 1_000 - 1)).toBe(false);
  expect(isGone(nowMs, day, null, nowMs + 8 * day * 1_000)).toBe(true);
  expect(isGone(nowMs, 0, null, Number.MAX_SAFE_INTEGER)).toBe(false);
});
