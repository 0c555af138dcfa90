/** Sets of small numbers, a bit each: the past of an operation among ten thousand is 1,250 bytes. */
export type NumberSet = Uint32Array;

export const setFor = (numbers: number): NumberSet => new Uint32Array((numbers + 31) >> 5);

/** A place beyond the set's end is not in it. */
export const has = (set: NumberSet, number: number): boolean => ((set[number >> 5] ?? 0) & (1 << (number & 31))) !== 0;

export function add(set: NumberSet, number: number): void {
  set[number >> 5]! |= 1 << (number & 31);
}

/** `into` is at least as long. */
export function addAll(into: NumberSet, from: NumberSet): void {
  for (let word = 0; word < from.length; word += 1) into[word]! |= from[word]!;
}

export function countOf(set: NumberSet): number {
  let count = 0;
  for (let word of set) {
    word -= (word >>> 1) & 0x55555555;
    word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
    count += (((word + (word >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
  }
  return count;
}

/** Highest first. */
export function* fromTheEnd(set: NumberSet): Generator<number> {
  for (let word = set.length - 1; word >= 0; word -= 1) {
    let bits = set[word]!;
    while (bits !== 0) {
      const high = 31 - Math.clz32(bits);
      bits &= ~(1 << high);
      yield (word << 5) | high;
    }
  }
}

/** Those in both sets, in ascending order. */
export function* numbersIn(one: NumberSet, other: NumberSet): Generator<number> {
  for (let word = 0; word < Math.min(one.length, other.length); word += 1) {
    let bits = one[word]! & other[word]!;
    while (bits !== 0) {
      const low = 31 - Math.clz32(bits & -bits);
      bits &= bits - 1;
      yield (word << 5) | low;
    }
  }
}
