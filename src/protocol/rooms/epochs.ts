/** Which epochs the operations make: who holds each, which may be sent under (K3, K4), and whose cast secret is served (K9). */
import type { DeviceId, OperationId } from '../ids.ts';
import { nodeOf, viewNow } from './graph.ts';
import type { Graph } from './graph.ts';
import { isBefore } from './known.ts';
import type { Known, OperationNode } from './known.ts';
import type { EpochFacts } from './learn.ts';
import { addAll, has, setFor } from './number-set.ts';
import { at, entriesOf } from './shared-list.ts';
import { eachOf } from './view.ts';
import type { View } from './view.ts';

/** Best first; the first of which this device has the keys is sent under. None: rekey first. */
export function sendableEpochs(graph: Graph): readonly OperationId[] {
  const view = viewNow(graph);
  const known = chosen.get(view);
  if (known !== undefined) return known;
  const best = countedEpochs(graph.known, view)
    .filter((epoch) => hasAllRemovals(graph.known, view, epoch) && isHeldByMembersAlone(graph, view, epoch))
    .map((epoch) => epoch.operation.id);
  chosen.set(view, best);
  return best;
}

/** K1: to whom the seed goes. */
export function recipientsOf(graph: Graph, epoch: OperationNode): readonly DeviceId[] {
  return [...recipientNumbers(epoch)].map((device) => graph.known.devices.ids[device]!);
}

/** What a keyring needs to know of an epoch. */
export function factsOf(graph: Graph, epoch: OperationNode): EpochFacts {
  const { act, id } = epoch.operation;
  if (act.kind !== 'found' && act.kind !== 'rekey') throw new Error('Not an epoch');
  const { ids } = graph.known.devices;
  const added = [...heldBy(graph, viewNow(graph), epoch)].flatMap(([device, by]) =>
    by.map((arrival) => ({ device: ids[device]!, operation: arrival.operation.id })),
  );
  return { id, commitment: act.commitment, recipients: recipientsOf(graph, epoch), added };
}

/**
 * K2: whether a device may be told a newcomer's head seed: not one that was let in by who knew of the newcomer. From the seed follows
 * all that the newcomer said in the epoch; who came later is given heads, which begin where they are.
 */
export function mayHaveHead(graph: Graph, operation: OperationId, device: DeviceId): boolean {
  const node = nodeOf(graph, operation);
  const number = graph.known.devices.numbers.get(device);
  const there = number === undefined ? undefined : at(viewNow(graph).devices, number);
  if (node === null || there?.state !== 'here') return false;
  return !isBefore(node, graph.known.nodes[there.since]!);
}

/**
 * K2: what of an epoch's keys this device, the giver, may hand to another. Who came when it had begun reads from where they came in,
 * and where that is knows only who let them in. Of an epoch begun elsewhere meanwhile nothing was known there: nothing comes before. One
 * that does not count may have been known there all the same, lying aside (O6).
 */
export function rightTo(graph: Graph, epoch: OperationNode, giver: DeviceId | null, device: DeviceId): 'all' | 'later' | 'none' {
  const { numbers } = graph.known.devices;
  const [mine, theirs] = [giver === null ? undefined : numbers.get(giver), numbers.get(device)];
  const view = viewNow(graph);
  const arrivals = theirs === undefined ? undefined : heldBy(graph, view, epoch).get(theirs);
  if (arrivals === undefined) return 'none';
  if (arrivals.length === 0) return 'all';
  if (at(view.verdicts, epoch.number) !== 'counts') return 'none';
  if (arrivals.some((arrival) => !isBefore(epoch, arrival))) return 'all';
  return arrivals.some((arrival) => arrival.author.device === mine) ? 'later' : 'none';
}

/**
 * K2: the arrivals whose head entries this device must have opened before it hands heads to another: who came to such an entry by them
 * would come to all that its device ever said. Not those that came before this device itself: it got heads from behind their entries.
 */
export function laterArrivals(graph: Graph, epoch: OperationNode, me: DeviceId, other: DeviceId): readonly OperationId[] {
  const { numbers } = graph.known.devices;
  const held = heldBy(graph, viewNow(graph), epoch);
  const number = numbers.get(me);
  const mine = number === undefined ? [] : (held.get(number) ?? []);
  return [...held].flatMap(([device, arrivals]) =>
    device === number || device === numbers.get(other)
      ? []
      : arrivals
          .filter((arrival) => mine.length === 0 || !mine.every((own) => isBefore(arrival, own)))
          .map((arrival) => arrival.operation.id),
  );
}

/** Null while nothing is folded. */
export function castEpochOf(graph: Graph): OperationId | null {
  const epochs = countedEpochs(graph.known, viewNow(graph));
  return epochs.find((epoch) => isCasting(graph.known, epoch))?.operation.id ?? null;
}

export const isEpoch = (node: OperationNode): boolean => node.step.kind === 'found' || node.step.kind === 'rekey';

/** Worked out once for each view; a cache. */
const chosen = new WeakMap<View, readonly OperationId[]>();
const casting = new WeakMap<OperationNode, boolean>();

/** The deepest past first, then the lowest id. */
function countedEpochs(known: Known, view: View): OperationNode[] {
  return [...eachOf(view.epochs)]
    .map((number) => known.nodes[number]!)
    .sort((one, other) => other.depth - one.depth || (one.operation.id < other.operation.id ? -1 : 1));
}

/** Else what is sent under it is refused (M3). */
function hasAllRemovals(known: Known, view: View, epoch: OperationNode): boolean {
  for (const removal of eachOf(view.removals)) if (!isBefore(known.nodes[removal]!, epoch)) return false;
  return true;
}

function isHeldByMembersAlone(graph: Graph, view: View, epoch: OperationNode): boolean {
  const held = heldBy(graph, view, epoch);
  if (held.size !== view.deviceCount) return false;
  for (const device of held.keys()) if (at(view.devices, device)?.state !== 'here') return false;
  return true;
}

/** K3: each device with the operations that gave it the heads, none for a recipient. */
function heldBy(graph: Graph, view: View, epoch: OperationNode): ReadonlyMap<number, readonly OperationNode[]> {
  const { nodes, arrivals } = graph.known;
  const held = new Map<number, OperationNode[]>();
  for (const device of recipientNumbers(epoch)) held.set(device, []);
  for (const number of arrivals) {
    const node = nodes[number]!;
    if (has(epoch.past, number) || at(view.verdicts, number) === undefined || !('joins' in node.step)) continue;
    // Nobody hands on what they do not hold: what a removed device adds later holds nothing of the epochs after its removal.
    const by = held.get(node.author.device);
    if (by === undefined || (by.length > 0 && !by.some((arrival) => isBefore(arrival, node)))) continue;
    const before = held.get(node.step.joins.device);
    if (before === undefined) held.set(node.step.joins.device, [node]);
    else if (before.length > 0) before.push(node);
  }
  return held;
}

function* recipientNumbers({ step, view }: OperationNode): Generator<number> {
  if (step.kind === 'found') yield step.joins.device;
  for (const [number, device] of entriesOf(view!.devices)) if (device.state === 'here') yield number;
}

/** It founds, or is the first after somebody went. */
function isCasting(known: Known, epoch: OperationNode): boolean {
  const before = casting.get(epoch);
  if (before !== undefined) return before;
  const covered = setFor(epoch.number + 1);
  for (let number = epoch.number - 1; number >= 0; number -= 1) {
    const node = known.nodes[number]!;
    if (has(epoch.past, number) && isEpoch(node) && !has(covered, number)) addAll(covered, node.past);
  }
  const is = epoch.step.kind === 'found' || known.departures.some((number) => has(epoch.past, number) && !has(covered, number));
  casting.set(epoch, is);
  return is;
}
