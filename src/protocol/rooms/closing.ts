/** Erases what is no longer needed: epochs (K5), skipped seeds (K7), head seeds (K2), cast secrets (K9). */
import type { DeviceId, OperationId } from '../ids.ts';
import { limits } from '../limits.ts';
import type { EpochKeys, Keyring } from './keyring.ts';
import { isPassed } from './learn.ts';
import type { ReceivingChain } from './receiving-chain.ts';

export interface ClosingFacts {
  /** K4: what may be sent under now and is held here, or null. */
  readonly best: OperationId | null;
  /** Epochs that K4 puts behind `best`, and those it leaves out for good. */
  readonly isBehind: (epoch: OperationId) => boolean;
  /** K9. */
  readonly cast: OperationId | null;
  /** Whether the seed of the best epoch went to the device of that operation: then its head seed is of no more use. */
  readonly isRecipient: (device: DeviceId) => boolean;
}

export function closeOld(keyring: Keyring, { best, isBehind, cast, isRecipient }: ClosingFacts, nowMs: number): Keyring {
  const marked = keyring.epochs.map((epoch) => mark(epoch, best, isBehind, nowMs));
  const isOver = (epoch: EpochKeys): boolean => epoch.closesMs !== null && epoch.closesMs <= nowMs;
  const gone = marked.filter(isOver).map((epoch) => epoch.id);
  const hasNewest = keyring.casts.some((one) => one.epoch === cast);
  const casts = keyring.casts
    .map((one) => {
      if (one.epoch === cast || !hasNewest) return one.untilMs === null ? one : { ...one, untilMs: null };
      return one.untilMs === null ? { ...one, untilMs: nowMs + servedForMs } : one;
    })
    .filter((one) => one.untilMs === null || one.untilMs > nowMs);
  return {
    epochs: marked
      .filter((epoch) => !isOver(epoch))
      .map((epoch) => ({ ...epoch, chains: epoch.chains.map((chain) => forget(chain, nowMs)) })),
    erased: gone.length === 0 ? keyring.erased : [...keyring.erased, ...gone],
    casts,
    headSeeds: keyring.headSeeds.filter((one) => one.untilMs > nowMs && !isRecipient(one.device)),
    waiting: keyring.waiting.filter((one) => one.untilMs > nowMs),
    brought: keyring.brought.filter((one) => !gone.includes(one.epoch) && !isPassed(keyring, one)),
  };
}

const dayMs = 86_400_000;
const servedForMs = dayMs;

function mark(epoch: EpochKeys, best: OperationId | null, isBehind: (id: OperationId) => boolean, nowMs: number): EpochKeys {
  if (best === null || epoch.id === best || !isBehind(epoch.id))
    return epoch.closesMs === null ? epoch : { ...epoch, closesMs: null };
  return epoch.closesMs === null ? { ...epoch, closesMs: nowMs + limits.skippedForMs } : epoch;
}

function forget(chain: ReceivingChain, nowMs: number): ReceivingChain {
  return chain.skipped.every((one) => one.untilMs > nowMs)
    ? chain
    : { ...chain, skipped: chain.skipped.filter((one) => one.untilMs > nowMs) };
}
