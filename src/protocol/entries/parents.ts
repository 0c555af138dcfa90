/** What an entry says it has seen: the newest that none named before, and operations its device did not yet name. */
import { shortOf } from '../ids.ts';
import type { DeviceId, OperationId, Short } from '../ids.ts';
import type { Node } from './graph.ts';
import { comparePlaces } from './ordered.ts';

/** M5. `operations` are the heads of the room's operations that `me` did not name yet. */
export function chooseParents(heads: Iterable<Node>, me: DeviceId, operations: readonly OperationId[]): readonly Short[] {
  const newest: Node[] = [];
  let mine: Node | null = null;
  for (const head of heads) {
    if (head.outline.device === me && (mine === null || isNewer(head, mine))) mine = head;
    if (newest.length === mostOfEach && !isNewer(head, newest.at(-1)!)) continue;
    newest.splice(newest.filter((each) => isNewer(each, head)).length, 0, head);
    if (newest.length > mostOfEach) newest.pop();
  }
  // So that what a device says later comes later, whatever its clock and others do.
  if (mine !== null && !newest.includes(mine)) newest.splice(-1, 1, mine);
  return [...newest.map(({ outline }) => shortOf(outline.id)), ...operations.slice(0, mostOfEach).map(shortOf)];
}

const mostOfEach = 4;

const isNewer = (one: Node, other: Node): boolean => comparePlaces(one.place, other.place) > 0;
