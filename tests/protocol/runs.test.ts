/** Runs of numbers do what a set of numbers does. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createReader } from '../../src/protocol/bytes.ts';
import {
  countIn,
  encodeRuns,
  gapsIn,
  hasNumber,
  highestIn,
  readRuns,
  withNumber,
  withRun,
  without,
} from '../../src/protocol/runs.ts';
import type { Runs } from '../../src/protocol/runs.ts';
import { fixedSeed } from './fuzz.ts';

const numbers = (runs: Runs): readonly number[] =>
  runs.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, at) => from + at));
const run = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.nat(6)).map(([from, more]) => ({ from, to: from + more }));
const some = fc.array(run, { maxLength: 8 });
const runsOf = (all: Runs): Runs => all.reduce<Runs>(withRun, []);

test.each([fixedSeed, Date.now()])('runs hold what sets hold, joined wherever they touch (seed %i)', (seed) => {
  fc.assert(
    fc.property(some, some, run, (all, others, { from, to }) => {
      const set = new Set(numbers(all));
      const other = new Set(numbers(others));
      const [runs, rest] = [runsOf(all), without(runsOf(all), runsOf(others))];
      expect(new Set(numbers(runs))).toEqual(set);
      expect(numbers(runs)).toEqual([...set].toSorted((one, two) => one - two));
      expect(runs.every((each, at) => at === 0 || each.from > runs[at - 1]!.to + 1)).toBe(true);
      expect(numbers(gapsIn(runs, to))).toEqual(Array.from({ length: to }, (_, at) => at + 1).filter((each) => !set.has(each)));
      expect(numbers(rest)).toEqual(numbers(runs).filter((each) => !other.has(each)));
      expect(hasNumber(runs, from)).toBe(set.has(from));
      expect(countIn(runs, from, to)).toBe([...set].filter((each) => from <= each && each <= to).length);
      expect(highestIn(runs)).toBe(Math.max(0, ...set));
      expect(readRuns(createReader(encodeRuns(runs)), 99)).toEqual(runs);
      expect(withNumber(runs, from)).toEqual(withRun(runs, { from, to: from }));
    }),
    { seed, numRuns: 1_000 },
  );
});

test('what is there already leaves the very same runs', () => {
  const runs = runsOf([{ from: 3, to: 9 }]);
  expect(withNumber(runs, 5)).toBe(runs);
  expect(withRun(runs, { from: 5, to: 4 })).toBe(runs);
});

test('bytes that are no runs are not read as such', () => {
  const read = (...bytes: readonly number[]): Runs | null => readRuns(createReader(Uint8Array.from(bytes)), 2);
  expect(read(1, 1, 0)).toEqual([{ from: 1, to: 1 }]);
  expect(read(1, 0, 0)).toBeNull();
  expect(read(2, 1, 0, 1, 0)).toBeNull();
  expect(read(3, 1, 0, 2, 0, 2, 0)).toBeNull();
  expect(read(1, 1)).toBeNull();
  expect(read(1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f, 1)).toBeNull();
});
