/**
 * A hundred thousand histories of rooms: more than fit one run. After its minutes (WAVU_ROOMS_MINUTES) it says how far it came, skips aloud,
 * and the next run goes on there with the same seed (WAVU_SEED, WAVU_ROOMS_FROM).
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createUnsafeCountedSuite } from '../simulation/unsafe-counted-suite.ts';
import { digestOf } from '../protocol/rooms/digest.ts';
import { modelOf } from '../protocol/rooms/model-runs.ts';
import { createOracle } from '../protocol/rooms/oracle.ts';
import { actorsOf, randomRoom, shuffled } from '../protocol/rooms/random-graph.ts';
import { diceOf, good, startMs } from '../protocol/rooms/stage.ts';
import { emptyGraph, insert, viewNow } from '../../src/protocol/rooms/graph.ts';
import { at } from '../../src/protocol/rooms/shared-list.ts';

/** Fewer only to try this file out. */
const histories = Number(process.env['WAVU_ROOMS'] ?? 100_000);
const minutes = Number(process.env['WAVU_ROOMS_MINUTES'] ?? 40);
const chunk = 100;
const place = '.cache/deep-rooms.json';
const { seed, from } = begun();

test(`[K4] [O6] ${histories} histories: nobody outside reads, nobody inside is stranded, no number serves twice`, ({ skip }) => {
  const endMs = performance.now() + minutes * 60_000;
  let [opened, removals, mostTags, mostSkipped] = [0, 0, 0, 0];
  const wrong: number[] = [];
  for (let run = from; run < histories; run += 1) {
    try {
      const result = modelOf(`${seed} ${run}`, run);
      opened += result.opened;
      removals += result.removals;
      mostTags = Math.max(mostTags, result.mostTags);
      mostSkipped = Math.max(mostSkipped, result.mostSkipped);
    } catch (error) {
      // The others are told too: a night is not to end at the first that is wrong.
      wrong.push(run);
      process.stderr.write(`rooms: ${run} of ${seed} is wrong: ${String(error)}\n`);
    }
    if ((run + 1) % chunk !== 0 && run + 1 !== histories) continue;
    remember(run + 1);
    process.stderr.write(
      `rooms: ${run + 1} of ${histories}, ${opened} opened, ${removals} removals, ${mostTags} tags, ${mostSkipped} skipped\n`,
    );
    if (run + 1 === histories || performance.now() < endMs) continue;
    expect(wrong).toEqual([]);
    skip(`${run + 1} of ${histories} so far, none wrong: run again to go on`);
  }
  remember(0);
  expect(wrong).toEqual([]);
});

test('[O3] [O5] [O6] the fold in any order is what the rules say, read slowly', ({ skip }) => {
  const endMs = performance.now() + minutes * 60_000;
  const suite = createUnsafeCountedSuite();
  const actors = actorsOf(suite);
  for (let run = 0; run < histories; run += 1) {
    const name = `${seed} fold ${run}`;
    const { operations } = randomRoom(suite, actors, name, 4 + (run % 24));
    const [{ room }] = operations as [(typeof operations)[number]];
    const graphs = [operations, shuffled(operations, diceOf(name))].map((order) =>
      order.reduce((graph, one) => good(insert(suite, graph, one, startMs)).graph, emptyGraph(room)),
    );
    expect([name, digestOf(graphs[1]!)]).toEqual([name, digestOf(graphs[0]!)]);
    const counted = createOracle(suite, operations).counts(operations.map((one) => one.id));
    const view = viewNow(graphs[0]!);
    const wrong = graphs[0]!.known.nodes.filter(
      (node) => (at(view.verdicts, node.number) === 'counts') !== counted.has(node.operation.id),
    );
    expect([name, ...wrong.map((node) => node.operation.act.kind)]).toEqual([name]);
    if ((run + 1) % 1_000 !== 0) continue;
    process.stderr.write(`folds: ${run + 1} of ${histories}\n`);
    if (run + 1 < histories && performance.now() > endMs) skip(`${run + 1} of ${histories}, none wrong: the others were left`);
  }
});

function begun(): { seed: string; from: number } {
  const given = process.env['WAVU_SEED'];
  if (given !== undefined) return { seed: given, from: Number(process.env['WAVU_ROOMS_FROM'] ?? 0) };
  try {
    const kept = JSON.parse(readFileSync(place, 'utf8')) as { seed: string; from: number };
    if (kept.from > 0 && kept.from < histories) return kept;
  } catch {
    // Nothing was begun.
  }
  return { seed: `deep-${Date.now()}`, from: 0 };
}

function remember(next: number): void {
  mkdirSync('.cache', { recursive: true });
  writeFileSync(place, JSON.stringify({ seed, from: next }));
}
