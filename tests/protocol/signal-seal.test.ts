/** What two pages tell each other to connect: for those two alone, whoever carries it. */
import { ed25519 } from '@noble/curves/ed25519.js';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { limits } from '../../src/protocol/limits.ts';
import { isRefusal, refuse } from '../../src/protocol/refusal.ts';
import { createSignalSeal } from '../../src/protocol/signal-seal.ts';
import type { DialBytes, OwnKey, SignalSeal } from '../../src/protocol/signal-seal.ts';
import { nobleCurve } from '../../src/protocol/suite/noble-curve.ts';
import { isGoodDhKey } from '../../src/protocol/suite/admission.ts';
import { hexToBytes } from '../../src/protocol/bytes.ts';
import { nodeCryptoSuite } from '../../src/adapters/node-crypto/suite.ts';
import { luckOf } from './people/persons.ts';
import { proofOf, readSealedSignal } from './second/signal.ts';

const keyOf = (name: string): OwnKey => {
  const seed = luckOf(name)(32);
  return { seed, publicKey: ed25519.getPublicKey(seed) };
};
const [asha, baraka, chui] = ['asha', 'baraka', 'chui'].map(keyOf) as [OwnKey, OwnKey, OwnKey];
const sealOf = (mine: OwnKey, theirs: OwnKey, suite = nobleCurve): SignalSeal => {
  const made = createSignalSeal(suite, mine, theirs.publicKey);
  if (isRefusal(made)) throw new Error(made.refused);
  return made;
};
const [out, back] = [sealOf(asha, baraka), sealOf(baraka, asha)];
/** Quick enough for every bit. */
const quick = sealOf(baraka, asha, nodeCryptoSuite);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
/** The first word of a dial of its own. */
const sealBy = (seal: SignalSeal, { dial, body }: DialBytes, luck = luckOf('e')): Uint8Array => seal.begin(dial, luck)(body)!;
const said = { dial: luckOf('dial')(8), body: luckOf('body')(150) };

test('opens at the one it is for, and grows by 58 bytes', () => {
  const sealed = sealBy(out, said, luckOf('e'));
  expect(back.open(sealed)).toEqual(said);
  expect(sealed.length).toBe(said.body.length + 58);
  expect(out.open(sealBy(back, said, luckOf('e')))).toEqual(said);
  expect(back.open(sealBy(out, { ...said, body: new Uint8Array(0) }, luckOf('f')))).toEqual({ ...said, body: new Uint8Array(0) });
});

test('all that is said of a dial opens in any order and any number of times, and none is sealed as another', () => {
  const say = out.begin(said.dial, luckOf('e'));
  const all = Array.from({ length: 256 }, () => say(said.body)!);
  expect(say(said.body)).toBe(null);
  expect(new Set(all.map((each) => hex(each.subarray(34)))).size).toBe(256);
  for (const each of [...all.toReversed(), ...all]) expect(quick.open(each)).toEqual(said);
  // Five dials at once are one more than it keeps at hand.
  const dials = Array.from({ length: 5 }, (_, at) => out.begin(said.dial, luckOf(`e ${at}`)));
  for (const sayOf of [...dials, ...dials]) expect(back.open(sayOf(said.body)!)).toEqual(said);
});

test('no other recipient, no other sender, no other direction', () => {
  const sealed = sealBy(out, said, luckOf('e'));
  for (const other of [sealOf(chui, asha), sealOf(chui, baraka), sealOf(baraka, chui), sealOf(asha, chui), out]) {
    expect(other.open(sealed)).toEqual(refuse('bad-seal'));
  }
  // Who knows neither secret, and seals in the name of one of them.
  expect(back.open(sealBy(sealOf(chui, baraka), said, luckOf('e')))).toEqual(refuse('bad-seal'));
});

test('says which dial it belongs to, so that it says nothing in another', () => {
  const [first, second] = [luckOf('one')(8), luckOf('two')(8)];
  const opened = [first, second].map((dial) => back.open(sealBy(out, { ...said, dial }, luckOf('e'))));
  expect(opened).toEqual([
    { ...said, dial: first },
    { ...said, dial: second },
  ]);
  expect(() => sealBy(out, { ...said, dial: new Uint8Array(7) }, luckOf('e'))).toThrow('length');
});

test('cut, lengthened or with one bit changed: refused', () => {
  const sealed = sealBy(out, said, luckOf('e'));
  for (let end = 0; end < sealed.length; end += 1) expect(isRefusal(quick.open(sealed.subarray(0, end)))).toBe(true);
  expect(back.open(Uint8Array.of(...sealed, 0))).toEqual(refuse('bad-seal'));
  for (let bit = 0; bit < sealed.length * 8; bit += 1) {
    const changed = sealed.slice();
    changed[bit >> 3]! ^= 1 << (bit & 7);
    expect(isRefusal(quick.open(changed))).toBe(true);
  }
  expect(back.open(Uint8Array.of(3, ...sealed.subarray(1)))).toEqual(refuse('unknown-version'));
  expect(back.open(new Uint8Array(limits.sealedSignalBytes + 1).fill(2))).toEqual(refuse('too-big'));
});

test('junk is refused and never thrown at', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (junk) => isRefusal(quick.open(Uint8Array.of(2, ...junk)))));
});

test('[P1] keys that are odd, of small order or no point are no peers, and no fresh keys', () => {
  const odd = [
    '0100000000000000000000000000000000000000000000000000000000000000',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    '0200000000000000000000000000000000000000000000000000000000000000',
  ].map(hexToBytes);
  for (const key of odd) expect(createSignalSeal(nobleCurve, asha, key)).toEqual(refuse('bad-key'));
  expect(createSignalSeal(nobleCurve, asha, asha.publicKey.subarray(1))).toEqual(refuse('bad-key'));
  const sealed = sealBy(out, said, luckOf('e'));
  const small = hexToBytes('5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157');
  expect(isGoodDhKey(small)).toBe(false);
  expect(back.open(Uint8Array.of(2, 0, ...small, ...sealed.subarray(34)))).toEqual(refuse('bad-key'));
});

test('a proof is good for what both saw, from the one to the other, and nowhere else', () => {
  const about = luckOf('both fingerprints')(200);
  const proof = out.prove(about);
  expect(back.isProof(about, proof)).toBe(true);
  expect(out.isProof(about, proof)).toBe(false);
  expect(back.isProof(about.subarray(1), proof)).toBe(false);
  expect(back.isProof(about, proof.subarray(1))).toBe(false);
  expect(sealOf(baraka, chui).isProof(about, sealOf(chui, baraka).prove(about))).toBe(true);
  expect(back.isProof(about, sealOf(chui, baraka).prove(about))).toBe(false);
});

test('another suite seals the same bytes, a reader of WIRE.md alone opens them, and they are frozen', () => {
  const sealed = sealBy(out, said, luckOf('e'));
  const ends = { hearsSeed: baraka.seed, hears: baraka.publicKey, says: asha.publicKey };
  expect(readSealedSignal(sealed, ends)).toEqual(said);
  expect(proofOf(said.body, ends)).toEqual(out.prove(said.body));
  expect(() => readSealedSignal(sealed, { ...ends, says: chui.publicKey })).toThrow('bad-seal');
  expect(sealBy(sealOf(asha, baraka, nodeCryptoSuite), said, luckOf('e'))).toEqual(sealed);
  expect(sealOf(baraka, asha, nodeCryptoSuite).open(sealed)).toEqual(said);
  expect(hex(sealed)).toMatchSnapshot('sealed');
  expect(hex(out.prove(said.body))).toMatchSnapshot('proof');
});
