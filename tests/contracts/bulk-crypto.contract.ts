/** What all bulk cryptography must do, and do as strictly as the suite. */
import type { BulkCrypto, SignedBytes } from '../../src/ports/bulk-crypto.ts';
import { nobleSuite } from '../../src/protocol/suite/noble.ts';
import { assert, assertSame, casesOf, numbered } from './contract.ts';
import type { Case } from './contract.ts';

export const bulkCryptoContract = (name: string, make: () => Promise<BulkCrypto>): readonly Case[] =>
  casesOf<BulkCrypto>(name, make, async () => {}, cases);

const key = numbered(1, 32);
const nonce = numbered(2, 12);
const bound = numbered(3, 20);
const none = new Uint8Array(0);
const lengths = [0, 1, 15, 16, 17, 1_000, 65_536, 300_001];

const hex = (text: string): Uint8Array => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const flipped = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((byte, place) => (place === at ? byte ^ 1 : byte));
const rejects = async (work: Promise<unknown>, what: string): Promise<void> => {
  const answer = await work.then(
    () => 'answered',
    () => 'rejected',
  );
  assertSame(answer, 'rejected', what);
};

const signed = (seed: number, length: number): SignedBytes => {
  const [secret, bytes] = [numbered(seed, 32), numbered(seed, length)];
  return { key: nobleSuite.signPublic(secret), bytes, signature: nobleSuite.sign(secret, bytes) };
};
const one = signed(1, 100);
const identity = new Uint8Array(32).fill(1, 0, 1);

const cases: Readonly<Record<string, (bulk: BulkCrypto) => Promise<void>>> = {
  'digests as SHA-256': async (bulk) => {
    const known = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    assertSame(await bulk.digest(new TextEncoder().encode('abc')), hex(known), 'abc');
    for (const length of lengths)
      assertSame(await bulk.digest(numbered(5, length)), nobleSuite.hash(numbered(5, length)), `${length} bytes`);
  },

  'seals what the suite opens, and the other way about': async (bulk) => {
    for (const length of lengths) {
      const plain = numbered(7, length);
      const sealed = await bulk.seal(key, nonce, plain, bound);
      assertSame(sealed, nobleSuite.seal(key, nonce, plain, bound), `sealed ${length} bytes`);
      assertSame(await bulk.open(key, nonce, sealed, bound), plain, `opened ${length} bytes`);
    }
    const sealed = nobleSuite.seal(key, nonce, none, none);
    assertSame(await bulk.open(key, nonce, sealed, none), none, 'nothing, bound to nothing');
  },

  'opens nothing that was changed': async (bulk) => {
    const sealed = await bulk.seal(key, nonce, numbered(7, 100), bound);
    for (const at of [0, 50, 99, 100, 115])
      assertSame(await bulk.open(key, nonce, flipped(sealed, at), bound), null, `byte ${at}`);
    assertSame(await bulk.open(flipped(key, 31), nonce, sealed, bound), null, 'another key');
    assertSame(await bulk.open(key, flipped(nonce, 0), sealed, bound), null, 'another nonce');
    assertSame(await bulk.open(key, nonce, sealed, flipped(bound, 3)), null, 'bound to something else');
    for (const length of [0, 1, 15, 16, 115]) {
      assertSame(await bulk.open(key, nonce, sealed.subarray(0, length), bound), null, `cut to ${length}`);
    }
  },

  'rejects keys and nonces of another length': async (bulk) => {
    const sealed = await bulk.seal(key, nonce, none, bound);
    for (const length of [0, 16, 24, 31, 33]) {
      await rejects(bulk.seal(numbered(1, 40).subarray(0, length), nonce, none, bound), `seal with a key of ${length}`);
      await rejects(bulk.open(numbered(1, 40).subarray(0, length), nonce, sealed, bound), `open with a key of ${length}`);
    }
    for (const length of [0, 8, 11, 13, 16]) {
      await rejects(bulk.seal(key, numbered(1, 40).subarray(0, length), none, bound), `seal with a nonce of ${length}`);
      await rejects(bulk.open(key, numbered(1, 40).subarray(0, length), sealed, bound), `open with a nonce of ${length}`);
    }
  },

  'takes and gives views of larger buffers': async (bulk) => {
    const plain = numbered(7, 100);
    const sealed = await bulk.seal(
      numbered(1, 32).subarray(0, 32),
      nonce,
      Uint8Array.from([9, ...plain, 9]).subarray(1, 101),
      bound,
    );
    const inside = Uint8Array.from([9, 9, ...sealed, 9]).subarray(2, 118);
    assertSame(await bulk.open(key, nonce, inside, bound), plain, 'opened');
    assertSame(await bulk.digest(inside), nobleSuite.hash(sealed), 'digest');
  },

  'verifies a batch in its order': async (bulk) => {
    assertSame(await bulk.verifyAll([]), [], 'an empty batch');
    const batch = Array.from({ length: 30 }, (_, at) => {
      const good = signed(at % 4, at * 7);
      return at % 3 === 0 ? { ...good, signature: flipped(good.signature, at) } : good;
    });
    assertSame(
      await bulk.verifyAll(batch),
      batch.map((_, at) => at % 3 !== 0),
      'answers',
    );
  },

  'refuses signatures and keys of another length': async (bulk) => {
    const lengthened = (bytes: Uint8Array): Uint8Array => Uint8Array.from([...bytes, 0]);
    const batch = [
      { ...one, key: none },
      { ...one, key: one.key.subarray(1) },
      { ...one, key: lengthened(one.key) },
      { ...one, signature: none },
      { ...one, signature: one.signature.subarray(0, 63) },
      { ...one, signature: lengthened(one.signature) },
    ];
    assertSame(await bulk.verifyAll(batch), [false, false, false, false, false, false], 'answers');
  },

  'refuses the identity as a key, whatever was signed': async (bulk) => {
    // S = 0 and R = A = the identity hold for every message where nobody looks.
    const signature = Uint8Array.from([...identity, ...new Uint8Array(32)]);
    assertSame(await bulk.verifyAll([{ key: identity, bytes: one.bytes, signature }]), [false], 'forged');
    // The same with R of large order: S·B for S = 1 is the base point.
    const base = new Uint8Array(32).fill(0x66);
    base[0] = 0x58;
    const based = Uint8Array.from([...base, 1, ...new Uint8Array(31)]);
    assertSame(await bulk.verifyAll([{ key: identity, bytes: one.bytes, signature: based }]), [false], 'forged with R = B');
  },

  'answers false for a key that is no point, and goes on': async (bulk) => {
    const noPoint = new Uint8Array(32).fill(2, 0, 1);
    assertSame(await bulk.verifyAll([{ ...one, key: noPoint }, one]), [false, true], 'answers');
  },

  'leaves what it was given as it was': async (bulk) => {
    const given = [numbered(1, 32), numbered(2, 12), numbered(7, 50), numbered(3, 20)] as const;
    const before = given.join();
    const sealed = await bulk.seal(...given);
    const sealedBefore = sealed.join();
    await bulk.open(given[0], given[1], sealed, given[3]);
    assert(given.join() === before && sealed.join() === sealedBefore, 'nothing was written to');
  },
};
