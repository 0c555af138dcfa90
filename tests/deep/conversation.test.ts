/** Conversations of two at length: a million spoiled inputs, a thousand schedules, and what the cryptography costs beside its parts. */
import { expect, test } from 'vitest';
import { nodeCryptoSuite } from '../../src/adapters/node-crypto/suite.ts';
import { nobleSuite } from '../../src/protocol/suite/noble.ts';
import { measure } from '../protocol/conversation/cost.ts';
import { conversationDecoders } from '../protocol/conversation/fuzz.ts';
import { playMany } from '../protocol/conversation/schedule.ts';
import { fuzz } from '../protocol/fuzz.ts';
import { createUnsafeCountedSuite } from '../simulation/unsafe-counted-suite.ts';

const seed = Number(process.env['WAVU_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const decoders = conversationDecoders();
const spoiled = 1_000_000;

test.each(decoders.map((decoder) => [decoder.name, decoder] as const))(`[E1] %s, seed ${seed}`, (name, decoder) => {
  const count = Math.ceil(spoiled / decoders.length);
  const startedMs = performance.now();
  const taken = fuzz(decoder, count, seed);
  process.stderr.write(`${name}: ${count} spoiled, ${taken} taken, ${((performance.now() - startedMs) / 1_000).toFixed(1)} s\n`);
});

test.each(conversationDecoders(nodeCryptoSuite).map((decoder) => [decoder.name, decoder] as const))(
  `[E1] %s with real cryptography, seed ${seed}`,
  (_, decoder) => {
    fuzz(decoder, 10_000, seed);
  },
);

test(`a thousand schedules, 1 in 50 with real cryptography, seed ${seed}`, () => {
  const counted = playMany(createUnsafeCountedSuite, seed, 980);
  process.stderr.write(`unsafe-counted: ${JSON.stringify(counted)}\n`);
  process.stderr.write(`node-crypto: ${JSON.stringify(playMany(() => nodeCryptoSuite, seed + 1, 20))}\n`);
  expect(counted.crashes).toBeGreaterThan(1_000);
});

test.each([nobleSuite, nodeCryptoSuite])('[B11] what a conversation costs beside the bare primitives, $name', (suite) => {
  const cost = measure(suite, 60);
  process.stderr.write(`${suite.name}: ${JSON.stringify(cost)}\n`);
  expect(cost.firstContactMs).toBeLessThan(15);
  expect(cost.handshakeTimes).toBeLessThan(1.15);
  // Node hands fresh arrays to OpenSSL more slowly than those it was handed before, which is all that the bare calls have.
  expect(cost.messageTimes).toBeLessThan(suite.name === 'noble' ? 1.3 : 1.5);
});
