/** A million questions to both suites, ten thousand rounds of ML-KEM as other implementations do them, and whole rooms under both. */
import { expect, test } from 'vitest';
import { nodeCryptoSuite } from '../../src/adapters/node-crypto/suite.ts';
import { nobleSuite } from '../../src/protocol/suite/noble.ts';
import { compareSuites } from '../protocol/differential.ts';
import type { Primitive } from '../protocol/differential.ts';
import { accumulate, accumulatedHashes } from '../protocol/vectors/accumulated.ts';
import { runBoth } from '../simulation/both-suites.ts';
import { members } from '../simulation/members.ts';

/** A million in all; the slow ones less often. */
const cases: Readonly<Record<Primitive, number>> = {
  hash: 200_000,
  mac: 150_000,
  kdf: 150_000,
  seal: 120_000,
  open: 130_000,
  dh: 60_000,
  dhPublic: 20_000,
  verify: 60_000,
  sign: 20_000,
  signPublic: 10_000,
  kemPublic: 20_000,
  encapsulate: 20_000,
  decapsulate: 40_000,
};
const chunk = 10_000;
const seed = process.env['WAVU_SEED'] ?? `deep-${Math.floor(Math.random() * 1e9)}`;

test.each(Object.entries(cases) as [Primitive, number][])(
  '[suite] noble and node-crypto agree on %s, %i cases',
  (primitive, count) => {
    const startMs = performance.now();
    let [asked, good] = [0, 0];
    // Each chunk has a seed of its own, so a difference can be asked again alone.
    for (let at = 0; asked < count; at += 1) {
      const answers = compareSuites(
        nobleSuite,
        nodeCryptoSuite,
        nodeCryptoSuite,
        primitive,
        `${seed}/${at}`,
        Math.min(chunk, count - asked),
      );
      expect(answers.differing, `seed ${seed}/${at}`).toEqual([]);
      [asked, good] = [asked + answers.asked, good + answers.good];
      process.stderr.write(`${primitive}: ${asked} of ${count}\n`);
    }
    const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
    process.stderr.write(`${primitive}: ${asked} asked, ${good} good, 0 differing, ${seconds} s, seed ${seed}\n`);
    expect(good).toBeGreaterThan(count / 10);
  },
);

test('[suite] the cases are a million', () => {
  expect(Object.values(cases).reduce((sum, count) => sum + count)).toBe(1_000_000);
});

test.each([nobleSuite, nodeCryptoSuite])('[suite] $name does 10,000 accumulated ML-KEM rounds as others do', (suite) => {
  expect(accumulate(suite, 10_000)).toBe(accumulatedHashes[10_000]);
});

test('counted and node-crypto are one run of a room of eight with a guest, 20 seeds', async () => {
  for (let run = 1; run <= 20; run += 1) {
    const { real, firstDifference } = await runBoth(members, { nodes: 8, seed: `${seed}/${run}` });
    expect({ seed: `${seed}/${run}`, firstDifference }).toEqual({ seed: `${seed}/${run}`, firstDifference: null });
    process.stderr.write(`rooms of eight: ${run} of 20, ${real.length} lines alike\n`);
  }
});
