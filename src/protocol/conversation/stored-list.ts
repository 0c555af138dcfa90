/** Lists in a stored state: counted, capped, and in one order only. */
import type { Reader } from '../bytes.ts';

/** Null where there are more than `most`. */
export function readEach<Thing>(read: Reader, most: number, readOne: (read: Reader) => Thing): readonly Thing[] | null {
  const count = read.varint();
  if (count > most) return null;
  const things: Thing[] = [];
  while (read.isGood() && things.length < count) things.push(readOne(read));
  return things;
}

export const isAscending = (numbers: readonly number[]): boolean => numbers.every((n, at) => at === 0 || numbers[at - 1]! < n);
