/** One device's chain in one epoch, as another device follows it: forward only, with the seeds of what has not come yet (K7). */
import type { DeviceId, OperationId } from '../ids.ts';
import { limits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { stepChain } from '../suite/chain.ts';
import type { Suite } from '../suite/suite.ts';

export interface ReceivingChain {
  readonly device: DeviceId;
  readonly chain: Uint8Array;
  /** The number that the chain is at: all below are used up or skipped. */
  readonly n: number;
  /** Where another member said it is by now: only a hint where to look. */
  readonly told: number;
  /** Something of it was opened and signed, so it is right. */
  readonly isProven: boolean;
  /** The seed of the epoch, a head seed (its operation), or another member's word. */
  readonly origin: 'seed' | 'heads' | OperationId;
  readonly skipped: readonly SkippedSeed[];
}

export interface SkippedSeed {
  readonly n: number;
  readonly seed: Uint8Array;
  readonly untilMs: number;
}

/**
 * The numbers whose tags are to be recognised: the next few, what was skipped, and the places a sender's counter jumps to after a
 * crash (K10): the next multiples of a lease.
 */
export function recognised(chain: ReceivingChain): ReadonlySet<number> {
  const numbers = new Set(chain.skipped.map((one) => one.n));
  const expect = (from: number, window: number): void => {
    for (let n = from; n < from + window; n += 1) if (n >= chain.n) numbers.add(n);
  };
  expect(chain.n, chain.isProven ? limits.lease : quietWindow);
  const expectJumps = (from: number): void => {
    const next = (Math.floor(from / limits.lease) + 1) * limits.lease;
    for (let jump = 0; jump < jumps; jump += 1) expect(next + jump * limits.lease, jumpWindow);
  };
  expectJumps(chain.n);
  if (chain.told > chain.n && chain.told - chain.n <= mostTold) {
    expect(chain.told, quietWindow);
    expectJumps(chain.told);
  }
  return numbers;
}

/** The chain as it is once number `n` is used, and the seed it gave. */
export function takeSeed(
  suite: Suite,
  chain: ReceivingChain,
  n: number,
  nowMs: number,
): { readonly seed: Uint8Array; readonly after: ReceivingChain } | Refusal {
  if (n < chain.n) {
    const kept = chain.skipped.find((one) => one.n === n);
    if (kept === undefined) return refuse('repeated');
    return { seed: kept.seed, after: { ...chain, skipped: chain.skipped.filter((one) => one !== kept) } };
  }
  const moved = moveTo(suite, chain, n, nowMs);
  if ('refused' in moved) return moved;
  const { next, seed } = stepChain(suite, moved.chain);
  return { seed, after: { ...moved, chain: next, n: n + 1 } };
}

/** Forward to `n`, keeping the seeds on the way. */
function moveTo(suite: Suite, chain: ReceivingChain, n: number, nowMs: number): ReceivingChain | Refusal {
  if (n - chain.n > limits.chainSteps) return refuse('too-far-ahead');
  let now = chain.chain;
  const passed: SkippedSeed[] = [];
  for (let number = chain.n; number < n; number += 1) {
    const { next, seed } = stepChain(suite, now);
    passed.push({ n: number, seed, untilMs: nowMs + limits.skippedForMs });
    now = next;
  }
  const skipped = passed.length === 0 ? chain.skipped : [...chain.skipped, ...passed].slice(-limits.skippedSeedsPerChain);
  return { ...chain, chain: now, n: Math.max(n, chain.n), skipped };
}

/** How many devices keep silent in a large room: their window is small. */
const quietWindow = 16;
const jumps = 4;
const jumpWindow = 2;
/** So that all that is expected from there can be reached in one go. */
const mostTold = limits.chainSteps - jumps * limits.lease - jumpWindow;
