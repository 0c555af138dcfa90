/**
 * What any set of operations comes to (O3 to O9), whatever the order they came in.
 *
 * A *cut* is a set that is wholly in the past of every operation outside it. Nothing outside is concurrent with anything inside, so
 * the fold up to the cut stands, and only what came after is folded anew: a room without concurrency costs one step an operation.
 */
import { forgetFirst } from '../forget-first.ts';
import { apply, judge, judgeStanding, withVerdict } from './authority.ts';
import { closureOf } from './known.ts';
import type { Known, OperationNode } from './known.ts';
import { countOf, fromTheEnd, has } from './number-set.ts';
import { foldingOrder } from './order.ts';
import { strikesThatStand } from './standing.ts';
import { emptyView } from './view.ts';
import type { View } from './view.ts';

/** The fold of all that `tips` lead back to, and of themselves. They are as `tipsOf` gives them. */
export function viewOf(known: Known, tips: readonly number[]): View {
  if (tips.length === 0) return emptyView;
  const name = tips.join();
  const kept = known.views.get(name);
  if (kept !== undefined) {
    known.views.delete(name);
    known.views.set(name, kept);
    return kept;
  }
  const { from, rest } = lastCut(known, tips);
  const view = fold(known, from, rest);
  known.views.set(name, view);
  forgetFirst(known.views, keptViews);
  return view;
}

const keptViews = 256;

interface Cut {
  readonly from: View;
  /** What came after the cut, in the order it came here. */
  readonly rest: readonly OperationNode[];
}

/**
 * Operations come after their parents, so a cut is a beginning of the row; and one just before an operation whose past is as large
 * as that beginning, if no later operation's past is smaller.
 */
function lastCut(known: Known, tips: readonly number[]): Cut {
  const all = closureOf(known, tips);
  let before = countOf(all);
  const rest: OperationNode[] = [];
  let shallowest: OperationNode | null = null;
  for (const number of fromTheEnd(all)) {
    const node = known.nodes[number]!;
    rest.push(node);
    before -= 1;
    if (shallowest === null || node.depth < shallowest.depth) shallowest = node;
    if (shallowest.depth < before) continue;
    const from = before === 0 ? emptyView : (known.views.get(shallowest.parents.join()) ?? shallowest.view ?? undefined);
    if (from !== undefined) return { from, rest: rest.reverse() };
  }
  throw new Error('A set of operations without a beginning');
}

function fold(known: Known, from: View, rest: readonly OperationNode[]): View {
  // Lawful, and nothing beside it: it counts.
  if (rest.length === 1) return apply(rest[0]!.strike === null ? from : noteStrike(from, rest[0]!), rest[0]!);
  const { strikes, struck } = strikesThatStand(known, from, rest);
  let view = from;
  const stands = new Set(strikes);
  for (const node of foldingOrder(known, strikes, rest)) {
    if (stands.has(node)) view = noteStrike(view, node);
    const isOut = has(struck, node.number) || node.strike !== null;
    const reason = stands.has(node)
      ? judgeStanding(view, node.step)
      : isOut
        ? 'struck'
        : judge(known, view, node.author, node.step);
    view = reason === null ? apply(view, node) : withVerdict(view, node.number, reason);
  }
  return view;
}

const noteStrike = (view: View, { number }: OperationNode): View => ({ ...view, strikes: { number, before: view.strikes } });
