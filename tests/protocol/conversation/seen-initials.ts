/** What a device of the model remembers of the initials it took (S3), as bytes on its disk. */
import { compareBytes, createReader, createWriter, isEqual } from '../../../src/protocol/bytes.ts';
import { limits } from '../../../src/protocol/limits.ts';
import { refuse } from '../../../src/protocol/refusal.ts';
import type { Refusal } from '../../../src/protocol/refusal.ts';
import { sizes } from '../../../src/protocol/suite/suite.ts';
import type { Accepted } from '../../../src/protocol/conversation/accept.ts';
import { readEach } from '../../../src/protocol/conversation/stored-list.ts';

/** Ascending by id. */
export type SeenInitials = readonly SeenInitial[];

export interface SeenInitial {
  readonly initialId: Uint8Array;
  readonly untilHour: number;
}

export const isSeen = (seen: SeenInitials, initialId: Uint8Array): boolean =>
  seen.some((one) => isEqual(one.initialId, initialId));

/** Refused where there is no place: then the initial must not be taken either. */
export function withSeen(
  seen: SeenInitials,
  { state, seenUntilHour }: Pick<Accepted, 'state' | 'seenUntilHour'>,
): SeenInitials | Refusal {
  if (isSeen(seen, state.initialId)) return seen;
  if (seen.length >= limits.seenInitials) return refuse('too-many');
  const more = [...seen, { initialId: state.initialId, untilHour: seenUntilHour }];
  return more.sort((one, other) => compareBytes(one.initialId, other.initialId));
}

/** Version 1 · count · each id 32 · hour. */
export function encodeSeenInitials(seen: SeenInitials): Uint8Array {
  const out = createWriter().u8(version).varint(seen.length);
  for (const { initialId, untilHour } of seen) out.fixed(initialId).u32(untilHour);
  return out.done();
}

export function decodeSeenInitials(bytes: Uint8Array): SeenInitials | Refusal {
  const read = createReader(bytes);
  if (read.u8() !== version) return refuse(read.isGood() ? 'unknown-version' : 'truncated');
  const seen = readEach(read, limits.seenInitials, (one) => ({ initialId: one.fixed(sizes.hash), untilHour: one.u32() }));
  if (seen === null || !read.isDone()) return refuse('truncated');
  const isInOrder = seen.every((one, at) => at === 0 || compareBytes(seen[at - 1]!.initialId, one.initialId) < 0);
  return isInOrder ? seen : refuse('repeated');
}

const version = 1;
