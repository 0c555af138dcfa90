/** Two devices through whatever a network and a battery can do to them. A thousand schedules are in test:deep. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nodeCryptoSuite } from '../../../src/adapters/node-crypto/suite.ts';
import { createUnsafeCountedSuite } from '../../simulation/unsafe-counted-suite.ts';
import { schedules } from './events.ts';
import { play, playMany } from './schedule.ts';
import type { Event } from './schedule.ts';

const freshSeed = Math.floor(Math.random() * 2 ** 31);

test.each([20_261_120, freshSeed])('no key twice, no envelope twice, no message lost: schedules of seed %i', (seed) => {
  const counts = playMany(createUnsafeCountedSuite, seed, 5);
  process.stderr.write(`schedules, unsafe-counted, seed ${seed}: ${JSON.stringify(counts)}\n`);
  // Else the schedules tried too little.
  expect(counts.crashes).toBeGreaterThan(5);
  expect(counts.sessions).toBeGreaterThan(counts.runs);
  if (seed !== freshSeed) expect(counts.epochs).toBeGreaterThan(0);
});

test('the same with real cryptography', () => {
  const [events] = fc.sample(schedules(200, 200), { numRuns: 1, seed: 1 });
  expect(play({ suite: nodeCryptoSuite, seed: 'real', events: events!, crashes: 0.02 }).written).toBeGreaterThan(10);
});

test('crossed from the first word: both are received, and all arrives', () => {
  // Both write before anything is delivered.
  const crossed: readonly Event[] = [0, 1, 0, 1].map((pick) => ({ what: 'write', pick }));
  for (const [at, more] of fc.sample(schedules(60, 60), { numRuns: 6, seed: 2 }).entries())
    expect(
      play({ suite: createUnsafeCountedSuite(), seed: `crossed ${at}`, events: [...crossed, ...more], crashes: 0 }).sessions,
    ).toBeGreaterThan(1);
});

test('unsafe-counted and node-crypto deliver alike: numbers, order, refusals and sizes on 20 seeds', () => {
  // Which of two crossed sessions is chosen hangs on a hash, which is another in each suite: so one side begins here.
  const met: readonly Event[] = [
    { what: 'write', pick: 0 },
    { what: 'deliver', pick: 0 },
    { what: 'deliver', pick: 0 },
  ];
  const drawn = fc.sample(schedules(80, 80, ['reset', 'burst']), { numRuns: 20, seed: 3 });
  let lines = 0;
  for (const [at, more] of drawn.entries()) {
    const [counted, real] = [createUnsafeCountedSuite(), nodeCryptoSuite].map((suite) =>
      play({ suite, seed: `alike ${at}`, events: [...met, ...more], crashes: 0.01, calmEvents: met.length }),
    );
    expect(counted!.trace).toEqual(real!.trace);
    lines += real!.trace.length;
  }
  process.stderr.write(`delivery traces alike on ${drawn.length} seeds, ${lines} lines\n`);
  expect(lines).toBeGreaterThan(2_000);
});
