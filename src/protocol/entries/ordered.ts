/** Places in their order, in blocks: putting one of a hundred thousand in between moves at most a block of them. */
import type { MessageId } from '../ids.ts';

/** M4. */
export interface Place {
  readonly t: number;
  readonly id: MessageId;
}

export function comparePlaces(one: Place, other: Place): number {
  if (one.t !== other.t) return one.t - other.t;
  if (one.id === other.id) return 0;
  return one.id < other.id ? -1 : 1;
}

export interface Ordered {
  readonly size: () => number;
  insert(place: Place): void;
  remove(place: Place): void;
  takeFirst(): Place | undefined;
  /** From the last one below `before`, or from the very last, downwards. */
  downFrom(before: Place | null): Iterable<Place>;
}

export function createOrdered(): Ordered {
  const blocks: Place[][] = [];
  let size = 0;
  const blockFor = (place: Place): number => Math.max(0, countUntil(blocks.length, (at) => isAtMost(blocks[at]![0]!, place)) - 1);
  return {
    size: () => size,
    insert: (place) => {
      const at = blockFor(place);
      const block = blocks[at] ?? (blocks[at] = []);
      const within = countUntil(block.length, (index) => isAtMost(block[index]!, place));
      block.splice(within, 0, place);
      size += 1;
      if (block.length > mostInBlock) blocks.splice(at + 1, 0, block.splice(mostInBlock / 2));
    },
    remove: (place) => {
      const at = blockFor(place);
      const block = blocks[at] ?? [];
      const within = countUntil(block.length, (index) => isAtMost(block[index]!, place)) - 1;
      const found = block[within];
      if (found === undefined || comparePlaces(found, place) !== 0) throw new Error('removed what is not there');
      block.splice(within, 1);
      size -= 1;
      if (block.length === 0) blocks.splice(at, 1);
    },
    takeFirst: () => {
      const first = blocks[0]?.shift();
      if (first !== undefined) size -= 1;
      if (blocks[0]?.length === 0) blocks.shift();
      return first;
    },
    *downFrom(before) {
      for (let at = before === null ? blocks.length - 1 : blockFor(before); at >= 0; at -= 1) {
        const block = blocks[at] ?? [];
        for (let within = block.length - 1; within >= 0; within -= 1) {
          const place = block[within]!;
          if (before === null || comparePlaces(place, before) < 0) yield place;
        }
      }
    },
  };
}

const mostInBlock = 512;

const isAtMost = (one: Place, other: Place): boolean => comparePlaces(one, other) <= 0;

/** How many of so many, the first ones, hold; found by halving. */
function countUntil(length: number, holds: (at: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
