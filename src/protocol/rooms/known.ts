/** The operations of a room that are known here, numbered as they came; the set is only ever added to. */
import { shortOf } from '../ids.ts';
import type { DeviceId, OperationId, PersonId, Short } from '../ids.ts';
import { add, addAll, countOf, has, setFor } from './number-set.ts';
import type { NumberSet } from './number-set.ts';
import type { Operation } from './operation.ts';
import type { Author, Step, View } from './view.ts';

export interface OperationNode {
  readonly number: number;
  readonly operation: Operation;
  /** Without those that another parent leads back to. */
  readonly parents: readonly number[];
  readonly past: NumberSet;
  /** How many are in the past: lower than that of everything that comes after. */
  readonly depth: number;
  readonly author: Author;
  /** O9: how many of its author's device are in the past. */
  readonly place: number;
  readonly step: Step;
  /** In its own view. */
  readonly isAdmin: boolean;
  /** The operation that gave its author the rank, for seniority. */
  readonly ranksSince: number;
  /** A plain member might not have done it. */
  readonly takesAdmin: boolean;
  /** What it takes from whom; concurrent acts of those do not count if it stands (O5). */
  readonly strike: Strike | null;
  /** The fold of its past; kept for strikes, epochs and a few others. */
  readonly view: View | null;
}

export type Strike =
  | { readonly hits: 'person'; readonly person: number }
  | { readonly hits: 'device'; readonly device: number }
  | { readonly hits: 'admin'; readonly person: number };

export interface Known {
  readonly nodes: OperationNode[];
  readonly numbers: Map<OperationId, number>;
  readonly devices: Names<DeviceId>;
  readonly persons: Names<PersonId>;
  /** Where two ids begin alike, the lower is meant (M5). */
  readonly shorts: Map<Short, OperationId>;
  /** Of each device, by its number. */
  readonly byAuthor: Map<number, OperationNode[]>;
  /** Operations that brought devices, and that took some away. */
  readonly arrivals: number[];
  readonly departures: number[];
  /** Folds made before, by the tips of what they are made of. A cache. */
  readonly views: Map<string, View>;
}

export interface Names<Id extends string> {
  readonly ids: Id[];
  readonly numbers: Map<Id, number>;
}

export const nothingKnown = (): Known => ({
  nodes: [],
  numbers: new Map(),
  devices: { ids: [], numbers: new Map() },
  persons: { ids: [], numbers: new Map() },
  shorts: new Map(),
  byAuthor: new Map(),
  arrivals: [],
  departures: [],
  views: new Map(),
});

/** The number it has, or is to have when the operation that brings it is taken. */
export const numberFor = <Id extends string>(names: Names<Id>, id: Id): number => names.numbers.get(id) ?? names.ids.length;

/** The first `count` operations alone, when a state from before is gone on from in another way. */
export function forkAt(known: Known, count: number): Known {
  const fork = nothingKnown();
  for (const node of known.nodes.slice(0, count)) append(fork, node);
  return fork;
}

export function append(known: Known, node: OperationNode): void {
  known.nodes.push(node);
  known.numbers.set(node.operation.id, node.number);
  known.shorts.set(shortOf(node.operation.id), lower(known.shorts.get(shortOf(node.operation.id)), node.operation.id));
  const ofAuthor = known.byAuthor.get(node.author.device);
  if (ofAuthor === undefined) known.byAuthor.set(node.author.device, [node]);
  else ofAuthor.push(node);
  if ('joins' in node.step) {
    name(known.devices, node.step.joins.certificate.deviceId);
    name(known.persons, node.step.joins.certificate.personId);
  }
  const { kind } = node.step;
  if (kind === 'add' || kind === 'device') known.arrivals.push(node.number);
  if (kind === 'remove' || kind === 'revoke' || kind === 'leave') known.departures.push(node.number);
}

export const isBefore = (one: OperationNode, other: OperationNode): boolean => has(other.past, one.number);

export const areConcurrent = (one: OperationNode, other: OperationNode): boolean =>
  one !== other && !isBefore(one, other) && !isBefore(other, one);

/** All that these lead back to, and themselves. */
export function closureOf(known: Known, tips: readonly number[]): NumberSet {
  const set = setFor(known.nodes.length);
  for (const tip of tips) {
    addAll(set, known.nodes[tip]!.past);
    add(set, tip);
  }
  return set;
}

export const pastOf = (known: Known, parents: readonly number[]): { past: NumberSet; depth: number } => {
  const longest = Math.max(0, ...parents) + 1;
  const past = setFor(parents.length === 0 ? 0 : longest);
  for (const parent of parents) {
    addAll(past, known.nodes[parent]!.past);
    add(past, parent);
  }
  return { past, depth: countOf(past) };
};

export const placeOf = (known: Known, device: number, past: NumberSet): number =>
  known.byAuthor.get(device)?.filter(({ number }) => has(past, number)).length ?? 0;

/** Those that no other of them leads back to, in ascending order. */
export function tipsOf(known: Known, numbers: readonly number[]): readonly number[] {
  const once = [...new Set(numbers)].sort((one, other) => one - other);
  return once.filter((one) => !once.some((other) => other !== one && has(known.nodes[other]!.past, one)));
}

/** O5, O6: below 0 where `one` is the stronger. Depends on nothing but the two and their pasts. */
export function compareStrength(known: Known, one: OperationNode, other: OperationNode): number {
  if (one.isAdmin !== other.isAdmin) return one.isAdmin ? -1 : 1;
  return compareSeniority(known, one.ranksSince, other.ranksSince) || compareIds(one, other);
}

/** Whose rank comes from the operation with the fewer before it, then of the lower id, has it for longer. */
export function compareSeniority(known: Known, one: number, other: number): number {
  if (one === other) return 0;
  const [first, second] = [known.nodes[one]!, known.nodes[other]!];
  return first.depth - second.depth || compareIds(first, second);
}

const compareIds = (one: OperationNode, other: OperationNode): number =>
  one.operation.id < other.operation.id ? -1 : one.operation.id > other.operation.id ? 1 : 0;

const lower = (one: OperationId | undefined, other: OperationId): OperationId => (one !== undefined && one < other ? one : other);

function name<Id extends string>(names: Names<Id>, id: Id): void {
  if (names.numbers.has(id)) return;
  names.numbers.set(id, names.ids.length);
  names.ids.push(id);
}
