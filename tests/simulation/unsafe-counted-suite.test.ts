/** The counted suite behaves as the real ones, costs next to nothing, and counts what it did. */
import { expect, test } from 'vitest';
import { nodeCryptoSuite } from '../../src/adapters/node-crypto/suite.ts';
import { nobleSuite } from '../../src/protocol/suite/noble.ts';
import { sizes } from '../../src/protocol/suite/suite.ts';
import type { Suite } from '../../src/protocol/suite/suite.ts';
import { outcomesOf, primitives } from '../protocol/differential.ts';
import { createUnsafeCountedSuite } from './unsafe-counted-suite.ts';
import type { Operation } from './unsafe-counted-suite.ts';

const bytes = (length: number, seed: number): Uint8Array => new Uint8Array(length).map((_, at) => (at * 31 + seed * 17) & 255);
const flipped = (given: Uint8Array, at: number): Uint8Array => given.map((byte, place) => (place === at ? byte ^ 1 : byte));
// The other two ask about points and coefficients, which stand-ins do not have; they follow below.
const comparable = primitives.filter((primitive) => primitive !== 'verify' && primitive !== 'encapsulate');

test.each(comparable)('[suite] what the real suites refuse or throw at, the counted one does: %s', (primitive) => {
  const cases = 300;
  expect(outcomesOf(createUnsafeCountedSuite(), primitive, 'fixed', cases)).toEqual(
    outcomesOf(nodeCryptoSuite, primitive, 'fixed', cases),
  );
});

test('[suite] counted sizes are the real ones', () => {
  const lengthsOf = (suite: Suite): readonly (number | undefined)[] => {
    const k = bytes(32, 1);
    const made = suite.encapsulate(suite.kemPublic(bytes(64, 2)), k);
    return [
      ...[suite.hash(k), suite.mac(k, k), suite.kdf(k, k, k, 77), suite.dhPublic(k), suite.dh(k, suite.dhPublic(bytes(32, 2)))],
      ...[suite.kemPublic(bytes(64, 2)), made?.ciphertext, made?.shared, suite.signPublic(k), suite.sign(k, k)],
      suite.seal(k, bytes(12, 1), bytes(50, 1), k),
    ].map((each) => each?.length);
  };
  expect(lengthsOf(createUnsafeCountedSuite())).toEqual(lengthsOf(nobleSuite));
});

test('[suite] counted dh commutes, kem agrees, and a wrong ciphertext gives another secret', () => {
  const suite = createUnsafeCountedSuite();
  for (let seed = 0; seed < 200; seed += 1) {
    const [ours, theirs] = [bytes(32, seed), bytes(32, seed + 1_000)];
    const shared = suite.dh(ours, suite.dhPublic(theirs));
    expect(shared).not.toBeNull();
    expect(suite.dh(theirs, suite.dhPublic(ours))).toEqual(shared);
    const secret = bytes(64, seed);
    const made = suite.encapsulate(suite.kemPublic(secret), ours);
    if (made === null) throw new Error('refused');
    expect(suite.decapsulate(secret, made.ciphertext)).toEqual(made.shared);
    for (const at of [0, 31, 32, 1_087]) {
      const wrong = suite.decapsulate(secret, flipped(made.ciphertext, at));
      expect(wrong).toHaveLength(sizes.shared);
      expect(wrong).not.toEqual(made.shared);
    }
  }
});

test('[suite] counted signatures hold for their key and bytes alone', () => {
  const suite = createUnsafeCountedSuite();
  for (let seed = 0; seed < 100; seed += 1) {
    const [secret, text] = [bytes(32, seed), bytes(90, seed)];
    const [key, signature] = [suite.signPublic(secret), suite.sign(secret, text)];
    expect(suite.verify(key, text, signature)).toBe(true);
    expect(suite.verify(key, flipped(text, seed % 90), signature)).toBe(false);
    expect(suite.verify(key, text, flipped(signature, seed % 64))).toBe(false);
    expect(suite.verify(flipped(key, seed % 32), text, signature)).toBe(false);
  }
  const identity = new Uint8Array(32).fill(1, 0, 1);
  expect(suite.verify(identity, identity, new Uint8Array(64).fill(1, 0, 1))).toBe(false);
  expect(suite.verify(new Uint8Array(31), identity, new Uint8Array(64))).toBe(false);
  expect(suite.verify(suite.signPublic(bytes(32, 1)), identity, new Uint8Array(63))).toBe(false);
});

test('[suite] counted encapsulation refuses a key of another length, and coefficients from 3,329 on', () => {
  const suite = createUnsafeCountedSuite();
  const key = suite.kemPublic(bytes(64, 1));
  expect(suite.encapsulate(key.subarray(1), bytes(32, 1))).toBeNull();
  expect(
    suite.encapsulate(
      key.map((byte, at) => (at < 2 ? 0xff : byte)),
      bytes(32, 1),
    ),
  ).toBeNull();
});

test('[suite] nothing collides in twenty thousand near neighbours', () => {
  const suite = createUnsafeCountedSuite();
  const seen = new Set<string>();
  const given = new Uint8Array(40);
  for (let at = 0; at < 20_000; at += 1) {
    given[at % 40] = given[at % 40]! + 1;
    seen.add(suite.hash(given.subarray(0, 1 + (at % 40))).join());
    seen.add(suite.mac(given, new Uint8Array(at % 7)).join());
  }
  // The few inputs met twice are the short ones.
  const inputs = new Set<string>();
  given.fill(0);
  for (let at = 0; at < 20_000; at += 1) {
    given[at % 40] = given[at % 40]! + 1;
    inputs.add(`hash ${given.subarray(0, 1 + (at % 40)).join()}`);
    inputs.add(`mac ${given.join()} ${at % 7}`);
  }
  expect(seen.size).toBe(inputs.size);
});

test('[suite] every operation is counted, and charged before it is done', () => {
  const charged: [Operation, number][] = [];
  const suite = createUnsafeCountedSuite({ charge: (cpuUs, operation) => void charged.push([operation, cpuUs]) });
  const k = bytes(32, 1);
  suite.verify(suite.signPublic(k), k, suite.sign(k, k));
  suite.open(k, bytes(12, 1), suite.seal(k, bytes(12, 1), bytes(65_536, 1), k), k);
  suite.dh(k, new Uint8Array(32));
  expect(charged.map(([operation]) => operation)).toEqual(['signPublic', 'sign', 'verify', 'seal', 'open', 'dh']);
  expect(suite.counts).toMatchObject({ signPublic: 1, sign: 1, verify: 1, seal: 1, open: 1, dh: 1, hash: 0 });
  // FACTS: 1.8 ms for 64 KiB.
  expect(charged[3]?.[1]).toBeGreaterThan(1_700);
  expect(charged[3]?.[1]).toBeLessThan(1_900);
});

test('[suite] a message sealed, opened and verified costs a twentieth of noble or less', () => {
  const round = (suite: Suite): (() => void) => {
    const [k, nonce, plain] = [bytes(32, 1), bytes(12, 1), bytes(233, 1)];
    const [key, signature] = [suite.signPublic(k), suite.sign(k, plain)];
    return () => {
      const opened = suite.open(k, nonce, suite.seal(k, nonce, plain, k), k);
      if (opened === null || !suite.verify(key, plain, signature)) throw new Error('refused');
    };
  };
  // The best of several batches: the machine may be busy.
  const bestUs = (work: () => void): number =>
    Math.min(
      ...Array.from({ length: 8 }, () => {
        const startMs = performance.now();
        for (let at = 0; at < 50; at += 1) work();
        return ((performance.now() - startMs) * 1_000) / 50;
      }),
    );
  const [noble, counted] = [bestUs(round(nobleSuite)), bestUs(round(createUnsafeCountedSuite()))];
  process.stderr.write(`a message: noble ${noble.toFixed(1)} µs, counted ${counted.toFixed(1)} µs\n`);
  expect(noble / counted).toBeGreaterThan(20);
});
