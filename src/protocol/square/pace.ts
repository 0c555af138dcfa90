/** How often a device may speak in a Square, and how old its words may be: by what they say themselves, so that all agree. */
import type { Message } from '../content.ts';
import type { DeviceId } from '../ids.ts';
import { limits } from '../limits.ts';
import type { RefusalReason } from '../refusal.ts';
import type { OwnerWord } from './word.ts';

export type Spoken = Pick<Message, 'author' | 'id' | 'n' | 'sentAtMs'>;

/** Q4: so long after its last word a device says its `n`th. */
const paceMs = (n: number): number => (isNewcomer(n) ? newcomerPaceMs : squarePaceMs);

/** Whoever says their `n`th word there is new. */
export const isNewcomer = (n: number): boolean => n <= newcomerWords;

/** Q4: when the device may speak again, whose words are these; now or before: it may. */
export function mayNextSpeakMs(nowMs: number, said: readonly Pick<Spoken, 'sentAtMs'>[], n: number): number {
  const pace = paceMs(n);
  // A clock that was set back does not shut anybody up for long.
  return Math.max(0, ...said.map(({ sentAtMs }) => (Math.abs(nowMs - sentAtMs) < pace ? sentAtMs + pace : 0)));
}

/** Q4: two words of a device closer to each other than the later of them may be. */
export const isTooSoon = (message: Spoken, said: readonly Spoken[]): boolean =>
  said.some(
    (other) => other.id !== message.id && Math.abs(other.sentAtMs - message.sentAtMs) < paceMs(Math.max(other.n, message.n)),
  );

/** Q3, Q5: null where nothing speaks against it but, perhaps, its pace. `isShut`: it is closed, and the grace over. */
export function squareRefusal(message: Spoken, nowMs: number, word: OwnerWord | null, isShut: boolean): RefusalReason | null {
  if (message.sentAtMs > nowMs + limits.squareAheadMs) return 'too-far-ahead';
  if (message.sentAtMs <= nowMs - limits.squareMs || message.sentAtMs <= (word?.clearedMs ?? 0)) return 'too-old';
  return word === null ? null : ownerRefusal(word, message.author, isShut ? Infinity : message.sentAtMs);
}

/** Q5: what the owner's word has against somebody who speaks at that time; Infinity: whenever. */
export function ownerRefusal(word: OwnerWord, device: DeviceId, sentAtMs: number): 'expelled' | 'closed' | null {
  if (device === word.owner) return null;
  if (word.expelled.some((each) => each.device === device)) return 'expelled';
  return word.closedMs !== null && sentAtMs > word.closedMs ? 'closed' : null;
}

const squarePaceMs = 3_000;
const newcomerPaceMs = 10_000;
const newcomerWords = 20;
