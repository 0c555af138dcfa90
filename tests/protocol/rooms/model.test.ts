/** The full count is in tests/deep. */
import { describe, expect, test } from 'vitest';
import { nodeCryptoSuite } from '../../../src/adapters/node-crypto/suite.ts';
import { createUnsafeCountedSuite } from '../../simulation/unsafe-counted-suite.ts';
import { expectGood, modelOf } from './model-runs.ts';
import { runModel } from './room-model.ts';

const fresh = `${Date.now()}`;

describe.each(['fixed', fresh])('seed %s', (seed) => {
  test(
    '[K1] [K2] [K4] [K10] [O6] nobody outside reads, nobody inside is stranded, no number serves twice',
    { timeout: 60_000 },
    () => {
      let opened = 0;
      for (let run = 0; run < 15; run += 1) opened += modelOf(`${seed} ${run}`, run).opened;
      expect(opened).toBeGreaterThan(300);
    },
  );
});

test('[K8] histories after which nobody could give a newcomer the keys of the others', { timeout: 60_000 }, () => {
  modelOf('deep-2026-11-20-a 2421', 2_421);
  modelOf('deep-2026-11-20-b 1241', 1_241);
});

test('[K1] [K4] a room of forty', { timeout: 60_000 }, () => {
  const result = runModel(createUnsafeCountedSuite(), { seed: 'forty', members: 40, steps: 25 });
  expectGood(result, 'forty');
  expect(result.opened).toBeGreaterThan(100);
});

test('the counted suite and real cryptography give the same history, seed by seed', { timeout: 60_000 }, () => {
  for (let run = 0; run < 20; run += 1) {
    const options = { seed: `trace ${run}`, members: 2 + (run % 3), steps: 18 };
    const [counted, real] = [runModel(createUnsafeCountedSuite(), options), runModel(nodeCryptoSuite, options)];
    // Ids differ, and with them which of two equals is the lower: the schedules say nothing of those.
    expect(real.trace.length).toBeGreaterThan(0);
    expect([options.seed, real.trace]).toEqual([options.seed, counted.trace]);
  }
});
