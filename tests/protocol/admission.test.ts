/** Admission: keys and signatures have one spelling, and none is of small order. Held against arithmetic it does without. */
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE, numberToBytesLE } from '@noble/curves/utils.js';
import { expect, test } from 'vitest';
import { createRandom } from '../../src/adapters/memory/random.ts';
import { isGoodDhKey, isGoodKemKey, isGoodSignature, isGoodSignKey } from '../../src/protocol/suite/admission.ts';
import { nobleSuite } from '../../src/protocol/suite/noble.ts';

const p = 2n ** 255n - 19n;
const order = ed25519.Point.Fn.ORDER;
const spelled = (value: bigint): Uint8Array => numberToBytesLE(value, 32);
const random = createRandom('admission');
const highBit = 2n ** 255n;
/** All values that could be spelled in more than one way, and their neighbours. */
const nearEdges = [0n, p, highBit - 1n, highBit, highBit + p, 2n ** 256n - 1n].flatMap((edge) =>
  [...Array(45).keys()].map((step) => edge + BigInt(step - 22)).filter((value) => value >= 0n && value < 2n ** 256n),
);

function isSmallPoint(key: Uint8Array): boolean {
  try {
    return ed25519.Point.fromBytes(key, true).isSmallOrder();
  } catch {
    return false;
  }
}

test('[suite] a sign key is good if it is canonical and not of small order', () => {
  const keys = [...nearEdges.map(spelled), ...Array.from({ length: 300 }, () => random.bytes(32))];
  for (const key of keys) {
    const y = bytesToNumberLE(key) % highBit;
    expect([key.join(), isGoodSignKey(key)]).toEqual([key.join(), y < p && !isSmallPoint(key)]);
  }
  const eighth = ed25519.Point.fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05');
  for (let times = 0n; times < 8n; times += 1n) expect(isGoodSignKey(eighth.multiplyUnsafe(times).toBytes())).toBe(false);
  for (let at = 0; at < 50; at += 1) expect(isGoodSignKey(nobleSuite.signPublic(random.bytes(32)))).toBe(true);
});

test('[suite] a dh key is good if it is canonical and forces no zero', () => {
  const low = ['e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800'];
  low.push('5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157');
  const keys = [...nearEdges.map(spelled), ...low.map((text) => new Uint8Array(Buffer.from(text, 'hex')))];
  for (const key of [...keys, ...Array.from({ length: 100 }, () => random.bytes(32))]) {
    const forcesZero = nobleSuite.dh(new Uint8Array(32).fill(9), key) === null;
    expect([key.join(), isGoodDhKey(key)]).toEqual([key.join(), bytesToNumberLE(key) < p && !forcesZero]);
  }
  expect(isGoodDhKey(x25519.getPublicKey(random.bytes(32)))).toBe(true);
});

test('[suite] a signature is good if R is and S is below the order', () => {
  const r = nobleSuite.signPublic(random.bytes(32));
  const signature = (s: bigint, point = r): Uint8Array => Uint8Array.from([...point, ...spelled(s)]);
  for (const s of [0n, 1n, order - 1n]) expect(isGoodSignature(signature(s))).toBe(true);
  for (const s of [order, order + 1n, 2n ** 253n, highBit, 2n ** 256n - 1n]) expect(isGoodSignature(signature(s))).toBe(false);
  expect(isGoodSignature(signature(5n, spelled(1n)))).toBe(false);
  expect(isGoodSignature(signature(5n, spelled(p + 2n)))).toBe(false);
});

test('[suite] a kem key is good if the suite would encapsulate to it', () => {
  const key = nobleSuite.kemPublic(random.bytes(64));
  expect(isGoodKemKey(key)).toBe(true);
  for (let at = 0; at < 60; at += 1) {
    const changed = key.slice();
    changed[random.below(1_184)] = 0xff;
    expect(isGoodKemKey(changed)).toBe(nobleSuite.encapsulate(changed, new Uint8Array(32)) !== null);
  }
});

test('[suite] nothing of another length is good', () => {
  const wrong = (length: number): readonly Uint8Array[] =>
    [0, length - 1, length + 1, length * 2].map((each) => random.bytes(each));
  for (const bytes of wrong(32)) expect(isGoodSignKey(bytes) || isGoodDhKey(bytes)).toBe(false);
  for (const bytes of wrong(64)) expect(isGoodSignature(bytes)).toBe(false);
  for (const bytes of wrong(1_184)) expect(isGoodKemKey(bytes.fill(0))).toBe(false);
});
