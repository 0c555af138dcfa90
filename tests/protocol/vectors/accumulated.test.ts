/** The first hundred of CCTV's accumulated ML-KEM-768 run; ten thousand are in test:deep. */
import { expect, test } from 'vitest';
import { nodeCryptoSuite } from '../../../src/adapters/node-crypto/suite.ts';
import { nobleSuite } from '../../../src/protocol/suite/noble.ts';
import { accumulate, accumulatedHashes } from './accumulated.ts';

test.each([nobleSuite, nodeCryptoSuite])('[suite] $name does 100 accumulated ML-KEM rounds as others do', (suite) => {
  expect(accumulate(suite, 100)).toBe(accumulatedHashes[100]);
});
