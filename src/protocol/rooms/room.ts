/**
 * A room on one device: its operations and its live keys together. Every change is a new `Room` and what is to be said to others;
 * the app stores the first (operations taken, keyring) in one commit and only then says the second.
 */
import type { DeviceId, OperationId, RoomId } from '../ids.ts';
import { limits } from '../limits.ts';
import { isRefusal, refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import type { Luck, Suite } from '../suite/suite.ts';
import type { Act } from './act.ts';
import { closeOld } from './closing.ts';
import { castEpochOf, factsOf, isEpoch, recipientsOf, sendableEpochs } from './epochs.ts';
import { emptyGraph, insert, isKnown, nodeOf, operationsOf, parentsNow, restoreGraph, wakeWaiting } from './graph.ts';
import type { Graph, Inserted } from './graph.ts';
import { emptyKeyring, epochIn, resumeKeyring, withPassed } from './keyring.ts';
import type { Keyring } from './keyring.ts';
import type { OperationNode } from './known.ts';
import { learnHeadSeed, learnNumber, learnSeed } from './learn.ts';
import { decodeOperation, makeOperation } from './operation.ts';
import type { Operation, OperationAuthor } from './operation.ts';
import { openIn, sealIn } from './room-envelope.ts';
import { checkSigned } from './signed.ts';
import type { Signed, Slot } from './signed.ts';

export interface Room {
  readonly id: RoomId;
  readonly graph: Graph;
  readonly keyring: Keyring;
}

/** What every verb needs of the device and of the moment. */
export interface Hands {
  readonly suite: Suite;
  readonly me: OperationAuthor;
  readonly luck: Luck;
  readonly nowMs: number;
}

/** Made or taken in, in this order, to be stored; own ones are to be cast too. */
export interface Change {
  readonly room: Room;
  readonly operations: readonly Operation[];
}

export const emptyRoom = (id: RoomId): Room => ({ id, graph: emptyGraph(id), keyring: emptyKeyring });

/** K10: from storage. To be stored for good before anything is sealed. */
export const resumeRoom = (suite: Suite, id: RoomId, operations: readonly Uint8Array[], keyring: Keyring): Room => ({
  id,
  graph: restoreGraph(suite, id, operations),
  keyring: resumeKeyring(suite, keyring),
});

/** Of a room from storage: operations that were taken, or had keys, and cannot be read any more or follow from such. */
export const lackedIn = ({ graph, keyring }: Room): readonly OperationId[] => [
  ...graph.waiting.map(({ id }) => id),
  ...keyring.epochs.map(({ id }) => id).filter((id) => !isKnown(graph, id)),
];

/**
 * K6, K10: of a room that came back in part: nobody knows how far its chains went, or whom they are for now. None is begun again; what
 * was under them comes by sync. The places to meet stay.
 */
export function withoutChains({ id, graph, keyring }: Room): Room {
  const begun = [...operationsOf(graph), ...graph.waiting].filter(({ act: { kind } }) => kind === 'found' || kind === 'rekey');
  const erased = new Set([...keyring.erased, ...keyring.epochs.map((epoch) => epoch.id), ...begun.map((each) => each.id)]);
  return { id, graph, keyring: { ...emptyKeyring, casts: keyring.casts, erased: [...erased] } };
}

/** Acts as this device, knowing all that is known here. Refused what the room would not let it do. */
export function act(room: Room, { suite, me, nowMs }: Hands, what: Act): Change | Refusal {
  const operation = makeOperation(suite, me, room.id, nowMs, parentsNow(room.graph), what);
  return takeIn(room, suite, me.id, operation, nowMs);
}

/** An operation from outside. Nothing taken: it is known already, or waits for others. */
export function receive(room: Room, { suite, me, nowMs }: Hands, bytes: Uint8Array): Change | Refusal {
  const operation = decodeOperation(suite, bytes);
  return isRefusal(operation) ? operation : takeIn(room, suite, me.id, operation, nowMs);
}

/** O10: what has waited for its time; to be called now and then. */
export const wake = (room: Room, { suite, me, nowMs }: Hands): Change =>
  withInserted(room, suite, me.id, wakeWaiting(suite, room.graph, nowMs), nowMs);

/** K1, K2: of an epoch or of a newcomer; kept for a while if its operation is still on its way. */
export function takeSeed(room: Room, { suite, me, nowMs }: Hands, operation: OperationId, seed: Uint8Array): Room | Refusal {
  if (!isKnown(room.graph, operation)) {
    const others = room.keyring.waiting.filter((one) => one.operation !== operation);
    const waiting = [...others, { operation, seed, untilMs: nowMs + limits.skippedForMs }].slice(-waitingSeeds);
    return { ...room, keyring: { ...room.keyring, waiting } };
  }
  const keyring = learnAny(room.graph, suite, room.keyring, me.id, operation, seed, nowMs);
  return isRefusal(keyring) ? keyring : tend({ ...room, keyring }, me.id, nowMs);
}

export interface Said {
  readonly room: Room;
  readonly envelope: Uint8Array;
  readonly signed: Signed;
  /** K10: else the keyring may be stored later, with the next commit. */
  readonly mustCommit: boolean;
}

/** K4. `no-epoch`: rekey first, or ask somebody for heads. */
export function seal(room: Room, { suite, me }: Pick<Hands, 'suite' | 'me'>, content: Uint8Array): Said | Refusal {
  const epoch = sendingEpoch(room);
  if (epoch === null) return refuse('no-epoch');
  const sealed = sealIn(suite, room.keyring, room.id, epoch, me, content);
  if (isRefusal(sealed)) return sealed;
  const { keyring, ...said } = sealed;
  return { room: { ...room, keyring }, ...said };
}

/** K5: under every epoch that is still here. Whether what it says counts is asked of `whyNot`. */
export function open(
  room: Room,
  { suite, nowMs }: Pick<Hands, 'suite' | 'nowMs'>,
  slot: Slot,
  envelope: Uint8Array,
): { readonly room: Room; readonly signed: Signed } | Refusal {
  const opened = openIn(suite, room.keyring, room.id, slot, envelope, nowMs);
  return isRefusal(opened) ? opened : { room: { ...room, keyring: opened.keyring }, signed: opened.signed };
}

/** Y1: what sync brought, checked here; its number is where that device's next envelopes are looked for. */
export function takeSigned(room: Room, suite: Suite, moved: Signed): { readonly room: Room; readonly signed: Signed } | Refusal {
  const signed = checkSigned(suite, room.id, moved);
  if (isRefusal(signed)) return signed;
  // Of what the room does not know, anybody could have any number remembered.
  const isOurs = isEpochId(room.graph, signed.epochId) && room.graph.known.devices.numbers.has(signed.device);
  return { room: isOurs ? { ...room, keyring: learnNumber(room.keyring, signed) } : room, signed };
}

/** K10: the same of an entry of this device, which others have: its number is not used again. */
export const takeOwn = (room: Room, suite: Suite, { epochId, n }: Slot): Room => ({
  ...room,
  keyring: withPassed(suite, room.keyring, epochId, n),
});

/** K4: the best of those that this device has a chain in. */
export function sendingEpoch(room: Room): OperationId | null {
  const mine = sendableEpochs(room.graph).find((id) => (epochIn(room.keyring, id)?.own ?? null) !== null);
  return mine ?? null;
}

/** Erases what is over; after every change, and now and then. */
export function tend(room: Room, me: DeviceId, nowMs: number): Room {
  const best = sendingEpoch(room);
  const node = best === null ? null : nodeOf(room.graph, best);
  const recipients = new Set(node === null ? [] : recipientsOf(room.graph, node));
  const facts = {
    best,
    cast: castEpochOf(room.graph),
    isBehind: (id: OperationId) => node !== null && isBehind(nodeOf(room.graph, id), node),
    isRecipient: (device: DeviceId) => recipients.has(device),
  };
  return { ...room, keyring: closeOld(room.keyring, facts, nowMs) };
}

const waitingSeeds = 64;

function isEpochId(graph: Graph, id: OperationId): boolean {
  const node = nodeOf(graph, id);
  return node !== null && isEpoch(node);
}

const isBehind = (one: OperationNode | null, best: OperationNode): boolean =>
  one !== null && (one.depth < best.depth || (one.depth === best.depth && one.operation.id > best.operation.id));

function takeIn(room: Room, suite: Suite, me: DeviceId, operation: Operation, nowMs: number): Change | Refusal {
  const inserted = insert(suite, room.graph, operation, nowMs);
  return isRefusal(inserted) ? inserted : withInserted(room, suite, me, inserted, nowMs);
}

function withInserted(room: Room, suite: Suite, me: DeviceId, { graph, taken }: Inserted, nowMs: number): Change {
  if (taken.length === 0) return { room: { ...room, graph }, operations: [] };
  let { keyring } = room;
  for (const { id } of taken) {
    const waiting = keyring.waiting.find((one) => one.operation === id);
    if (waiting === undefined) continue;
    keyring = { ...keyring, waiting: keyring.waiting.filter((one) => one !== waiting) };
    const learnt = learnAny(graph, suite, keyring, me, id, waiting.seed, nowMs);
    if (!isRefusal(learnt)) keyring = learnt;
  }
  return { room: tend({ ...room, graph, keyring }, me, nowMs), operations: taken };
}

function learnAny(
  graph: Graph,
  suite: Suite,
  keyring: Keyring,
  me: DeviceId,
  id: OperationId,
  seed: Uint8Array,
  nowMs: number,
): Keyring | Refusal {
  const node = nodeOf(graph, id)!;
  if (isEpoch(node)) return learnSeed(suite, keyring, factsOf(graph, node), seed, me, nowMs);
  const { act: what } = node.operation;
  if (!('joins' in node.step) || !('commitment' in what)) return refuse('not-lawful');
  const { deviceId } = node.step.joins.certificate;
  const epochs = keyring.epochs.flatMap((epoch) => nodeOf(graph, epoch.id) ?? []).map((epoch) => factsOf(graph, epoch));
  return learnHeadSeed(suite, keyring, { operation: id, device: deviceId, seed, commitment: what.commitment }, epochs, me, nowMs);
}
