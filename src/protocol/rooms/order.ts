/** Puts operations in an order that depends on nothing but themselves: causes first, and among the ready ones roles, then the strongest. */
import { compareStrength, isBefore } from './known.ts';
import type { Known, OperationNode } from './known.ts';
import { add, numbersIn, setFor } from './number-set.ts';

/** O6: the standing strikes, causes first and then the strongest, each after what leads to it; then the others. */
export function foldingOrder(known: Known, standing: readonly OperationNode[], rest: readonly OperationNode[]): OperationNode[] {
  if (standing.length === 0) return causalOrder(known, rest);
  const order: OperationNode[] = [];
  const left = new Map<number, OperationNode>(rest.map((node) => [node.number, node]));
  const place = (nodes: readonly OperationNode[]): void => {
    for (const node of nodes) left.delete(node.number);
    order.push(...causalOrder(known, nodes));
  };
  const stands = setFor(known.nodes.length);
  for (const strike of standing) add(stands, strike.number);
  const waitsFor = new Map<OperationNode, number>(standing.map((strike) => [strike, [...numbersIn(stands, strike.past)].length]));
  const waiting = [...standing];
  while (waiting.length > 0) {
    const [strike] = waiting.splice(
      waiting.findIndex((one) => waitsFor.get(one) === 0),
      1,
    ) as [OperationNode];
    for (const one of waiting) if (isBefore(strike, one)) waitsFor.set(one, waitsFor.get(one)! - 1);
    place(leadingTo(strike, left));
  }
  place([...left.values()]);
  return order;
}

/** Of those that are left; what leads to one that is not left is not left either. */
function leadingTo(last: OperationNode, left: ReadonlyMap<number, OperationNode>): OperationNode[] {
  const found = new Map<number, OperationNode>([[last.number, last]]);
  for (const node of found.values()) {
    for (const parent of node.parents) {
      const before = left.get(parent);
      if (before !== undefined) found.set(parent, before);
    }
  }
  return [...found.values()];
}

/** What `nodes` lack of the past counts as done: so between two of them they may lack nothing. */
function causalOrder(known: Known, nodes: readonly OperationNode[]): OperationNode[] {
  if (nodes.length < 2) return [...nodes];
  const waitsFor = new Map<number, number>(nodes.map((node) => [node.number, 0]));
  const leadsTo = new Map<number, OperationNode[]>();
  for (const node of nodes) {
    for (const parent of node.parents) {
      if (!waitsFor.has(parent)) continue;
      waitsFor.set(node.number, waitsFor.get(node.number)! + 1);
      const children = leadsTo.get(parent);
      if (children === undefined) leadsTo.set(parent, [node]);
      else children.push(node);
    }
  }
  const isFirst = (one: OperationNode, other: OperationNode): boolean => {
    const [isRole, otherIsRole] = [one.step.kind === 'role', other.step.kind === 'role'];
    return isRole === otherIsRole ? compareStrength(known, one, other) < 0 : isRole;
  };
  const ready: OperationNode[] = [];
  for (const node of nodes) if (waitsFor.get(node.number) === 0) push(ready, node, isFirst);
  const order: OperationNode[] = [];
  for (let next = pop(ready, isFirst); next !== undefined; next = pop(ready, isFirst)) {
    order.push(next);
    for (const child of leadsTo.get(next.number) ?? []) {
      const left = waitsFor.get(child.number)! - 1;
      waitsFor.set(child.number, left);
      if (left === 0) push(ready, child, isFirst);
    }
  }
  return order;
}

type IsFirst = (one: OperationNode, other: OperationNode) => boolean;

/** A heap: the first is at its top. */
function push(heap: OperationNode[], node: OperationNode, isFirst: IsFirst): void {
  let place = heap.push(node) - 1;
  while (place > 0) {
    const above = (place - 1) >> 1;
    if (!isFirst(node, heap[above]!)) break;
    heap[place] = heap[above]!;
    place = above;
  }
  heap[place] = node;
}

function pop(heap: OperationNode[], isFirst: IsFirst): OperationNode | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return top;
  let place = 0;
  for (;;) {
    let below = 2 * place + 1;
    if (below >= heap.length) break;
    if (below + 1 < heap.length && isFirst(heap[below + 1]!, heap[below]!)) below += 1;
    if (!isFirst(heap[below]!, last)) break;
    heap[place] = heap[below]!;
    place = below;
  }
  heap[place] = last;
  return top;
}
