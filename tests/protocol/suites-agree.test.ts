/** The suites are one: the same answers, byte for byte and refusal for refusal. A million cases are in test:deep. */
import crypto from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { expect, test } from 'vitest';
import { nodeCryptoSuite } from '../../src/adapters/node-crypto/suite.ts';
import { nobleSuite } from '../../src/protocol/suite/noble.ts';
import { compareSuites, primitives } from './differential.ts';
import { cctvSignatures } from './vectors/curves.ts';
import { readVectors, whyNoVectors } from './vectors/vector-files.ts';

const freshSeed = `fresh-${Math.floor(Math.random() * 1e9)}`;
const cases = 300;

for (const seed of ['fixed', freshSeed]) {
  test.each(primitives)(`[suite] noble and node-crypto agree on %s, ${cases} cases, seed ${seed}`, (primitive) => {
    const { differing, good } = compareSuites(nobleSuite, nodeCryptoSuite, nodeCryptoSuite, primitive, seed, cases);
    expect(differing).toEqual([]);
    expect(good).toBeGreaterThan(cases / 10);
  });
}

test('[suite] node-crypto does its own ML-KEM where this Node has it', ({ skip }) => {
  if (typeof crypto.decapsulate !== 'function') return skip(`Node ${process.version} has no ML-KEM`);
  expect(nodeCryptoSuite.decapsulate).not.toBe(nobleSuite.decapsulate);
  expect(nodeCryptoSuite.kemPublic).not.toBe(nobleSuite.kemPublic);
});

test('[suite] what comes out is a plain array: slice copies, and nothing else lies behind it', () => {
  for (const suite of [nobleSuite, nodeCryptoSuite]) {
    const k = new Uint8Array(32).fill(1);
    const made = suite.encapsulate(suite.kemPublic(new Uint8Array(64)), k);
    const sealed = suite.seal(k, k.subarray(0, 12), k, k);
    const all = [
      ...[suite.hash(k), suite.mac(k, k), suite.kdf(k, k, k, 40), suite.kdf(k, k, new Uint8Array(2_000), 40), suite.dhPublic(k)],
      ...[suite.dh(k, suite.dhPublic(k)), suite.kemPublic(new Uint8Array(64)), made?.ciphertext, made?.shared],
      ...[suite.signPublic(k), suite.sign(k, k), sealed, suite.open(k, k.subarray(0, 12), sealed, k)],
    ];
    for (const bytes of all) expect(bytes?.constructor).toBe(Uint8Array);
    for (const bytes of all) expect(bytes?.buffer.byteLength).toBeLessThan((bytes?.length ?? 0) + 64);
  }
});

// When this one fails, noble has become cofactorless and our own verify has served its time.
test("[suite] noble's own strict verify takes signatures that OpenSSL refuses", async ({ skip }) => {
  if (whyNoVectors !== null) return skip(whyNoVectors);
  const residue = (await cctvSignatures(readVectors)).filter(({ name }) => !/low_order_[AR]|non_canonical/.test(name));
  const taken = residue.filter(({ key, bytes, signature }) => ed25519.verify(signature, bytes, key, { zip215: false }));
  const good = residue.filter(({ isGood }) => isGood);
  process.stderr.write(
    `CCTV: of ${residue.length} without small order, ${good.length} are good and noble's verify takes ${taken.length}\n`,
  );
  expect(taken.length).toBeGreaterThan(good.length);
});
