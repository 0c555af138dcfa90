/** What was opened under the numbers that are still recognised, by its last bytes: the same again is acknowledged again, and nothing else (S8). */
import { isEqual } from '../bytes.ts';

/** Four bytes a number, from the first that is recognised up to the highest opened; zeros where nothing was. */
export type Opened = Uint8Array;

export const nothingOpened: Opened = new Uint8Array(0);
export const signBytes = 4;

/** `first` and `reached` as they will be. */
export function movedOn(opened: Opened, before: number, first: number, reached: number): Opened {
  const moved = new Uint8Array((reached - first) * signBytes);
  const kept = opened.subarray((first - before) * signBytes);
  moved.set(kept);
  return moved;
}

/** A number below the first has nothing to be remembered by, and needs nothing. */
export function withOpened(opened: Opened, first: number, n: number, envelope: Uint8Array): Opened {
  if (n < first) return opened;
  const after = opened.slice();
  after.set(signOf(envelope), (n - first) * signBytes);
  return after;
}

export const isSameAgain = (opened: Opened, first: number, n: number, envelope: Uint8Array): boolean =>
  isEqual(opened.subarray((n - first) * signBytes, (n - first + 1) * signBytes), signOf(envelope));

/** Of the seal's tag: another content under the same number has another. */
const signOf = (envelope: Uint8Array): Uint8Array => envelope.subarray(-signBytes);
