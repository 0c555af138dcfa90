/** Q5: whether a closing still waits for what was on its way. Times in words are their senders', so ours alone say when that is over. */
import type { OwnerWord } from './word.ts';

/** What was said before may still be on its way. */
export const closingGraceMs = 120_000;

/** Since when this device knows that the Square is closed. */
export interface KnownClosing {
  readonly closedMs: number;
  readonly heardTicksMs: number;
}

/** After a word that holds; null: it is open. */
export function knownClosing(before: KnownClosing | null, word: OwnerWord | null, ticksMs: number): KnownClosing | null {
  if (word === null || word.closedMs === null) return null;
  return before?.closedMs === word.closedMs ? before : { closedMs: word.closedMs, heardTicksMs: ticksMs };
}

/** By either clock: the owner's or this device's may be wrong, and who has just come may know better by the time than by the wait. */
export const isGraceOver = (closing: KnownClosing | null, nowMs: number, ticksMs: number): boolean =>
  closing !== null && (nowMs - closing.closedMs > closingGraceMs || ticksMs - closing.heardTicksMs > closingGraceMs);
