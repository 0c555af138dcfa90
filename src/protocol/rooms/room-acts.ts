/** What a device does in a room that takes more than one step: an operation, and the keys that go with it. */
import type { OperationId, PersonId } from '../ids.ts';
import type { DeviceId } from '../ids.ts';
import { limits } from '../limits.ts';
import type { Certificate } from '../people/certificate.ts';
import type { Revocation } from '../people/revocation.ts';
import { isRefusal, refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import type { Suite } from '../suite/suite.ts';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { concat } from '../bytes.ts';
import type { LastSeq, Policy } from './act.ts';
import { commitmentOf, seedBytes } from './epoch.ts';
import { castEpochOf, factsOf, laterArrivals, recipientsOf, rightTo, sendableEpochs } from './epochs.ts';
import { headsOf, nodeOf, viewNow } from './graph.ts';
import { encodeHeadEntry } from './head-entry.ts';
import { decodeHeads, encodeHeads } from './heads.ts';
import type { Heads } from './heads.ts';
import { epochIn } from './keyring.ts';
import { behindBrought, headsFor, isHeard, learnHeads } from './learn.ts';
import { makeOperation } from './operation.ts';
import type { Operation } from './operation.ts';
import { act, emptyRoom, receive, sendingEpoch, takeSeed, tend } from './room.ts';
import type { Change, Hands, Room } from './room.ts';
import { decodeSeedRow, encodeSeedRow } from './seed-row.ts';
import { at, entriesOf } from './shared-list.ts';

/** Said after the commit, in this order. */
export interface Done extends Change {
  /** To each of the devices alone, over its session: bodies of kinds 130 and 131. */
  readonly rows: readonly { readonly devices: readonly DeviceId[]; readonly body: Uint8Array }[];
  readonly heads: readonly { readonly device: DeviceId; readonly body: Uint8Array }[];
  /** To the room, after the heads went out: bodies of entries of kind 6. */
  readonly headEntries: readonly Uint8Array[];
}

export interface Founding {
  readonly certificate: Certificate;
  readonly called: string;
  readonly name: string;
  readonly policy: Policy;
}

export function found(hands: Hands, { certificate, called, name, policy }: Founding): Done {
  const seed = hands.luck(seedBytes);
  const commitment = commitmentOf(hands.suite, seed);
  const what = { kind: 'found', luck: hands.luck(16), policy, commitment, certificate, called, name } as const;
  const operation = makeOperation(hands.suite, hands.me, null, hands.nowMs, [], what);
  return orThrow(withSeed(orThrow(receive(emptyRoom(operation.room), hands, operation.bytes)), hands, operation, seed));
}

/** K1. */
export function rekey(room: Room, hands: Hands): Done | Refusal {
  const seed = hands.luck(seedBytes);
  const change = act(room, hands, { kind: 'rekey', commitment: commitmentOf(hands.suite, seed) });
  return isRefusal(change) ? change : withSeed(change, hands, change.operations[0]!, seed);
}

/** K8: who removes rekeys, at once. `lasts`: of each device of the person the last entry known here. */
export function remove(room: Room, hands: Hands, person: PersonId, lasts: readonly LastSeq[]): Done | Refusal {
  return thenRekey(act(room, hands, { kind: 'remove', person, lasts }), hands);
}

export function revoke(room: Room, hands: Hands, revocation: Revocation, seq: number): Done | Refusal {
  const change = act(room, hands, { kind: 'revoke', revocation: revocation.bytes, device: revocation.deviceId, seq });
  return thenRekey(change, hands);
}

/** F1: any member lets in who knocks with a good invite. */
export function admit(room: Room, hands: Hands, request: Uint8Array, invite: OperationId | null): Done | Refusal {
  const seed = hands.luck(seedBytes);
  const change = act(room, hands, { kind: 'add', invite, request, commitment: commitmentOf(hands.suite, seed) });
  return withArrival(change, hands, seed);
}

/** One more device of this device's person. */
export function addDevice(room: Room, hands: Hands, certificate: Certificate, acceptance: Uint8Array): Done | Refusal {
  const seed = hands.luck(seedBytes);
  const change = act(room, hands, { kind: 'device', certificate, acceptance, commitment: commitmentOf(hands.suite, seed) });
  return withArrival(change, hands, seed);
}

/** Kind 130. */
export function takeRow(room: Room, hands: Hands, body: Uint8Array): Room | Refusal {
  const row = decodeSeedRow(body);
  if (isRefusal(row)) return row;
  return row.room === room.id ? takeSeed(room, hands, row.epoch, row.seed) : refuse('other-room');
}

/** Kind 131, from a device of a member. */
export function takeHeads(room: Room, { suite, me, nowMs }: Hands, body: Uint8Array): Room | Refusal {
  const heads = decodeHeads(body);
  if (isRefusal(heads)) return heads;
  if (heads.room !== room.id) return refuse('other-room');
  const epoch = nodeOf(room.graph, heads.epoch);
  if (epoch === null || (epoch.step.kind !== 'rekey' && epoch.step.kind !== 'found')) return refuse('bad-epoch');
  const keyring = learnHeads(suite, room.keyring, factsOf(room.graph, epoch), heads, me.id, nowMs);
  return isRefusal(keyring) ? keyring : tend({ ...room, keyring }, me.id, nowMs);
}

/**
 * K2: what a device of a member may have of this device's keys: of epochs it holds, where the chains are now. Without a suite, chains
 * that sync went ahead of cannot be moved, and who came later gets nothing of such an epoch.
 */
export function headsOfAll(room: Room, me: DeviceId, device: DeviceId, suite: Suite | null = null): readonly Uint8Array[] {
  const number = room.graph.known.devices.numbers.get(device);
  const there = number === undefined ? undefined : at(viewNow(room.graph).devices, number);
  if (there?.state !== 'here' || device === me) return [];
  const bodies = room.keyring.epochs.flatMap(({ id }) => {
    const heads = headsTo(room, me, device, suite, id);
    return heads === null ? [] : [encodeHeads(heads)];
  });
  const cast = room.keyring.casts.find((one) => one.epoch === castEpochOf(room.graph));
  if (cast !== undefined) {
    bodies.push(encodeHeads({ room: room.id, epoch: cast.epoch, tags: new Uint8Array(32), cast: cast.secret, rows: [] }));
  }
  return bodies;
}

export interface RekeyDue {
  readonly why: 'no-epoch' | 'old' | 'worn';
  /** 0: this device now; else after so many turns of waiting for somebody nearer. */
  readonly turn: number;
}

/** K8. Null while this device may send and need not renew. */
export function rekeyDue(room: Room, { suite, me, nowMs }: Hands): RekeyDue | null {
  const best = sendingEpoch(room);
  const keys = best === null ? null : epochIn(room.keyring, best);
  const why =
    keys === null || isLeftOut(room, me.id)
      ? 'no-epoch'
      : keys.used >= wornAfter
        ? 'worn'
        : keys.used > 0 && keys.sinceMs + oldAfterMs <= nowMs
          ? 'old'
          : null;
  if (why === null) return null;
  const view = viewNow(room.graph);
  // Others may send: this device alone lacks keys, and asks for heads before it troubles everybody.
  const isAlone = why === 'no-epoch' && sendableEpochs(room.graph).length > 0;
  const remover = view.removals === null ? null : room.graph.known.nodes[view.removals.number]!.operation.author;
  if (why === 'no-epoch' && !isAlone && remover === me.id) return { why, turn: 0 };
  const heads = concat(headsOf(room.graph).toSorted().map(hexToBytes));
  const nearness = (device: DeviceId): string => bytesToHex(suite.hash(concat([heads, hexToBytes(device)])));
  const mine = nearness(me.id);
  const here = [...entriesOf(view.devices)].filter(([, device]) => device.state === 'here');
  const turn = here.filter(([number]) => nearness(room.graph.known.devices.ids[number]!) < mine).length;
  if (!isAlone) return { why, turn: turn + 1 };
  // What others may give is waited for; but there may be nobody left who can (K2).
  return { why, turn: here.length + turn + (best !== null && mayBeGiven(room, me.id) ? patience : 0) };
}

/** K9: the secrets whose cast ids this device answers to now; it sends under the first. */
export function servedCasts(room: Room): readonly Uint8Array[] {
  const newest = castEpochOf(room.graph);
  const first = room.keyring.casts.toSorted((one, other) => Number(other.epoch === newest) - Number(one.epoch === newest));
  return first.map((one) => one.secret);
}

/** K8: the others send under an epoch whose keys this device lacks, or in which it has no chain of its own. */
function isLeftOut({ graph, keyring }: Room, me: DeviceId): boolean {
  const first = sendableEpochs(graph)[0];
  if (first === undefined) return false;
  const keys = epochIn(keyring, first);
  return keys === null || (keys.own === null && !recipientsOf(graph, nodeOf(graph, first)!).includes(me));
}

/** Not from the one who let this device in alone. */
function mayBeGiven({ graph, keyring }: Room, me: DeviceId): boolean {
  const first = sendableEpochs(graph)[0];
  return first !== undefined && epochIn(keyring, first) === null && rightTo(graph, nodeOf(graph, first)!, null, me) !== 'none';
}

/** Turns. */
const patience = 20;
const wornAfter = 1_000;
const oldAfterMs = limits.skippedForMs;

function headsTo(room: Room, me: DeviceId, device: DeviceId, suite: Suite | null, id: OperationId): Heads | null {
  const node = nodeOf(room.graph, id);
  const right = node === null ? 'none' : rightTo(room.graph, node, me, device);
  if (node === null || right === 'none') return null;
  if (right === 'all') return headsFor(room.keyring, room.id, id, me);
  if (laterArrivals(room.graph, node, me, device).some((one) => !isHeard(room.keyring, id, one))) return null;
  const keyring = behindBrought(suite, room.keyring, id);
  return keyring && headsFor(keyring, room.id, id, me);
}

function withSeed(change: Change, hands: Hands, operation: Operation, seed: Uint8Array): Done | Refusal {
  const room = takeSeed(change.room, hands, operation.id, seed);
  if (isRefusal(room)) return room;
  const devices = recipientsOf(room.graph, nodeOf(room.graph, operation.id)!).filter((device) => device !== hands.me.id);
  const body = encodeSeedRow({ room: room.id, epoch: operation.id, seed });
  seed.fill(0);
  const rows = devices.length === 0 ? [] : [{ devices, body }];
  return { room, operations: change.operations, rows, heads: [], headEntries: [] };
}

function thenRekey(change: Change | Refusal, hands: Hands): Done | Refusal {
  if (isRefusal(change)) return change;
  const done = rekey(change.room, hands);
  // Who revokes the device they hold is out with it.
  if (isRefusal(done)) return { ...change, rows: [], heads: [], headEntries: [] };
  return { ...done, operations: [...change.operations, ...done.operations] };
}

function withArrival(change: Change | Refusal, hands: Hands, seed: Uint8Array): Done | Refusal {
  if (isRefusal(change)) return change;
  const { id } = change.operations[0]!;
  const { step } = nodeOf(change.room.graph, id)!;
  if (!('joins' in step)) throw new Error('Nobody arrived');
  const device = step.joins.certificate.deviceId;
  const kept = seed.slice();
  const room = takeSeed(change.room, hands, id, kept);
  if (isRefusal(room)) return room;
  const headEntry = encodeHeadEntry({ operation: id, seed });
  seed.fill(0);
  const best = sendableEpochs(room.graph)[0] ?? null;
  if (best !== null && headsTo(room, hands.me.id, device, hands.suite, best) !== null) {
    const heads = headsOfAll(room, hands.me.id, device, hands.suite).map((body) => ({ device, body }));
    return { room, operations: change.operations, rows: [], heads, headEntries: [headEntry] };
  }
  // Somebody has gone and nobody rekeyed yet, or what this device has of the keys would tell of before: the newcomer comes in with a
  // new epoch, and with nothing else.
  const next = rekey(room, hands);
  if (isRefusal(next)) return { room, operations: change.operations, rows: [], heads: [], headEntries: [] };
  return { ...next, operations: [...change.operations, ...next.operations] };
}

function orThrow<Value extends object>(value: Value | Refusal): Value {
  if (isRefusal(value)) throw new Error(`Our own founding is refused: ${value.refused}`);
  return value;
}
