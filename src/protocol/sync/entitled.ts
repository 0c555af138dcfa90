/** Who may be told which entries. */
import type { DeviceId, PersonId } from '../ids.ts';
import type { Shelved } from './shelf.ts';

export type MayHave = (item: Dated) => boolean;

export type Dated = Pick<Shelved, 'device' | 'seq' | 'sentAtMs'>;

export interface Came {
  /** Of the operation that added the other side. */
  readonly atMs: number;
  /** 0 none, 255 all. */
  readonly historyDays: number;
  /** Whether the entry leads back to that operation: its author knew of them, whatever its clock said. */
  isAfter(item: Dated): boolean;
}

/** Y1. Without skew: a day that a joiner is not to have stays closed; what clocks hide from them, `isAfter` may open. */
export const entitledInRoom =
  ({ atMs, historyDays, isAfter }: Came): MayHave =>
  (item) =>
    historyDays === allHistory || item.sentAtMs >= atMs - historyDays * dayMs || isAfter(item);

/** Y2: to my own devices everything, to the other person's what I said; to anybody else nothing. */
export function entitledInDirect(
  me: PersonId,
  other: PersonId,
  asker: PersonId,
  personOf: (device: DeviceId) => PersonId | null,
): MayHave {
  if (asker === me) return () => true;
  if (asker !== other) return () => false;
  return (item) => personOf(item.device) === me;
}

/** Y2, seen from the other end: what a device may say that somebody wrote. */
export const mayTell = (teller: PersonId, me: PersonId, author: PersonId): boolean => teller === me || author === teller;

const allHistory = 255;
const dayMs = 86_400_000;
