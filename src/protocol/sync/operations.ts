/** Operations that the other side shows and this one lacks: asked for by their heads, told parents first. */
import type { OperationId } from '../ids.ts';
import { limits } from '../limits.ts';
import type { WantOperations } from './parts.ts';

/** What the room's graph knows. */
export interface OperationShelf {
  /** Parents before children. */
  readonly order: readonly OperationId[];
  readonly heads: readonly OperationId[];
  has(id: OperationId): boolean;
  parentsOf(id: OperationId): readonly OperationId[];
  bytesOf(id: OperationId): number;
}

export function wantOperations(shelf: OperationShelf, theirHeads: readonly OperationId[]): WantOperations | null {
  const wanted = theirHeads.filter((head) => !shelf.has(head));
  return wanted.length === 0 ? null : { kind: 'want-operations', wanted, known: markers(shelf) };
}

/** Which to send: as many as one answer holds. The walk costs the room's operations at most. */
export function operationsFor(shelf: OperationShelf, want: WantOperations): readonly OperationId[] {
  const known = pastOf(shelf, want.known, new Set());
  const wanted = pastOf(shelf, want.wanted, known);
  const told: OperationId[] = [];
  let bytes = 0;
  for (const id of shelf.order) {
    if (!wanted.has(id)) continue;
    bytes += shelf.bytesOf(id) + aroundOperation;
    if (told.length >= limits.syncThings || bytes > limits.syncBytes) break;
    told.push(id);
  }
  return told;
}

const aroundOperation = 2;

/** The heads, and ever fewer of what is behind them: where the other side does not know my heads, it knows one of those. */
function markers({ heads, order }: OperationShelf): readonly OperationId[] {
  const all = new Set(heads.slice(0, limits.operationParents));
  for (let back = 1; back <= order.length; back *= 2) all.add(order[order.length - back]!);
  if (order[0] !== undefined) all.add(order[0]);
  return [...all].slice(0, limits.syncKnown);
}

/** Those named that are here, and all that leads to them, without what is in `without`. */
function pastOf(shelf: OperationShelf, ids: readonly OperationId[], without: ReadonlySet<OperationId>): ReadonlySet<OperationId> {
  const past = new Set<OperationId>();
  const open = [...ids];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (past.has(id) || without.has(id) || !shelf.has(id)) continue;
    past.add(id);
    open.push(...shelf.parentsOf(id));
  }
  return past;
}
