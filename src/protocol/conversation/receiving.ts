/** The receiving half of a session: the chain, which numbers were opened, and the seeds kept of those that were passed over. */
import type { Reader, Writer } from '../bytes.ts';
import { limits } from '../limits.ts';
import { isGoodDhKey } from '../suite/admission.ts';
import { sizes } from '../suite/suite.ts';
import type { Suite } from '../suite/suite.ts';
import { headerBytesFor } from './header.ts';
import { isSameAgain, movedOn, nothingOpened, signBytes, withOpened } from './opened.ts';
import type { Opened } from './opened.ts';
import { isAscending, readEach } from './stored-list.ts';
import { blockNumbers, blockOf, firstBlockFor, lastBlockFor, mostNumbers, numberSecrets, tagBlockAt, tagBytes } from './tags.ts';
import type { TagBlock } from './tags.ts';

export interface Receiving {
  /** None before the responder's first envelope. */
  readonly chain: ReceivingChain | null;
  /** Every number below was opened, or is skipped, or lost. */
  readonly reached: number;
  /** Ascending. */
  readonly skipped: readonly Skipped[];
  /** Numbers whose tags are still recognised, but whose seeds went unused (S7): not opened, so never to be acknowledged. */
  readonly lost: readonly number[];
  readonly opened: Opened;
  /** The first block whose tags are recognised. */
  readonly tags: TagBlock;
}

export interface ReceivingChain {
  readonly theirs: Uint8Array;
  readonly epoch: number;
  /** The number it began at. */
  readonly start: number;
  /** Gives the seed of the next number. */
  readonly chain: Uint8Array;
}

/** A number that was passed over, and its seed. */
export interface Passed {
  readonly n: number;
  readonly seed: Uint8Array;
  /** How long its header is. With the seed at hand, nothing else of the header is needed. */
  readonly headerBytes: number;
}

export interface Skipped extends Passed {
  readonly a: Uint8Array;
  readonly sinceMs: number;
}

export const firstReceiving = (tags: TagBlock, chain: ReceivingChain | null): Receiving => ({
  chain,
  reached: 0,
  skipped: [],
  lost: [],
  opened: nothingOpened,
  tags,
});

/** S5. */
export const isRecognised = ({ tags, reached }: Receiving, n: number): boolean =>
  blockOf(n) >= tags.block && blockOf(n) <= lastBlockFor(reached);

export function findSkipped({ skipped }: Receiving, n: number): Skipped | null {
  let [low, high] = [0, skipped.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (skipped[middle]!.n < n) low = middle + 1;
    else high = middle;
  }
  const at = skipped[low];
  return at?.n === n ? at : null;
}

/** S8. */
export const withoutSkipped = (receiving: Receiving, n: number, envelope: Uint8Array): Receiving => ({
  ...receiving,
  skipped: receiving.skipped.filter((one) => one.n !== n),
  opened: withOpened(receiving.opened, firstOf(receiving.tags), n, envelope),
});

/** S8: a number that was opened. False: the other side has used it twice, as a device does whose disk was set back. */
export const isRepeated = ({ opened, tags }: Receiving, n: number, envelope: Uint8Array): boolean =>
  isSameAgain(opened, firstOf(tags), n, envelope);

/** `seeds` of the numbers from `from` on, in the chain that began at `start`. */
export const passedOver = (seeds: readonly Uint8Array[], from: number, start: number): readonly Passed[] =>
  seeds.map((seed, at) => ({ n: from + at, seed, headerBytes: headerBytesFor(from + at - start) }));

/** `n`, at or after what was reached, was opened in `chain`, which gives the seed of `n + 1` next. */
export function advance(
  suite: Suite,
  receiving: Receiving,
  chain: ReceivingChain,
  passed: readonly Passed[],
  { n, envelope }: { readonly n: number; readonly envelope: Uint8Array },
  nowMs: number,
): Receiving {
  let block = receiving.tags;
  const more = passed.map((one): Skipped => {
    block = tagBlockAt(suite, block, blockOf(one.n));
    return { ...one, a: numberSecrets(suite, block, one.n).a, sinceMs: nowMs };
  });
  const skipped = more.length === 0 ? receiving.skipped : [...receiving.skipped, ...more];
  const tags = tagBlockAt(suite, receiving.tags, firstBlockFor(n + 1));
  const moved = movedOn(receiving.opened, firstOf(receiving.tags), firstOf(tags), n + 1);
  const opened = withOpened(moved, firstOf(tags), n, envelope);
  return withoutOld({ chain, reached: n + 1, skipped, lost: receiving.lost, opened, tags }, nowMs);
}

/** S7. */
export function withoutOld(receiving: Receiving, nowMs: number): Receiving {
  const { skipped, lost } = receiving;
  let gone = Math.max(0, skipped.length - limits.skippedSeeds);
  while (gone < skipped.length && nowMs - skipped[gone]!.sinceMs >= limits.skippedForMs) gone += 1;
  const first = firstOf(receiving.tags);
  if (gone === 0 && (lost.length === 0 || lost[0]! >= first)) return receiving;
  const nowLost = [...lost, ...skipped.slice(0, gone).map(({ n }) => n)].filter((n) => n >= first);
  return { ...receiving, skipped: gone === 0 ? skipped : skipped.slice(gone), lost: nowLost };
}

export function writeReceiving(out: Writer, { chain, reached, skipped, lost, opened, tags }: Receiving): void {
  out.u8(chain === null ? 0 : 1);
  if (chain !== null) out.fixed(chain.theirs).u8(chain.epoch).u32(chain.start).fixed(chain.chain);
  out.varint(reached).fixed(tags.key).varint(skipped.length);
  for (const one of skipped) out.u32(one.n).u8(one.headerBytes).fixed(one.a).fixed(one.seed).u64(one.sinceMs);
  out.varint(lost.length);
  for (const n of lost) out.u32(n);
  out.fixed(opened);
}

/** Null where it could not have been written by us. */
export function readReceiving(read: Reader): Receiving | null {
  const hasChain = read.u8();
  if (hasChain > 1) return null;
  const chain = hasChain === 1 ? readChain(read) : null;
  const reached = read.varint();
  const tags = { block: firstBlockFor(reached), key: read.fixed(32) };
  const skipped = readEach(read, limits.skippedSeeds, readSkipped);
  const lost = readEach(read, mostLost, (one) => one.u32());
  if (!read.isGood() || skipped === null || lost === null || reached > mostNumbers) return null;
  const opened = read.fixed((reached - firstOf(tags)) * signBytes);
  const isRight =
    (chain === null ? reached === 0 : chain.start <= reached) &&
    (chain === null || isGoodDhKey(chain.theirs)) &&
    isAscending([...skipped.map(({ n }) => n), reached]) &&
    isAscending([...lost, reached]) &&
    skipped.every(({ headerBytes }) => headerBytes === headerBytesFor(0) || headerBytes === headerBytesFor(0x80));
  return isRight ? { chain, reached, skipped, lost, opened, tags } : null;
}

const mostLost = limits.skippedSeeds;
const firstOf = ({ block }: Pick<TagBlock, 'block'>): number => block * blockNumbers;

function readChain(read: Reader): ReceivingChain {
  return { theirs: read.fixed(sizes.dhKey), epoch: read.u8(), start: read.u32(), chain: read.fixed(32) };
}

function readSkipped(read: Reader): Skipped {
  const [n, headerBytes, a, seed, sinceMs] = [read.u32(), read.u8(), read.fixed(tagBytes), read.fixed(32), read.u64()];
  return { n, headerBytes, a, seed, sinceMs };
}
