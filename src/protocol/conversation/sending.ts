/** The sending half of a session: the chain, the numbers leased ahead of a commit, and the window of what is not acknowledged. */
import type { Reader, Writer } from '../bytes.ts';
import { limits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import type { Suite } from '../suite/suite.ts';
import { mostIndex } from './header.ts';
import { walk } from './ratchet.ts';
import { isAscending, readEach } from './stored-list.ts';
import { blockOf, mostNumbers, tagBlockAt } from './tags.ts';
import type { TagBlock } from './tags.ts';

export interface Sending {
  /** Gives the seed of `next`. */
  readonly chain: Uint8Array;
  /** The number it began at. */
  readonly start: number;
  readonly epoch: number;
  /** Numbers below were used. */
  readonly next: number;
  /** Numbers below may be used without a commit (S11). */
  readonly leased: number;
  /** One above the highest number that was acknowledged. */
  readonly acknowledged: number;
  /** Sealed, neither acknowledged nor given up; ascending. */
  readonly outstanding: readonly number[];
  /** The block of `next`. */
  readonly tags: TagBlock;
}

/** Who makes a session commits it before it is used: so the first lease is part of it. */
export const firstSending = (tags: TagBlock, chain: Uint8Array): Sending => ({
  chain,
  start: 0,
  epoch: 0,
  next: 0,
  leased: limits.lease,
  acknowledged: 0,
  outstanding: [],
  tags,
});

/**
 * S5: the receiver knows tags up to 256 above the highest number it opened and 256 below it, so nothing stands further ahead of what it
 * is known to have opened, and nothing that may have to be sent again further behind.
 */
export function hasRoom({ next, start, acknowledged, outstanding }: Sending): boolean {
  const highest = Math.min(acknowledged, outstanding[0] ?? acknowledged) + limits.inFlight;
  return next < highest && next - start <= mostIndex && next < mostNumbers;
}

/** S11: to be renewed and committed before the next is sealed. */
export const isLeaseSpent = ({ next, leased }: Sending): boolean => next >= leased;

/** The state that results counts only once it is committed, durably. `numbers`: fewer where a crash is likelier than a wait. */
export function renewed(sending: Sending, numbers: number): Sending {
  if (numbers < 1 || numbers > limits.lease) throw new Error(`lease of ${numbers}`);
  return { ...sending, leased: Math.max(sending.leased, sending.next + numbers) };
}

/** S11: what was leased may have been used. */
export function burnt(suite: Suite, sending: Sending): Sending {
  const { chain, next, leased, tags } = sending;
  if (next >= leased) return sending;
  return {
    ...sending,
    chain: walk(suite, chain, leased - next).chain,
    next: leased,
    tags: tagBlockAt(suite, tags, blockOf(leased)),
  };
}

export function withAcknowledged(sending: Sending, n: number): Sending | Refusal {
  if (!sending.outstanding.includes(n)) return refuse('unknown-tag');
  return { ...withoutOutstanding(sending, n), acknowledged: Math.max(sending.acknowledged, n + 1) };
}

export const withoutOutstanding = (sending: Sending, n: number): Sending => ({
  ...sending,
  outstanding: sending.outstanding.filter((one) => one !== n),
});

export function writeSending(out: Writer, sending: Sending): void {
  const { chain, start, epoch, next, leased, acknowledged, outstanding, tags } = sending;
  out.fixed(chain).u8(epoch).varint(start).varint(next).varint(leased).varint(acknowledged).fixed(tags.key);
  out.varint(outstanding.length);
  for (const n of outstanding) out.u32(n);
}

/** Null where it could not have been written by us. */
export function readSending(read: Reader): Sending | null {
  const [chain, epoch, start, next] = [read.fixed(32), read.u8(), read.varint(), read.varint()];
  const [leased, acknowledged] = [read.varint(), read.varint()];
  const tags = { block: blockOf(next), key: read.fixed(32) };
  const outstanding = readEach(read, limits.inFlight, (one) => one.u32());
  if (!read.isGood() || outstanding === null) return null;
  const isRight =
    next <= mostNumbers + limits.lease &&
    start <= next &&
    leased >= next &&
    leased <= next + limits.lease &&
    acknowledged <= next &&
    isAscending([...outstanding, next]);
  return isRight ? { chain, start, epoch, next, leased, acknowledged, outstanding, tags } : null;
}
