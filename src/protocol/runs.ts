/** Numbers from 1, mostly without gaps, as the runs they form. */
import { createWriter } from './bytes.ts';
import type { Reader, Writer } from './bytes.ts';

/** From and to are both within. */
export interface Run {
  readonly from: number;
  readonly to: number;
}

/** In order, with a gap between any two. */
export type Runs = readonly Run[];

export const hasNumber = (runs: Runs, number: number): boolean => {
  const run = runs[firstReaching(runs, number)];
  return run !== undefined && run.from <= number;
};

/** Costs the runs behind it: mostly none. The same runs where nothing is new. */
export function withRun(runs: Runs, added: Run): Runs {
  if (added.from > added.to) return runs;
  // What touches it becomes one with it.
  const first = firstReaching(runs, added.from - 1);
  let after = first;
  while (after < runs.length && runs[after]!.from <= added.to + 1) after += 1;
  const touched = runs.slice(first, after);
  const only = touched.length === 1 ? touched[0]! : null;
  if (only !== null && only.from <= added.from && only.to >= added.to) return runs;
  const from = Math.min(added.from, touched[0]?.from ?? added.from);
  const to = Math.max(added.to, touched.at(-1)?.to ?? added.to);
  return [...runs.slice(0, first), { from, to }, ...runs.slice(after)];
}

export const withNumber = (runs: Runs, number: number): Runs => withRun(runs, { from: number, to: number });

/** What is missing of 1 to `upTo`. */
export function gapsIn(runs: Runs, upTo: number): Runs {
  const gaps: Run[] = [];
  let next = 1;
  for (const { from, to } of runs) {
    if (next > upTo) break;
    if (from > next) gaps.push({ from: next, to: Math.min(from - 1, upTo) });
    next = to + 1;
  }
  if (next <= upTo) gaps.push({ from: next, to: upTo });
  return gaps;
}

/** How many of the numbers from `from` to `to` are within. */
export function countIn(runs: Runs, from: number, to: number): number {
  let count = 0;
  for (let at = firstReaching(runs, from); at < runs.length && runs[at]!.from <= to; at += 1) {
    count += Math.min(runs[at]!.to, to) - Math.max(runs[at]!.from, from) + 1;
  }
  return count;
}

/** What is in the runs and not in the others. */
export function without(runs: Runs, others: Runs): Runs {
  const rest: Run[] = [];
  let at = 0;
  for (const { from, to } of runs) {
    let next = from;
    while (at > 0 && others[at - 1]!.to >= from) at -= 1;
    for (; at < others.length && others[at]!.from <= to; at += 1) {
      const other = others[at]!;
      if (other.to < next) continue;
      if (other.from > next) rest.push({ from: next, to: other.from - 1 });
      next = other.to + 1;
    }
    if (next <= to) rest.push({ from: next, to });
  }
  return rest;
}

export const highestIn = (runs: Runs): number => runs.at(-1)?.to ?? 0;

export function encodeRuns(runs: Runs): Uint8Array {
  const out: Writer = createWriter().varint(runs.length);
  let last = 0;
  for (const { from, to } of runs) {
    out.varint(from - last).varint(to - from);
    last = to;
  }
  return out.done();
}

/** Null for what no runs are. */
export function readRuns(read: Reader, most: number): Runs | null {
  const count = read.varint();
  if (count > most) return null;
  const runs: Run[] = [];
  let last = -1;
  for (let at = 0; at < count; at += 1) {
    const from = Math.max(last, 0) + read.varint();
    const to = from + read.varint();
    if (!read.isGood() || from < last + 2 || to > Number.MAX_SAFE_INTEGER || from < 1) return null;
    runs.push({ from, to });
    last = to;
  }
  return runs;
}

/** Where the first run stands that ends at the number or above. */
function firstReaching(runs: Runs, number: number): number {
  let low = 0;
  let high = runs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (runs[middle]!.to < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
