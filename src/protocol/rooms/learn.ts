/** Takes into the keyring what others hand over: an epoch's seed, a newcomer's head seed, the heads another member follows. */
import { isEqual } from '../bytes.ts';
import { shortOf } from '../ids.ts';
import type { DeviceId, OperationId, RoomId } from '../ids.ts';
import { limits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { stepChain } from '../suite/chain.ts';
import type { Suite } from '../suite/suite.ts';
import { addedHeadOf, castSecretOf, commitmentOf, headOf, tagsOf } from './epoch.ts';
import type { Heads } from './heads.ts';
import { epochIn, mostBrought, withChains, withEpoch } from './keyring.ts';
import type { Brought, EpochKeys, HeadSeed, Keyring, OwnChain } from './keyring.ts';
import type { ReceivingChain } from './receiving-chain.ts';
import type { Slot } from './signed.ts';

/** What the operations say of an epoch. */
export interface EpochFacts {
  readonly id: OperationId;
  readonly commitment: Uint8Array;
  readonly recipients: readonly DeviceId[];
  /** Devices that came with another operation than the epoch's own, and that operation (K3). */
  readonly added: readonly { readonly device: DeviceId; readonly operation: OperationId }[];
}

/** K1. The seed is the caller's to erase. */
export function learnSeed(
  suite: Suite,
  keyring: Keyring,
  facts: EpochFacts,
  seed: Uint8Array,
  me: DeviceId,
  nowMs: number,
): Keyring | Refusal {
  if (!isEqual(commitmentOf(suite, seed), facts.commitment)) return refuse('bad-commitment');
  if (!facts.recipients.includes(me)) return refuse('not-here');
  if (keyring.erased.includes(facts.id)) return refuse('too-old');
  const before = epochIn(keyring, facts.id);
  if (before?.isSure === true) return refuse('repeated');
  const own = before?.own ?? ownAt(headOf(suite, facts.id, seed, me));
  const isRecipient = new Set<DeviceId>(facts.recipients);
  const kept = before?.chains.filter((chain) => chain.isProven || !isRecipient.has(chain.device)) ?? [];
  const heads = facts.recipients
    .filter((device) => device !== me && !kept.some((chain) => chain.device === device))
    .map((device) => chainAt(device, headOf(suite, facts.id, seed, device), 0, 'seed', toldOf(keyring, facts.id, device)));
  const epoch: EpochKeys = {
    id: facts.id,
    tags: tagsOf(suite, facts.id, seed),
    isSure: true,
    own,
    chains: [...kept, ...heads],
    sinceMs: before?.sinceMs ?? nowMs,
    used: before?.used ?? 0,
    closesMs: null,
  };
  const casts = withCast(keyring, facts.id, castSecretOf(suite, facts.id, seed), true);
  return withHeadSeeds(suite, { ...withEpoch(keyring, epoch), casts }, facts, me);
}

/** K2: of every epoch that the newcomer came to, known already or later. */
export function learnHeadSeed(
  suite: Suite,
  keyring: Keyring,
  head: Omit<HeadSeed, 'untilMs'> & { readonly commitment: Uint8Array },
  epochs: readonly EpochFacts[],
  me: DeviceId,
  nowMs: number,
): Keyring | Refusal {
  const { operation, device, seed, commitment } = head;
  if (!isEqual(commitmentOf(suite, seed), commitment)) return refuse('bad-commitment');
  if (keyring.headSeeds.some((one) => one.operation === operation)) return refuse('repeated');
  const kept: HeadSeed = { operation, device, seed, untilMs: nowMs + limits.skippedForMs };
  const after = { ...keyring, headSeeds: [...keyring.headSeeds, kept].slice(-limits.devicesPerRoom) };
  return epochs.reduce<Keyring>((now, facts) => withHeadSeeds(suite, now, facts, me), after);
}

/** Another member's word: taken where nothing better is known, and as a hint how far a chain went where it is. */
export function learnHeads(
  suite: Suite,
  keyring: Keyring,
  facts: EpochFacts,
  heads: Heads,
  me: DeviceId,
  nowMs: number,
): Keyring | Refusal {
  const casts = heads.cast.some((byte) => byte !== 0) ? withCast(keyring, facts.id, heads.cast, false) : keyring.casts;
  if (heads.rows.length === 0) return { ...keyring, casts };
  if (keyring.erased.includes(facts.id)) return refuse('too-old');
  const holders = new Map(
    [...facts.recipients, ...facts.added.map((one) => one.device)].map((device) => [shortOf(device), device]),
  );
  if (!holders.has(shortOf(me))) return refuse('not-here');
  const known = epochIn(keyring, facts.id);
  const isIdle = known !== null && !known.isSure && known.used === 0;
  const blank = { id: facts.id, isSure: false, own: null, chains: [], sinceMs: nowMs, used: 0, closesMs: null };
  const isSame = known !== null && isEqual(known.tags, heads.tags);
  if (known !== null && !isSame && !isIdle) return refuse('equivocation');
  const epoch: EpochKeys = isSame ? known : { ...(known ?? blank), tags: heads.tags };
  let after: Keyring = { ...withEpoch(keyring, epoch), casts };
  for (const { device: short, chain, n } of heads.rows) {
    const device = holders.get(short);
    const now = epochIn(after, facts.id)!;
    if (device === undefined) continue;
    if (device === me) {
      // Who was added has a head seed of its own, under the operation's commitment. A recipient whose row was lost must take a
      // member's word, and only for a chain that nobody heard it on.
      if (now.own === null && n === 0 && facts.recipients.includes(me)) after = withEpoch(after, { ...now, own: ownAt(chain) });
      continue;
    }
    const before = now.chains.filter((one) => one.device === device);
    const moved = toward(before, chainAt(device, chain, n, 'heads', toldOf(keyring, facts.id, device)));
    if (moved !== before) after = withChains(after, now, device, moved);
  }
  return withHeadSeeds(suite, after, facts, me);
}

/** Sync brought something said there: its author is at least so far, and whoever comes from now on is to read from there at most. */
export function learnNumber(keyring: Keyring, { epochId, device, n }: Slot): Keyring {
  const after = withBrought(keyring, { epoch: epochId, device, n });
  const epoch = epochIn(after, epochId);
  if (after === keyring || epoch === null) return after;
  const chains = epoch.chains.map((chain) => (chain.device === device && isNear(chain, n) ? { ...chain, told: n + 1 } : chain));
  return withEpoch(after, { ...epoch, chains });
}

/** A chain that was heard never goes back: where it is beyond, nothing else needs to remember that. */
export function isPassed(keyring: Keyring, { epoch, device, n }: Brought): boolean {
  const chains = epochIn(keyring, epoch)?.chains.filter((chain) => chain.device === device) ?? [];
  return chains.length > 0 && chains.every((chain) => chain.isProven && chain.n > n);
}

/** What another member's device is given; its own row too, if nobody heard it yet. */
export function headsFor(keyring: Keyring, room: RoomId, id: OperationId, me: DeviceId): Heads | null {
  const epoch = epochIn(keyring, id);
  if (epoch === null) return null;
  const cast = keyring.casts.find((one) => one.epoch === id)?.secret ?? new Uint8Array(32);
  const first = new Map<DeviceId, { chain: Uint8Array; n: number }>();
  for (const chain of epoch.chains) if (!first.has(chain.device)) first.set(chain.device, chain);
  if (epoch.own !== null) first.set(me, epoch.own);
  const rows = [...first].map(([device, { chain, n }]) => ({ device: shortOf(device), chain, n }));
  return { room, epoch: id, tags: epoch.tags, cast, rows: rows.slice(0, limits.devicesPerRoom) };
}

/** Chains that one device may have in one epoch: two members may have let it in at once, and a third may lie. */
const candidates = 3;

const ownAt = (chain: Uint8Array): OwnChain => ({ chain, n: 0, leased: 0 });

const chainAt = (
  device: DeviceId,
  chain: Uint8Array,
  n: number,
  origin: ReceivingChain['origin'],
  told: number,
): ReceivingChain => ({
  device,
  chain,
  n,
  told,
  isProven: false,
  origin,
  skipped: [],
});

/** K2: whether the newcomer's head entry was opened, or made, here. */
export const isHeard = (keyring: Keyring, id: OperationId, arrival: OperationId): boolean =>
  keyring.headSeeds.some((one) => one.operation === arrival) ||
  (epochIn(keyring, id)?.chains.some((chain) => chain.origin === arrival) ?? false);

/**
 * K2: the keyring with the epoch's chains behind all that is here, to be given to who came later; what sync brings moves none of our
 * own. Null where a chain cannot be followed so far.
 */
export function behindBrought(suite: Suite | null, keyring: Keyring, id: OperationId): Keyring | null {
  const epoch = epochIn(keyring, id);
  const brought = keyring.brought.filter((one) => one.epoch === id);
  if (epoch === null || brought.length === 0) return keyring;
  const chains: ReceivingChain[] = [];
  for (const before of epoch.chains) {
    const upTo = brought.find((one) => one.device === before.device)?.n ?? -1;
    if (upTo - before.n >= limits.chainSteps) return null;
    if (suite === null && upTo >= before.n) return null;
    let { chain } = before;
    for (let n = before.n; suite !== null && n <= upTo; n += 1) chain = stepChain(suite, chain).next;
    chains.push({ ...before, chain, n: Math.max(before.n, upTo + 1) });
  }
  return withEpoch(keyring, { ...epoch, chains });
}

function withBrought(keyring: Keyring, brought: Brought): Keyring {
  const { epoch, device, n } = brought;
  const isIt = (one: Brought): boolean => one.epoch === epoch && one.device === device;
  if (keyring.erased.includes(epoch) || isPassed(keyring, brought)) return keyring;
  if (keyring.brought.some((one) => isIt(one) && one.n >= n)) return keyring;
  return { ...keyring, brought: [...keyring.brought.filter((one) => !isIt(one)), brought].slice(-mostBrought) };
}

const isNear = (chain: ReceivingChain, n: number): boolean => n >= chain.n && n - chain.n < limits.chainSteps;

/** Up to here its device's own signature says that it is. */
const toldOf = ({ brought }: Keyring, epoch: OperationId, device: DeviceId): number =>
  (brought.find((one) => one.epoch === epoch && one.device === device)?.n ?? -1) + 1;

/**
 * A word alone moves no chain, or it could make us drop what is still to come; it only says where to look, beyond what the device
 * itself says.
 */
function toward(before: readonly ReceivingChain[], told: ReceivingChain): readonly ReceivingChain[] {
  const near = before.find((chain) => told.n - chain.n <= limits.chainSteps);
  if (near === undefined) return before.length < candidates ? [...before, told] : before;
  return told.n > near.n && told.n > told.told
    ? before.map((chain) => (chain === near ? { ...chain, told: told.n } : chain))
    : before;
}

function withHeadSeeds(suite: Suite, keyring: Keyring, facts: EpochFacts, me: DeviceId): Keyring {
  let now = keyring;
  for (const { device, operation } of facts.added) {
    const head = keyring.headSeeds.find((one) => one.operation === operation);
    const epoch = epochIn(now, facts.id);
    if (head === undefined || epoch === null) continue;
    const chain = addedHeadOf(suite, facts.id, head.seed, device);
    if (device === me) {
      if (epoch.own === null) now = withEpoch(now, { ...epoch, own: ownAt(chain) });
      continue;
    }
    const before = epoch.chains.filter((one) => one.device === device);
    if (before.some((one) => one.isProven || one.origin === operation)) continue;
    // What the room was told under the operation's commitment goes before a single member's word.
    const better = before.filter((one) => one.origin !== 'heads');
    const arrived = chainAt(device, chain, 0, operation, toldOf(keyring, facts.id, device));
    now = withChains(now, epoch, device, [...better, arrived].slice(0, candidates));
  }
  return now;
}

function withCast(keyring: Keyring, epoch: OperationId, secret: Uint8Array, isSure: boolean): Keyring['casts'] {
  const others = keyring.casts.filter((one) => one.epoch !== epoch);
  const before = keyring.casts.find((one) => one.epoch === epoch);
  return before !== undefined && !isSure ? keyring.casts : [...others, { epoch, secret, untilMs: before?.untilMs ?? null }];
}
