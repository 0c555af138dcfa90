/** The fold of a room’s operations is the same in every order, and what the rules say. */
import { describe, expect, test } from 'vitest';
import { isRefusal } from '../../../src/protocol/refusal.ts';
import { emptyGraph, insert, operationsOf, viewNow } from '../../../src/protocol/rooms/graph.ts';
import type { Graph } from '../../../src/protocol/rooms/graph.ts';
import type { Operation } from '../../../src/protocol/rooms/operation.ts';
import { at, entriesOf } from '../../../src/protocol/rooms/shared-list.ts';
import { createUnsafeCountedSuite } from '../../simulation/unsafe-counted-suite.ts';
import { digestOf } from './digest.ts';
import { createOracle } from './oracle.ts';
import { actorsOf, randomRoom, shuffled } from './random-graph.ts';
import { actorOf, diceOf, openPolicy, startMs, writingOf } from './stage.ts';

const suite = createUnsafeCountedSuite();
const actors = actorsOf(suite);
const fresh = `${Date.now()}`;

function graphOf(operations: readonly Operation[]): Graph {
  let graph = emptyGraph(operations.find((one) => one.act.kind === 'found')?.room ?? operations[0]!.room);
  for (const operation of operations) {
    const inserted = insert(suite, graph, operation, startMs);
    if (isRefusal(inserted)) throw new Error(`${operation.act.kind}: ${inserted.refused}`);
    graph = inserted.graph;
  }
  return graph;
}

/** What the oracle also tells. */
const shared = (graph: Graph): string => {
  const { name, members, epochs, removals, gone } = JSON.parse(digestOf(graph)) as Record<string, unknown> & {
    gone: { device: string; called: string; isRevoked: boolean }[];
  };
  const left = gone.map((one) => `${one.device} ${one.isRevoked ? 'revoked' : 'gone'} ${one.called}`).toSorted();
  return JSON.stringify({ name, members, epochs, removals, gone: left });
};

describe.each(['fixed', fresh])('seed %s', (seed) => {
  test('[O6] any order of the same operations gives the same room', () => {
    for (let run = 0; run < 60; run += 1) {
      const { operations } = randomRoom(suite, actors, `${seed} ${run}`, 6 + (run % 40));
      const wanted = digestOf(graphOf(operations));
      const dice = diceOf(`order ${seed} ${run}`);
      for (let order = 0; order < 4; order += 1) {
        const graph = graphOf(shuffled(operations, dice));
        expect([`run ${run}`, graph.waiting]).toEqual([`run ${run}`, []]);
        expect(graph.count).toBe(operations.length);
        expect([`run ${seed} ${run}`, digestOf(graph)]).toEqual([`run ${seed} ${run}`, wanted]);
      }
    }
  });

  test('[O3] [O5] [O6] the fold is what the rules say, read slowly', () => {
    for (let run = 0; run < 60; run += 1) {
      const { operations } = randomRoom(suite, actors, `slow ${seed} ${run}`, 4 + (run % 16));
      const oracle = createOracle(suite, operations);
      const graph = graphOf(operations);
      const ids = operations.map((one) => one.id);
      expect([`slow ${seed} ${run}`, shared(graph)]).toEqual([`slow ${seed} ${run}`, oracle.digest(ids)]);
      for (const { operation, place } of graph.known.nodes) expect(place).toBe(oracle.place(operation.id));
      const counted = oracle.counts(ids);
      for (const [number, verdict] of entriesOf(viewNow(graph).verdicts)) {
        const { operation } = graph.known.nodes[number]!;
        const where = `slow ${seed} ${run} ${operation.act.kind} ${verdict}`;
        expect([where, verdict === 'counts']).toEqual([where, counted.has(operation.id)]);
      }
      for (const number of graph.aside) expect(counted.has(graph.known.nodes[number]!.operation.id)).toBe(false);
    }
  });

  test('[O6] every order of six operations, from any beginning', () => {
    for (let run = 0; run < 6; run += 1) {
      const { operations, preamble } = randomRoom(suite, actors, `all ${seed} ${run}`, 6);
      const begun = graphOf(operations.slice(0, preamble));
      const digests = new Set<string>();
      for (const order of ordersOf(operations.slice(preamble))) {
        let graph = begun;
        for (const operation of order) {
          const inserted = insert(suite, graph, operation, startMs);
          if (!isRefusal(inserted)) graph = inserted.graph;
        }
        digests.add(digestOf(graph));
      }
      expect([`all ${seed} ${run}`, digests.size]).toEqual([`all ${seed} ${run}`, 1]);
    }
  });
});

test('an older state of a graph can be gone on from in another way', () => {
  const { operations } = randomRoom(suite, actors, 'fork', 24);
  const half = graphOf(operations.slice(0, 14));
  const before = digestOf(half);
  const whole = operations.slice(14).reduce((graph, one) => (insert(suite, graph, one, startMs) as { graph: Graph }).graph, half);
  const again = operations.slice(14).reduce((graph, one) => (insert(suite, graph, one, startMs) as { graph: Graph }).graph, half);
  expect(digestOf(half)).toBe(before);
  expect(digestOf(again)).toBe(digestOf(whole));
  expect(operationsOf(half)).toHaveLength(14);
  expect(at(viewNow(half).verdicts, 20)).toBeUndefined();
});

function* ordersOf<Item>(items: readonly Item[]): Generator<Item[]> {
  if (items.length === 0) yield [];
  for (const [place, item] of items.entries()) {
    for (const rest of ordersOf(items.toSpliced(place, 1))) yield [item, ...rest];
  }
}

test('[O6] what lay aside comes back with whoever is made an admin, as if it had come later', () => {
  const [founder, other, third, puppet] = ['founder', 'other', 'third', 'puppet'].map((name) => actorOf(suite, name));
  const writing = writingOf(suite, founder!, openPolicy);
  const first = writing.add(founder!, [writing.founding], other!);
  const second = writing.add(founder!, [first], third!);
  const admin = writing.promote(founder!, [second], other!);
  // Made by somebody who is removed beside it.
  const pretended = writing.promote(other!, [admin], third!);
  const removal = writing.remove(founder!, [admin], other!);
  const added = writing.add(third!, [pretended], puppet!);
  const { operation: invite } = writing.invite(puppet!, [added], 1);
  const made = writing.promote(founder!, [removal], third!);
  const before = [writing.founding, first, second, admin, pretended, removal];
  const digests = [
    [added, invite, made],
    [added, made, invite],
    [made, added, invite],
  ].map((end) => digestOf(graphOf([...before, ...end])));
  expect(new Set(digests).size).toBe(1);
  expect(digests[0]).toContain(invite.id);
});
