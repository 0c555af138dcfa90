/** One of many histories, and what must hold in each. */
import { expect } from 'vitest';
import { nodeCryptoSuite } from '../../../src/adapters/node-crypto/suite.ts';
import { createUnsafeCountedSuite } from '../../simulation/unsafe-counted-suite.ts';
import { runModel } from './room-model.ts';
import type { ModelResult } from './room-model.ts';

/** Real cryptography for one in fifty. */
export function modelOf(seed: string, run: number): ModelResult {
  const suite = run % 50 === 0 ? nodeCryptoSuite : createUnsafeCountedSuite();
  const result = runModel(suite, { seed, members: 2 + (run % 7), steps: 40 + (run % 5) * 20 });
  expectGood(result, seed);
  return result;
}

export function expectGood({ trace, ...result }: ModelResult, seed: string): void {
  const { sealed, opened, removals, mostTags, ...rest } = result;
  expect({ seed, ...rest, mostSkipped: 0 }).toEqual({
    seed,
    readByOutsiders: 0,
    readFromBefore: 0,
    usedTwice: 0,
    uncounted: 0,
    stranded: [],
    digests: 1,
    choices: 1,
    mostSkipped: 0,
  });
  expect(rest.mostSkipped).toBeLessThanOrEqual(2_000);
  expect(trace.length + sealed + opened + removals + mostTags).toBeGreaterThan(0);
}
