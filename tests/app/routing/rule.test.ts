/** What is known of a link, what the rule makes of it, and when a model has its say. */
import { describe, expect, test } from 'vitest';
import { createPredictor } from '../../../src/adapters/memory/predictor.ts';
import { createWorld } from '../../../src/adapters/memory/world.ts';
import { createLinkBook } from '../../../src/app/routing/link-book.ts';
import type { LinkBook } from '../../../src/app/routing/link-book.ts';
import { bestFew, partsOf, scoreOf } from '../../../src/app/routing/rule.ts';
import { createScores } from '../../../src/app/routing/scores.ts';
import { parsePeerId } from '../../../src/protocol/ids.ts';
import type { PeerId } from '../../../src/protocol/ids.ts';

const peer = (at: number): PeerId => parsePeerId(`peer${at.toString().padStart(8, '0')}`)!;
const one = peer(1);

function createBook(): { readonly book: LinkBook; readonly pass: (ms: number) => void; readonly ticksMs: () => number } {
  let nowMs = 0;
  const ticksMs = (): number => nowMs;
  return { book: createLinkBook(ticksMs), ticksMs, pass: (ms) => void (nowMs += ms) };
}

describe('the rule', () => {
  test('is 0.3 latency + 0.15 uptime + 0.3 reliability + 0.25 route success', () => {
    const part = { latency: 0, uptime: 0, reliability: 0, success: 0 };
    expect(scoreOf({ ...part, latency: 1 })).toBeCloseTo(0.3, 12);
    expect(scoreOf({ ...part, uptime: 1 })).toBeCloseTo(0.15, 12);
    expect(scoreOf({ ...part, reliability: 1 })).toBeCloseTo(0.3, 12);
    expect(scoreOf({ ...part, success: 1 })).toBeCloseTo(0.25, 12);
  });

  test('takes a round trip for 1 at once, for half at 100 ms, and for half while nobody knows', () => {
    const latency = (rttMs: number): number => partsOf({ rttMs, uptime: 0, answered: 0, carried: 0 }).latency;
    expect([0, 100, 900, -1].map(latency)).toEqual([1, 0.5, 0.1, 0.5]);
  });

  test('takes a link of which nothing is known for half of the best', () => {
    const { book } = createBook();
    book.opened(one, 'direct');
    expect(scoreOf(partsOf(book.features(one)!))).toBeCloseTo(0.5, 12);
  });
});

test.each([
  ['one that is clearly good goes alone', [0.4, 0.9, 0.8], 1, [0.9]],
  ['two make up for each other', [0.6, 0.5, 0.55], 1, [0.6, 0.55]],
  ['of those that nobody knows two go', [0.5, 0.5, 0.5, 0.5], 1, [0.5, 0.5]],
  ['weak ones go by three, and never by more', [0.2, 0.3, 0.1, 0.3], 1, [0.3, 0.3, 0.2]],
  ['what did not arrive goes by two, be the first ever so good', [0.4, 0.99], 2, [0.99, 0.4]],
  ['of one there is one', [0.2], 2, [0.2]],
  ['of none none', [], 1, []],
])('copies by score: %s', (_name, scores, least, wanted) => {
  expect(bestFew(scores, (value) => value, least)).toEqual(wanted);
});

describe('what is known of a link', () => {
  test('round trips are smoothed at two rates, with their spread and their age', () => {
    const { book, pass } = createBook();
    book.opened(one, 'direct');
    book.measured(one, 100);
    book.measured(one, 200);
    pass(5_000);
    const known = book.features(one)!;
    expect(known.rttMs).toBeCloseTo(130, 9);
    expect(known.rttFastMs).toBeCloseTo(170, 9);
    expect(known.rttLastMs).toBe(200);
    expect(known.rttDeviationMs).toBeCloseTo(Math.sqrt(0.3 * 100 ** 2), 9);
    expect([known.rttAgeMs, known.openMs, known.isDirect]).toEqual([5_000, 5_000, 1]);
  });

  test('outcomes keep 0.7 of what was', () => {
    const { book } = createBook();
    book.opened(one, 'relay');
    book.answered(one, true);
    book.carried(one, 'refused');
    book.handed(one, true);
    book.handed(one, false);
    const known = book.features(one)!;
    expect(known.answered).toBeCloseTo(0.65, 12);
    expect(known.carried).toBeCloseTo(0.35, 12);
    expect(known.full).toBeCloseTo(0.21, 12);
    expect(known.isDirect).toBe(0);
  });

  test('uptime is the share of the time since we met, and who comes back is known', () => {
    const { book, pass } = createBook();
    book.opened(one, 'direct');
    book.answered(one, false);
    pass(570_000);
    book.closed(one);
    expect(book.features(one)).toBeNull();
    pass(570_000);
    book.opened(one, 'direct');
    const known = book.features(one)!;
    expect(known.uptime).toBeCloseTo(0.5, 12);
    expect(known.answered).toBeCloseTo(0.35, 12);
    expect(known.openMs).toBe(0);
  });

  test('of ten thousand that came and went few are remembered, and those that stand are', () => {
    const { book } = createBook();
    book.opened(one, 'direct');
    book.answered(one, false);
    for (let at = 2; at < 10_000; at += 1) {
      book.opened(peer(at), 'direct');
      book.answered(peer(at), false);
      book.closed(peer(at));
    }
    expect(book.standing()).toEqual([one]);
    expect(book.features(one)?.answered).toBeCloseTo(0.35, 12);
    // The latest gone is known, the longest gone is new.
    book.opened(peer(9_999), 'direct');
    book.opened(peer(2), 'direct');
    expect([book.features(peer(9_999))?.answered, book.features(peer(2))?.answered]).toEqual([0.35, 0.5]);
  });
});

describe('a model', () => {
  const start = (takesMs: number, inputs: readonly string[] = ['rttMs', 'isDirect']) => {
    const world = createWorld({ seed: 'model' });
    const { clock } = world.node('device').start();
    const book = createLinkBook(clock.ticksMs);
    let changes = 0;
    const scores = createScores(clock.ticksMs, book, () => (changes += 1));
    const rows: number[][] = [];
    const predictor = createPredictor(clock, {
      name: 'test',
      inputs,
      takesMs,
      scoreRow: (row) => {
        rows.push([...row]);
        return row[0]! / 1_000;
      },
    });
    book.opened(one, 'direct');
    book.measured(one, 250);
    return { world, book, scores, predictor, rows, changes: () => changes };
  };

  test('changes nothing about what is not known yet', () => {
    const { book, scores } = start(5);
    const parts = (of: PeerId) => scores.of(of)?.parts;
    book.opened(peer(2), 'direct');
    expect(parts(peer(2))).toEqual({ latency: null, uptime: 0.5, reliability: null, success: null });
    book.opened(peer(3), 'direct');
    book.measured(peer(3), 100);
    book.answered(peer(3), true);
    expect(parts(peer(3))?.reliability).toBeCloseTo(0.65, 12);
    expect([parts(peer(3))?.latency, parts(peer(3))?.success]).toEqual([0.5, null]);
  });

  test('has its say from its first answer on, for all links in one batch of what its card names', async () => {
    const { world, book, scores, predictor, rows, changes } = start(5);
    book.opened(peer(2), 'relay');
    expect(scores.of(one)?.by).toBe('rule');
    scores.use(predictor);
    const before = changes();
    expect(scores.of(one)?.by).toBe('rule');
    await world.runFor(10);
    expect(changes()).toBe(before + 1);
    expect([scores.of(one)?.by, scores.of(one)?.value]).toEqual(['model', 0.25]);
    expect(scores.of(peer(2))?.by).toBe('model');
    expect(rows).toEqual([
      [250, 1],
      [-1, 0],
    ]);
    expect(scores.of(one)?.parts.latency).toBeCloseTo(100 / 350, 12);
  });

  test('that answers too late leaves the rule to decide', async () => {
    const { world, scores, predictor } = start(5_000);
    scores.use(predictor);
    scores.of(one);
    await world.runFor(10_000);
    expect(scores.of(one)?.by).toBe('rule');
  });

  test('that is switched off says nothing more, also not what it was asked before', async () => {
    const { world, scores, predictor } = start(5);
    scores.use(predictor);
    scores.of(one);
    await world.runFor(10);
    expect(scores.of(one)?.by).toBe('model');
    await world.runFor(2_000);
    scores.of(one);
    scores.use(null);
    expect(scores.of(one)?.by).toBe('rule');
    await world.runFor(10);
    expect(scores.of(one)?.by).toBe('rule');
  });

  test('that wants to know what this app cannot tell is not asked', async () => {
    const { world, scores, predictor, rows } = start(5, ['rttMs', 'moonPhase']);
    scores.use(predictor);
    scores.of(one);
    await world.runFor(10);
    expect([scores.of(one)?.by, rows]).toEqual(['rule', []]);
  });
});
