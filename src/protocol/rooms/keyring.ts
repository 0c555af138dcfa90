/** The live keys of one room on one device. Plain data; each change gives a new one, to be stored before anything it made is sent. */
import type { DeviceId, OperationId } from '../ids.ts';
import { limits } from '../limits.ts';
import { stepChain } from '../suite/chain.ts';
import type { Suite } from '../suite/suite.ts';
import type { ReceivingChain } from './receiving-chain.ts';

export interface Keyring {
  readonly epochs: readonly EpochKeys[];
  /** K5: epochs whose keys were here once; never taken again, or a number would be used twice. */
  readonly erased: readonly OperationId[];
  readonly casts: readonly CastKey[];
  /** K2: kept for epochs begun at the same time by somebody who did not know of the newcomer. */
  readonly headSeeds: readonly HeadSeed[];
  /** Seeds whose operation is not known here yet. */
  readonly waiting: readonly WaitingSeed[];
  /** K2: how far sync brought what devices said whose chains are not here yet, or not so far. */
  readonly brought: readonly Brought[];
}

/** The highest number of that device in that epoch whose content is here. */
export interface Brought {
  readonly epoch: OperationId;
  readonly device: DeviceId;
  readonly n: number;
}

/** Of an epoch, or of a newcomer's heads. */
export interface WaitingSeed {
  readonly operation: OperationId;
  readonly seed: Uint8Array;
  readonly untilMs: number;
}

export interface EpochKeys {
  readonly id: OperationId;
  readonly tags: Uint8Array;
  /** From the seed itself; else another member handed the heads on. */
  readonly isSure: boolean;
  /** Null while this device has no chain of its own there. */
  readonly own: OwnChain | null;
  /** Of the other devices; of one whose chain is not proven there may be several. */
  readonly chains: readonly ReceivingChain[];
  readonly sinceMs: number;
  /** Sealed and opened in it, for K8. */
  readonly used: number;
  /** K5: null while nothing newer may be sent under. */
  readonly closesMs: number | null;
}

export interface OwnChain {
  readonly chain: Uint8Array;
  readonly n: number;
  /** K10: numbers below it may be used without a commit. */
  readonly leased: number;
}

export interface CastKey {
  readonly epoch: OperationId;
  readonly secret: Uint8Array;
  /** K9: null while it is the newest. */
  readonly untilMs: number | null;
}

export interface HeadSeed {
  readonly operation: OperationId;
  readonly device: DeviceId;
  readonly seed: Uint8Array;
  readonly untilMs: number;
}

/** Of two epochs with a full room each; the oldest go first. */
export const mostBrought = 1_000;

export const emptyKeyring: Keyring = { epochs: [], erased: [], casts: [], headSeeds: [], waiting: [], brought: [] };

export const epochIn = (keyring: Keyring, id: OperationId): EpochKeys | null =>
  keyring.epochs.find((epoch) => epoch.id === id) ?? null;

export const withEpoch = (keyring: Keyring, epoch: EpochKeys): Keyring => ({
  ...keyring,
  epochs: keyring.epochs.some((one) => one.id === epoch.id)
    ? keyring.epochs.map((one) => (one.id === epoch.id ? epoch : one))
    : [...keyring.epochs, epoch],
});

export interface TakenNumber {
  readonly keyring: Keyring;
  readonly n: number;
  readonly seed: Uint8Array;
  /** K10: the keyring is to be stored for good before what is sealed with it goes out. */
  readonly mustCommit: boolean;
}

/** Uses the next number of this device's chain; it has one. */
export function takeNumber(suite: Suite, keyring: Keyring, id: OperationId): TakenNumber {
  const epoch = epochIn(keyring, id);
  const own = epoch?.own ?? null;
  if (epoch === null || own === null) throw new Error('No chain of our own in that epoch');
  const { next, seed } = stepChain(suite, own.chain);
  // A whole lease ahead, so that a disk that is set back a little stands before no number that was used; and always to a multiple,
  // where receivers look after a crash.
  const mustCommit = own.n + 1 + limits.lease > own.leased;
  const leased = mustCommit ? endOfLease(own.n + 1 + limits.lease) : own.leased;
  const after = { ...epoch, own: { chain: next, n: own.n + 1, leased }, used: epoch.used + 1 };
  return { keyring: withEpoch(keyring, after), n: own.n, seed, mustCommit };
}

/** K6: something under that number of this device's chain is out in the world, though nothing is known of it here. */
export function withPassed(suite: Suite, keyring: Keyring, id: OperationId, n: number): Keyring {
  const epoch = epochIn(keyring, id);
  const own = epoch?.own ?? null;
  return epoch === null || own === null || n < own.n
    ? keyring
    : withEpoch(keyring, { ...epoch, own: burnt(suite, own, endOfLease(n)) });
}

/** K10: of a stored keyring nobody knows which leased numbers were used, so none of them is used again. Stored for good before use. */
export function resumeKeyring(suite: Suite, keyring: Keyring): Keyring {
  const epochs = keyring.epochs.map((epoch) => {
    return epoch.own === null ? epoch : { ...epoch, own: burnt(suite, epoch.own, epoch.own.leased) };
  });
  return { ...keyring, epochs };
}

const endOfLease = (n: number): number => (Math.floor(n / limits.lease) + 1) * limits.lease;

function burnt(suite: Suite, own: OwnChain, upTo: number): OwnChain {
  let { chain } = own;
  for (let n = own.n; n < upTo; n += 1) chain = stepChain(suite, chain).next;
  const n = Math.max(own.n, upTo);
  return { chain, n, leased: n };
}

/** Puts chains in the place of those of their devices, and keeps the caps of K7: of the skipped seeds the oldest go first. */
export function withChains(keyring: Keyring, epoch: EpochKeys, device: DeviceId, chains: readonly ReceivingChain[]): Keyring {
  const others = epoch.chains.filter((chain) => chain.device !== device);
  return capSkipped(withEpoch(keyring, { ...epoch, chains: [...others, ...chains] }));
}

function capSkipped(keyring: Keyring): Keyring {
  const chains = keyring.epochs.flatMap((epoch) => epoch.chains);
  const over = chains.reduce((sum, chain) => sum + chain.skipped.length, 0) - limits.skippedSeeds;
  if (over <= 0) return keyring;
  const oldest = chains.flatMap((chain) => chain.skipped.map((one) => one.untilMs)).sort((one, other) => one - other);
  const last = oldest[over - 1]!;
  let left = over;
  const cut = (chain: ReceivingChain): ReceivingChain => {
    if (left === 0 || chain.skipped.every((one) => one.untilMs > last)) return chain;
    const skipped = chain.skipped.filter((one) => one.untilMs > last || (left -= 1) < 0);
    return { ...chain, skipped };
  };
  return { ...keyring, epochs: keyring.epochs.map((epoch) => ({ ...epoch, chains: epoch.chains.map(cut) })) };
}
