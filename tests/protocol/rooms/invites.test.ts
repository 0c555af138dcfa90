/** Which invites let people in, and since when the others do not. */
import { expect, test } from 'vitest';
import { hasExpired } from '../../../src/protocol/hour.ts';
import { emptyGraph, insert, leadsTo } from '../../../src/protocol/rooms/graph.ts';
import type { Graph } from '../../../src/protocol/rooms/graph.ts';
import { invitesOf } from '../../../src/protocol/rooms/invites.ts';
import type { Operation } from '../../../src/protocol/rooms/operation.ts';
import { summaryOf } from '../../../src/protocol/rooms/summary.ts';
import { createUnsafeCountedSuite } from '../../simulation/unsafe-counted-suite.ts';
import { actorsOf, randomRoom } from './random-graph.ts';
import { actorOf, adminPolicy, good, hourMs, startMs, writingOf } from './stage.ts';
import type { Actor, Writing } from './stage.ts';

const suite = createUnsafeCountedSuite();
const [founder, bob, carol] = ['founder', 'bob', 'carol'].map((name) => actorOf(suite, name)) as [Actor, Actor, Actor];

const graphOf = (operations: readonly Operation[]): Graph =>
  operations.reduce((graph, one) => good(insert(suite, graph, one, startMs)).graph, emptyGraph(operations[0]!.room));

/** A room of three, an invite of Bob's with so many uses, and what comes after it. */
function story(uses: number): { writing: Writing; all: Operation[]; invite: ReturnType<Writing['invite']> } {
  const writing = writingOf(suite, founder, adminPolicy);
  const all = [writing.founding];
  for (const who of [bob, carol]) all.push(writing.add(founder, [all.at(-1)!], who));
  const invite = writing.invite(bob, [all.at(-1)!], uses);
  all.push(invite.operation);
  return { writing, all, invite };
}

const endedAfter = (operations: readonly Operation[], nowMs = startMs): number | null | undefined =>
  invitesOf(graphOf(operations), nowMs)[0]?.endedMs;

test('[O7] [F5] an invite ends with the first that ends it, at the hour that operation says', () => {
  const { writing, all, invite } = story(0);
  const [last] = all.slice(-1) as [Operation];
  expect(endedAfter(all)).toBe(null);
  const withdrawn = writing.by(bob, [last], { kind: 'withdraw', invite: invite.operation.id }, startMs + 5);
  expect(endedAfter([...all, withdrawn])).toBe(startMs + 5);
  const removal = (atMs: number): Operation =>
    writing.by(founder, [last], { kind: 'remove', person: carol.person.id, lasts: [] }, atMs);
  expect(endedAfter([...all, removal(startMs + 7)])).toBe(startMs + 7);
  expect(endedAfter([...all, withdrawn, removal(startMs + 3)])).toBe(startMs + 3);
  expect(endedAfter([...all, writing.by(bob, [last], { kind: 'leave' }, startMs + 9)])).toBe(startMs + 9);
  // Somebody else's going ends nothing by itself.
  expect(endedAfter([...all, writing.by(carol, [last], { kind: 'leave' }, startMs + 9)])).toBe(null);
  // One that was made after a removal knows of it.
  const gone = removal(startMs);
  const later = writing.invite(bob, [gone], 0);
  const both = invitesOf(graphOf([...all, gone, later.operation]), startMs);
  expect(both.map(({ operation, endedMs }) => [operation, endedMs])).toEqual([
    [invite.operation.id, startMs],
    [later.operation.id, null],
  ]);
});

test('[O7] used up, it ends with the last that came by it', () => {
  const { writing, all, invite } = story(2);
  const [first, second] = ['dave', 'eve'].map((name) => actorOf(suite, name)) as [Actor, Actor];
  const one = writing.add(founder, all.slice(-1), first, invite);
  expect(endedAfter([...all, one])).toBe(null);
  const two = writing.add(carol, [one], second, invite);
  expect(endedAfter([...all, one, two])).toBe(startMs);
});

test('[F4] expired, it ends a day after its hour', () => {
  const { all } = story(0);
  const hour = Math.floor(startMs / hourMs + 48);
  const endMs = (hour + 25) * hourMs;
  expect([hasExpired(hour, endMs - 1), endedAfter(all, endMs - 1)]).toEqual([false, null]);
  expect([hasExpired(hour, endMs), endedAfter(all, endMs + 9)]).toEqual([true, endMs]);
});

// The second found an invite of who had left elsewhere, and was in again.
test.each(['fixed', '1795209860186', `${Date.now()}`])(
  '[O7] in any room those stand that could still let somebody in, seed %s',
  (seed) => {
    const actors = actorsOf(suite);
    let count = 0;
    for (let run = 0; run < 60; run += 1) {
      const graph = graphOf(randomRoom(suite, actors, `${seed} invites ${run}`, 10 + run).operations);
      const { invites, removals } = summaryOf(graph);
      const isSafe = (invite: Operation['id']): boolean => removals.every((removal) => leadsTo(graph, removal, invite));
      const wanted = invites.flatMap(({ operation, left }) => (left !== 0 && isSafe(operation) ? [operation] : []));
      const standing = invitesOf(graph, startMs).flatMap(({ operation, endedMs }) => (endedMs === null ? [operation] : []));
      expect([run, standing]).toEqual([run, wanted]);
      count += invitesOf(graph, startMs).length;
    }
    expect(count).toBeGreaterThan(60);
  },
);
