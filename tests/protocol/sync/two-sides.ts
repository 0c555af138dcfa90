/** Two members, their sessions, and what each has: an exchange is run to its end, and what it cost is counted. */
import { hexToBytes } from '@noble/hashes/utils.js';
import { shortOf } from '../../../src/protocol/ids.ts';
import type { DeviceId, MessageId, OperationId, Short } from '../../../src/protocol/ids.ts';
import { isRefusal } from '../../../src/protocol/refusal.ts';
import { answer } from '../../../src/protocol/sync/answer.ts';
import type { MayHave } from '../../../src/protocol/sync/entitled.ts';
import { noOperations, operationsFor } from '../../../src/protocol/sync/operations.ts';
import type { OperationShelf } from '../../../src/protocol/sync/operations.ts';
import { decodePart, encodePart } from '../../../src/protocol/sync/parts.ts';
import type { Part } from '../../../src/protocol/sync/parts.ts';
import { createShelf } from '../../../src/protocol/sync/shelf.ts';
import type { Shelf, Shelved } from '../../../src/protocol/sync/shelf.ts';
import { ask, beginExchange, hear, isOver, summarise } from '../../../src/protocol/sync/sync.ts';
import type { Exchange, Holdings } from '../../../src/protocol/sync/sync.ts';
import { bucketFor } from '../../../src/protocol/wire/bucket.ts';
import { hopBytes } from '../../../src/protocol/wire/hop.ts';
import { hexOf } from '../entries/talk.ts';

export interface Side {
  readonly name: string;
  readonly shelf: Shelf;
  readonly items: Map<MessageId, Shelved>;
  readonly operations: Graph;
  readonly holdings: Holdings;
  /** Of a conversation of two: no operations, and entries without signatures. */
  readonly isDirect: boolean;
  mayTell: MayHave;
  exchange: Exchange;
}

export const devices: readonly DeviceId[] = Array.from({ length: 8 }, (_, at) => hexOf(`sync device ${at}`, 32) as DeviceId);

/** Its number and its device are in its id, so that what comes can be told from its bytes. */
export function item(device: DeviceId, seq: number, more: Partial<Shelved> = {}): Shelved {
  const id = hexOf(`${device} ${seq} ${more.sentAtMs ?? ''}`, 16) as MessageId;
  return { id, device, seq, sentAtMs: 0, bytes: 120, isGone: false, ...more };
}

export const room = (count: number, of: readonly DeviceId[] = devices): readonly Shelved[] =>
  Array.from({ length: count }, (_, at) => item(of[at % of.length]!, 1 + Math.floor(at / of.length)));
export const has = (one: Side): readonly string[] => [...one.items.keys()].toSorted();

/** Everything that is anywhere, so that bytes can be turned into items again. */
const known = new Map<string, Shelved>();
export const entryOf = (one: Shelved): Uint8Array => {
  known.set(one.id, one);
  const bytes = new Uint8Array(one.bytes);
  bytes.set(hexToBytes(one.id));
  return bytes;
};
const itemOf = (entry: Uint8Array): Shelved => known.get(Buffer.from(entry.subarray(0, 16)).toString('hex'))!;

export function side(
  name: string,
  items: Iterable<Shelved>,
  {
    of = devices,
    operations = [],
    missing = [],
    isDirect = false,
  }: { of?: readonly DeviceId[]; operations?: readonly Op[]; missing?: readonly Short[]; isDirect?: boolean } = {},
): Side {
  const shelf = createShelf();
  const all = new Map<MessageId, Shelved>();
  for (const one of items) {
    shelf.put(one);
    all.set(one.id, one);
  }
  const graph = createOpGraph(operations);
  const holdings = { operations: isDirect ? noOperations : graph, shelf, devices: of.map(shortOf), missing: () => missing };
  return { name, shelf, items: all, operations: graph, holdings, isDirect, mayTell: () => true, exchange: beginExchange() };
}

export interface Cost {
  /** From one side to the other and back. */
  readonly roundTrips: number;
  /** Envelopes and hop headers, without the entries and operations themselves. */
  readonly overheadBytes: number;
  readonly envelopes: number;
  readonly entriesMoved: number;
}

/** Both at once, in turns: what one says, the other hears in the next turn. `starts`: who tells a summary unasked. */
export function exchangeOf(one: Side, other: Side, starts: 'one' | 'both' = 'one', mostTurns = 400): Cost {
  let [overheadBytes, envelopes, entriesMoved, turns] = [0, 0, 0, 0];
  const under = new Map<Side, Uint8Array[]>([
    [one, []],
    [other, []],
  ]);
  const send = (to: Side, part: Part): void => {
    const bytes = encodePart(part);
    const inside = bytes.length + 17;
    const bucket = bucketFor(inside, 68);
    if (isRefusal(bucket)) throw new Error(bucket.refused);
    const moved = part.kind === 'operations' ? part.operations : 'entries' in part ? part.entries.map(({ entry }) => entry) : [];
    overheadBytes += bucket.bytes + hopBytes - moved.reduce((sum, each) => sum + each.length, 0);
    entriesMoved += 'entries' in part ? part.entries.length : 0;
    envelopes += 1;
    under.get(to)!.push(bytes);
  };
  for (const from of starts === 'both' ? [one, other] : [one]) {
    from.exchange = beginExchange();
    send(from === one ? other : one, summarise(from.holdings, null));
  }
  while ([...under.values()].some((all) => all.length > 0)) {
    turns += 1;
    if (turns > mostTurns) throw new Error('it does not end');
    const heard = [one, other].map((to) => ({ to, from: to === one ? other : one, parts: under.get(to)!.splice(0) }));
    for (const { to, from, parts } of heard) for (const bytes of parts) take(to, bytes).forEach((part) => send(from, part));
  }
  if (!isOver(one.exchange) || !isOver(other.exchange)) throw new Error('it stopped before its end');
  return { roundTrips: turns / 2, overheadBytes, envelopes, entriesMoved };
}

/** What a device does with a part: keeps what holds, answers, and asks on. */
export function take(to: Side, bytes: Uint8Array): readonly Part[] {
  const part = decodePart(bytes);
  if (isRefusal(part)) throw new Error(part.refused);
  if (part.kind === 'want-entries' || part.kind === 'want-named') {
    const { entries, gone } = answer(part, to.shelf, to.mayTell);
    const told = entries.map((each) => ({
      device: each.device,
      epochId: '0'.repeat(64) as OperationId,
      n: each.seq,
      signature: new Uint8Array(64),
      entry: entryOf(each),
    }));
    const entriesPart: Part = to.isDirect
      ? { kind: 'direct-entries', number: part.number, entries: told.map(({ device, entry }) => ({ device, entry })) }
      : { kind: 'entries', number: part.number, entries: told };
    const gonePart: Part = {
      kind: 'gone',
      number: part.number,
      gone: gone.map(({ device, seq, id }) => ({ device: shortOf(device), seq, message: id, parents: [] })),
    };
    return gone.length > 0 ? [gonePart, entriesPart] : [entriesPart];
  }
  if (part.kind === 'want-operations') {
    return [{ kind: 'operations', operations: operationsFor(to.operations, part).map((id) => to.operations.bytesFor(id)) }];
  }
  const replies: Part[] = [];
  to.exchange = hear(to.exchange, part);
  if (part.kind === 'summary' && part.asks) replies.push(summarise(to.holdings, part));
  if (part.kind === 'entries' || part.kind === 'direct-entries') {
    for (const { entry } of part.entries) {
      const one = { ...itemOf(entry), isGone: false };
      to.shelf.put(one);
      to.items.set(one.id, one);
    }
  }
  if (part.kind === 'operations') part.operations.forEach((each) => to.operations.learn(each));
  const asked = ask(to.exchange, to.holdings);
  to.exchange = asked.exchange;
  return [...replies, ...asked.parts];
}

export interface Op {
  readonly id: OperationId;
  readonly parents: readonly OperationId[];
}

interface Graph extends OperationShelf {
  bytesFor(id: OperationId): Uint8Array;
  learn(bytes: Uint8Array): void;
}

export const op = (name: string, ...parents: readonly Op[]): Op => ({
  id: hexOf(`op ${name}`, 32) as OperationId,
  parents: parents.map(({ id }) => id),
});
export const chain = (count: number, name = ''): readonly Op[] => {
  const all: Op[] = [];
  for (let at = 0; at < count; at += 1) all.push(op(`${name}${at}`, ...all.slice(-1)));
  return all;
};

const opBytes = 300;

export function createOpGraph(first: readonly Op[]): Graph {
  const all = new Map<OperationId, Op>();
  const order: OperationId[] = [];
  const heads = new Set<OperationId>();
  const add = (op: Op): void => {
    if (all.has(op.id)) return;
    if (!op.parents.every((parent) => all.has(parent))) throw new Error('told before its parents');
    all.set(op.id, op);
    order.push(op.id);
    heads.add(op.id);
    for (const parent of op.parents) heads.delete(parent);
  };
  first.forEach(add);
  return {
    order,
    get heads() {
      return [...heads];
    },
    has: (id) => all.has(id),
    parentsOf: (id) => all.get(id)?.parents ?? [],
    bytesOf: () => opBytes,
    bytesFor: (id) => {
      const bytes = new Uint8Array(opBytes);
      bytes.set(hexToBytes(id));
      const parents = all.get(id)?.parents ?? [];
      bytes[32] = parents.length;
      parents.forEach((parent, at) => bytes.set(hexToBytes(parent), 33 + 32 * at));
      return bytes;
    },
    learn: (bytes) => {
      const idAt = (at: number): OperationId => Buffer.from(bytes.subarray(at, at + 32)).toString('hex') as OperationId;
      add({ id: idAt(0), parents: Array.from({ length: bytes[32]! }, (_, at) => idAt(33 + 32 * at)) });
    },
  };
}
