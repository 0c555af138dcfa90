/** The invites of a room: which of them let people in, and since when the others do not (O7). */
import { endsMs, hasExpired } from '../hour.ts';
import type { OperationId, PersonId } from '../ids.ts';
import { viewNow } from './graph.ts';
import type { Graph } from './graph.ts';
import type { OperationNode } from './known.ts';
import { has } from './number-set.ts';
import { at, entriesOf } from './shared-list.ts';
import { eachOf } from './view.ts';
import type { OpenInvite } from './view.ts';

export interface Invite {
  readonly operation: OperationId;
  readonly by: PersonId;
  /** The public half of its secret (F1). */
  readonly key: Uint8Array;
  /** By the clock of whoever ended it; null while it stands. */
  readonly endedMs: number | null;
}

/** In the order they were taken. */
export function invitesOf(graph: Graph, nowMs: number): readonly Invite[] {
  const { nodes, persons } = graph.known;
  const view = viewNow(graph);
  const removals = [...eachOf(view.removals)].map((number) => nodes[number]!);
  const counted = nodes.slice(0, graph.count).filter(({ number }) => at(view.verdicts, number) === 'counts');

  const endsOf = (invite: OperationNode, { person, membership, left, expiresHour }: OpenInvite): readonly number[] => {
    // Whoever was put out may know the secret.
    const removed = removals.filter(({ number }) => !has(invite.past, number));
    // A leave that the maker said elsewhere may have ended another membership of theirs.
    const isOver = at(view.members, person)?.since !== membership;
    const done = counted.filter(({ number, step, author }) => {
      if (step.kind === 'withdraw') return step.invite === invite.number;
      return isOver && step.kind === 'leave' && author.person === person && !has(invite.past, number);
    });
    const uses = left === 0 ? counted.filter(({ step }) => step.kind === 'add' && step.invite === invite.number) : [];
    return [
      ...[...removed, ...done].map(atMsOf),
      ...(uses.length > 0 ? [Math.max(...uses.map(atMsOf))] : []),
      ...(hasExpired(expiresHour, nowMs) ? [endsMs(expiresHour)] : []),
    ];
  };

  return [...entriesOf(view.invites)].map(([number, open]) => {
    const node = nodes[number]!;
    const ends = endsOf(node, open);
    const endedMs = ends.length === 0 ? null : Math.min(...ends);
    return { operation: node.operation.id, by: persons.ids[open.person]!, key: open.key, endedMs };
  });
}

const atMsOf = ({ operation }: OperationNode): number => operation.atMs;
