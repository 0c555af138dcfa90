/** models/meshlink is the rule: its card tells the truth, and its graph, its golden file and the app's code give the same numbers. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { isFeature } from '../../src/app/routing/link-features.ts';
import { partsOf, scoreOf } from '../../src/app/routing/rule.ts';
import { openEngine } from './engine.ts';
import { inOneRow, readModel } from './model-files.ts';

const files = readModel('meshlink');
const { card, golden, graph } = files;

const rule = ([rttMs, uptime, answered, carried]: readonly number[]): number =>
  scoreOf(partsOf({ rttMs: rttMs!, uptime: uptime!, answered: answered!, carried: carried! }));

test('the card has the hash and the length of the graph, and names only what the app can tell', () => {
  expect(createHash('sha256').update(graph).digest('hex')).toBe(card.sha256);
  expect(graph.length).toBe(card.bytes);
  expect(card.inputs.map(({ name }) => name).filter((name) => !isFeature(name))).toEqual([]);
});

test('the code agrees with the golden file', () => {
  expect(golden.rows.length).toBe(golden.scores.length);
  const off = golden.rows.map((row, at) => Math.abs(rule(row) - golden.scores[at]!));
  expect(Math.max(...off)).toBeLessThanOrEqual(1e-12);
});

test('the graph agrees with the code within 1e-6, on the golden rows and on 4,000 fresh ones', async () => {
  const engine = await openEngine(files);
  if (engine.state !== 'open') throw new Error(engine.why);
  const seed = Math.floor(Math.random() * 2 ** 31);
  const fresh = Array.from({ length: 4_000 }, (_, at) =>
    card.inputs.map(({ least, most }, column) => draw(seed, at, column, least, most)),
  );
  for (const rows of [golden.rows, fresh]) {
    const answer = await engine.predictor.score(inOneRow(rows), 10_000);
    if (answer.state !== 'scored') throw new Error(answer.why);
    const off = rows.map((row, at) => Math.abs(rule(row) - answer.scores[at]!));
    expect(Math.max(...off), `seed ${seed}`).toBeLessThanOrEqual(1e-6);
  }
  engine.predictor.close();
});

test('a graph that is not the one of the card is not loaded', async () => {
  const changed = graph.map((byte, at) => (at === 200 ? byte ^ 1 : byte));
  expect(await openEngine({ card, graph: changed })).toEqual({ state: 'refused', why: 'wrong-hash' });
});

test('a graph that the engine cannot read is refused, whatever its card says', async () => {
  const broken = graph.slice(0, 300);
  const sha256 = createHash('sha256').update(broken).digest('hex');
  expect(await openEngine({ card: { ...card, sha256 }, graph: broken })).toEqual({ state: 'refused', why: 'not-loaded' });
});

/** Every value of the card's range as often, round trips by their order of magnitude, and now and then the end of the range. */
function draw(seed: number, at: number, column: number, least: number, most: number): number {
  const luck = createHash('sha256').update(`${seed} ${at} ${column}`).digest().readUInt32BE(0) / 2 ** 32;
  if (luck < 0.02) return least;
  return Math.fround(most > 1 ? 10 ** (luck * Math.log10(most)) : luck);
}
