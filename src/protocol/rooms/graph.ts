/** The operations of one room and how they follow from one another; takes only lawful ones, so what is in it depends on no order. */
import type { OperationId, RoomId } from '../ids.ts';
import { limits } from '../limits.ts';
import { isRefusal, refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import type { Suite } from '../suite/suite.ts';
import { viewOf } from './fold.ts';
import { append, closureOf, compareStrength, forkAt, isBefore, nothingKnown, tipsOf } from './known.ts';
import type { Known, OperationNode } from './known.ts';
import { nodeFor } from './lawful.ts';
import { has } from './number-set.ts';
import { decodeOperation } from './operation.ts';
import type { Operation } from './operation.ts';
import { at } from './shared-list.ts';
import { strikesOut } from './standing.ts';
import { eachOf } from './view.ts';
import type { View } from './view.ts';

export interface Graph {
  readonly room: RoomId;
  /** Shared by all states of this graph; each is its first `count` operations. */
  readonly known: Known;
  readonly count: number;
  /** What the room is at: all that these lead back to. */
  readonly tips: readonly number[];
  /** Lawful, but worth nothing here and followed by nobody who is worth something: a removed device can fill no room (O9). */
  readonly aside: readonly number[];
  /** Waiting for a parent, or for their time (O1, O10). */
  readonly waiting: readonly Operation[];
}

export const emptyGraph = (room: RoomId): Graph => ({ room, known: nothingKnown(), count: 0, tips: [], aside: [], waiting: [] });

export interface Inserted {
  readonly graph: Graph;
  /** In the order they were taken: to be stored so. Empty where it is known already, or waits. */
  readonly taken: readonly Operation[];
}

/** O1, O3, O10. The operation was decoded, so its signature holds. `isNamed`: by one that comes later. */
export function insert(suite: Suite, graph: Graph, operation: Operation, nowMs: number, isNamed = false): Inserted | Refusal {
  if (operation.room !== graph.room) return refuse('other-room');
  if (numberIn(graph, operation.id) !== null) return { graph, taken: [] };
  if (!isReady(graph, operation, nowMs)) return { graph: wait(graph, operation), taken: [] };
  const first = take(suite, graph, operation, isNamed);
  if (isRefusal(first)) return first;
  return wake(suite, { graph: first, taken: [operation] }, nowMs);
}

/** Takes what has waited for its time; to be called now and then. */
export const wakeWaiting = (suite: Suite, graph: Graph, nowMs: number): Inserted => wake(suite, { graph, taken: [] }, nowMs);

/**
 * From our own storage: these were verified before they were stored, in this order. Where the disk gives one back no more, those that
 * follow from it wait, to be asked for as any other.
 */
export function restoreGraph(suite: Suite, room: RoomId, stored: readonly Uint8Array[]): Graph {
  const trusting: Suite = { ...suite, verify: () => true };
  let graph = emptyGraph(room);
  const operations = stored.flatMap((bytes) => {
    const operation = decodeOperation(trusting, bytes);
    return isRefusal(operation) ? [] : operation;
  });
  const named = new Set(operations.flatMap(({ parents }) => parents));
  for (const operation of operations) {
    // The clock may have been set back since.
    const inserted = insert(trusting, graph, operation, Infinity, named.has(operation.id));
    if (!isRefusal(inserted)) ({ graph } = inserted);
  }
  return graph;
}

export const viewNow = (graph: Graph): View => viewOf(graph.known, graph.tips);

export const headsOf = (graph: Graph): readonly OperationId[] => graph.tips.map((tip) => graph.known.nodes[tip]!.operation.id);

/** The parents of an operation made now: of more heads than one may name, those with the longest past. */
export function parentsNow(graph: Graph): readonly OperationId[] {
  const { nodes } = graph.known;
  const deepest = graph.tips.toSorted((one, other) => nodes[other]!.depth - nodes[one]!.depth);
  return deepest.slice(0, limits.operationParents).map((tip) => nodes[tip]!.operation.id);
}

export function nodeOf(graph: Graph, id: OperationId): OperationNode | null {
  const number = numberIn(graph, id);
  return number === null ? null : graph.known.nodes[number]!;
}

export const isKnown = (graph: Graph, id: OperationId): boolean => numberIn(graph, id) !== null;

/** True where `other` knew of `one`. */
export function leadsTo(graph: Graph, one: OperationId, other: OperationId): boolean {
  const [first, second] = [nodeOf(graph, one), nodeOf(graph, other)];
  return first !== null && second !== null && isBefore(first, second);
}

/** What the waiting ones lack, to be asked of others. */
export function missingOf(graph: Graph): readonly OperationId[] {
  const waiting = new Set(graph.waiting.map((operation) => operation.id));
  const missing = graph.waiting.flatMap((operation) => operation.parents).filter((id) => !waiting.has(id) && !isKnown(graph, id));
  return [...new Set(missing)];
}

/** Everything here, aside or not, in an order in which it can be taken. */
export const operationsOf = (graph: Graph): readonly Operation[] =>
  graph.known.nodes.slice(0, graph.count).map((node) => node.operation);

function numberIn(graph: Graph, id: OperationId): number | null {
  const number = graph.known.numbers.get(id);
  return number === undefined || number >= graph.count ? null : number;
}

const isReady = (graph: Graph, operation: Operation, nowMs: number): boolean =>
  operation.atMs <= nowMs + limits.aheadMs && operation.parents.every((parent) => isKnown(graph, parent));

function wait(graph: Graph, operation: Operation): Graph {
  if (graph.waiting.some((one) => one.id === operation.id)) return graph;
  return { ...graph, waiting: [...graph.waiting, operation].slice(-limits.waitingOperations) };
}

function wake(suite: Suite, { graph, taken }: Inserted, nowMs: number): Inserted {
  let now = graph;
  const all = [...taken];
  for (let isMore = true; isMore;) {
    const ready = now.waiting.filter((operation) => isReady(now, operation, nowMs));
    isMore = ready.length > 0;
    if (isMore) now = { ...now, waiting: now.waiting.filter((operation) => !ready.includes(operation)) };
    for (const operation of ready) {
      const next = take(suite, now, operation, false);
      // What turns out unlawful is dropped, and what waits for it ages away.
      if (isRefusal(next)) continue;
      now = next;
      all.push(operation);
    }
  }
  return { graph: now, taken: all };
}

function take(suite: Suite, graph: Graph, operation: Operation, isNamed: boolean): Graph | Refusal {
  if (graph.count - graph.aside.length >= limits.operationsPerRoom) return refuse('too-many');
  const known = graph.known.nodes.length === graph.count ? graph.known : forkAt(graph.known, graph.count);
  const node = nodeFor(suite, known, graph.room, operation);
  if (isRefusal(node)) return node;
  const count = graph.count + 1;
  // What somebody's operation names is taken all the same.
  const isWanted = isNamed || graph.waiting.some((one) => one.parents.includes(operation.id));
  // O9: who does things beside each other, without end, fills no room for the others.
  if (!isWanted && (known.byAuthor.get(node.author.device)?.length ?? 0) >= limits.operationsBeside) return refuse('too-many');
  const isLate = knowsLess(known, node) && isStruckAlready(known, viewNow(graph), node);
  if (!isLate) {
    append(known, node);
    return settle({ ...graph, known, count }, node);
  }
  // Who named it knew of no removal yet.
  if (graph.aside.length >= limits.waitingOperations && !isWanted) return refuse('too-many');
  append(known, node);
  return { ...graph, known, count, aside: [...graph.aside, node.number] };
}

/** Somebody has gone whom its author did not see go. */
const knowsLess = (known: Known, node: OperationNode): boolean => known.departures.some((number) => !has(node.past, number));

/** By a removal that counts and is not moved by it: of a strike a stronger one, of anything else that changes no members any. */
function isStruckAlready(known: Known, view: View, node: OperationNode): boolean {
  if ('joins' in node.step || node.step.kind === 'role') return false;
  if (isAuthorHere(view, node)) return false;
  for (const number of eachOf(view.removals)) {
    const removal = known.nodes[number]!;
    if (strikesOut(removal, node) && (node.strike === null || compareStrength(known, removal, node) < 0)) return true;
  }
  return false;
}

/** Where the room is at with one more operation, and which are worth nothing now. */
function settle(graph: Graph, node: OperationNode): Graph {
  const { known, aside } = graph;
  const tips = [...graph.tips.filter((tip) => !has(node.past, tip)), node.number];
  const left = aside.filter((number) => !has(node.past, number));
  // Whose author is in the room is never idle.
  const isHere = tips.length === 1 || !knowsLess(known, node) || isAuthorHere(viewNow(graph), node);
  if (isHere && (left.length === 0 || !mayMakeMembers(node))) return { ...graph, tips, aside: left };
  const candidates = [...aside, node.number];
  const view = viewOf(known, tipsOf(known, [...graph.tips, ...candidates]));
  const worthy = candidates.filter((number) => !isIdle(known, view, number));
  const all = tipsOf(known, [...graph.tips, ...worthy]);
  const reached = closureOf(known, all);
  return { ...graph, tips: all, aside: candidates.filter((number) => !has(reached, number)) };
}

/** Whether what lay aside may be worth something with it: it brings or strikes somebody, or an add beside it counts by it. */
const mayMakeMembers = ({ strike, step }: OperationNode): boolean =>
  strike !== null || 'joins' in step || step.kind === 'role' || step.kind === 'leave' || step.kind === 'withdraw';

const isAuthorHere = (view: View, node: OperationNode): boolean => at(view.devices, node.author.device)?.state === 'here';

/** Worth nothing, by a device that is not in the room now. */
function isIdle(known: Known, view: View, number: number): boolean {
  const verdict = at(view.verdicts, number);
  return (
    (verdict === 'struck' || verdict === 'not-a-member') && at(view.devices, known.nodes[number]!.author.device)?.state !== 'here'
  );
}
