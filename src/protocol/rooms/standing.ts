/**
 * Which removals, revocations and demotions stand where people act at the same time (O5).
 *
 * The strongest is asked first. One stands unless a stronger one that stands strikes it, or strikes what gave its author the right to
 * it: a removed device cannot dodge its removal by sending a puppet, let in on a branch of the past, to remove others.
 */
import { apply, judge } from './authority.ts';
import { areConcurrent, compareStrength } from './known.ts';
import type { Known, OperationNode } from './known.ts';
import { add, has, numbersIn, setFor } from './number-set.ts';
import type { NumberSet } from './number-set.ts';
import { foldingOrder } from './order.ts';
import { at } from './shared-list.ts';
import { eachOf } from './view.ts';
import type { View } from './view.ts';

export interface Standing {
  /** Strongest first. */
  readonly strikes: readonly OperationNode[];
  /** What they strike; none of themselves. */
  readonly struck: NumberSet;
}

/** `from` is the fold of everything before `rest`. */
export function strikesThatStand(known: Known, from: View, rest: readonly OperationNode[]): Standing {
  const strikes: OperationNode[] = [];
  const struck = setFor(known.nodes.length);
  const candidates = rest.filter((node) => node.strike !== null).sort((one, other) => compareStrength(known, one, other));
  if (candidates.length === 0) return { strikes, struck };
  const byPerson = Map.groupBy(rest, (node) => node.author.person);
  const byDevice = Map.groupBy(rest, (node) => node.author.device);
  const stands = setFor(known.nodes.length);
  for (const strike of candidates) {
    if (has(struck, strike.number) || !isStillLawful(known, from, rest, strike, struck)) continue;
    strikes.push(strike);
    add(stands, strike.number);
    const target = strike.strike!;
    const hit = target.hits === 'device' ? byDevice.get(target.device) : byPerson.get(target.person);
    // What stood before it is the stronger.
    for (const node of hit ?? []) if (!has(stands, node.number) && strikesOut(strike, node)) add(struck, node.number);
  }
  return { strikes, struck };
}

/** What is done after a removal needs no striking: the fold knows its author is gone. */
export function strikesOut(one: OperationNode, other: OperationNode): boolean {
  const { strike } = one;
  if (strike === null) return false;
  const isHit =
    strike.hits === 'device'
      ? other.author.device === strike.device
      : other.author.person === strike.person && (strike.hits === 'person' || other.takesAdmin);
  return isHit && areConcurrent(one, other);
}

/** In what counted in its own view, less what is struck by now. */
function isStillLawful(
  known: Known,
  from: View,
  rest: readonly OperationNode[],
  strike: OperationNode,
  struck: NumberSet,
): boolean {
  const own = strike.view;
  if (own === null) throw new Error('A strike without its view');
  // Mostly none: who removes has seen nothing that a stronger one strikes.
  const lost = [...numbersIn(struck, strike.past)].filter((number) => at(own.verdicts, number) === 'counts');
  if (lost.length === 0) return true;
  const answers = asked.get(strike) ?? new Map<string, boolean>();
  asked.set(strike, answers);
  const question = lost.join();
  const before = answers.get(question);
  if (before !== undefined) return before;
  let view = from;
  const leading = rest.filter((one) => has(strike.past, one.number));
  const stood = new Set(eachOf(own.strikes));
  const first = leading.filter((one) => stood.has(one.number)).toSorted((one, other) => compareStrength(known, one, other));
  for (const node of foldingOrder(known, first, leading)) {
    if (at(own.verdicts, node.number) !== 'counts' || has(struck, node.number)) continue;
    if (judge(known, view, node.author, node.step) === null) view = apply(view, node);
  }
  const answer = judge(known, view, strike.author, strike.step) === null;
  answers.set(question, answer);
  return answer;
}

/** What was asked before, of the same losses; a cache. */
const asked = new WeakMap<OperationNode, Map<string, boolean>>();
