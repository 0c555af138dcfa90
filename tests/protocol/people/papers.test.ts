/** Certificates, revocations and bundles: what is taken, and what is not. */
import { expect, test } from 'vitest';
import { concat } from '../../../src/protocol/bytes.ts';
import { bundleBytes, decodeBundle, makeBundle } from '../../../src/protocol/people/bundle.ts';
import { certificateBytes, decodeCertificate, makeCertificate } from '../../../src/protocol/people/certificate.ts';
import { decodeDevice, encodeDevice, makeDevice } from '../../../src/protocol/people/device.ts';
import { decodePerson, encodePerson } from '../../../src/protocol/people/person.ts';
import { decodeRevocation, makeRevocation, revocationBytes } from '../../../src/protocol/people/revocation.ts';
import { refuse } from '../../../src/protocol/refusal.ts';
import { labelled } from '../../../src/protocol/suite/label.ts';
import { nobleSuite } from '../../../src/protocol/suite/noble.ts';
import { cctvSignatures } from '../vectors/curves.ts';
import { readVectors, whyNoVectors } from '../vectors/vector-files.ts';
import { fuzz } from '../fuzz.ts';
import { peopleDecoders } from './decoders.ts';
import { asha, bo, dayMs, hour, hourMs, luckOf, nowMs, somebody, suite } from './persons.ts';

const put = (bytes: Uint8Array, at: number, part: Uint8Array): Uint8Array => {
  const changed = bytes.slice();
  changed.set(part, at);
  return changed;
};
const fill = (byte: number, length = 32): Uint8Array => new Uint8Array(length).fill(byte);
/** Signed by Asha, whatever it says. */
const signedCertificate = (said: Uint8Array): Uint8Array =>
  concat([said, suite.sign(asha.person.signSecret, labelled('certificate', said))]);
const said = asha.certificate.bytes.slice(0, certificateBytes - 64);

test('[P2] a certificate comes back as it was made, in every suite', () => {
  expect(asha.certificate.bytes.length).toBe(certificateBytes);
  expect(decodeCertificate(suite, asha.certificate.bytes)).toEqual(asha.certificate);
  expect(decodeCertificate(nobleSuite, asha.certificate.bytes)).toEqual(asha.certificate);
  expect(makeCertificate(nobleSuite, asha.person, asha.device, hour, 2)).toEqual(asha.certificate);
});

test('[P2] a certificate signed by another person is refused', () => {
  const forged = makeCertificate(suite, { ...asha.person, signSecret: bo.person.signSecret }, asha.device, hour, 2);
  expect(decodeCertificate(suite, forged.bytes)).toEqual(refuse('bad-signature'));
  const moved = put(asha.certificate.bytes, 2, bo.person.signKey);
  expect(decodeCertificate(suite, moved)).toEqual(refuse('bad-signature'));
});

test('[P2] a signature made for something else is no certificate', () => {
  const unlabelled = concat([said, suite.sign(asha.person.signSecret, said)]);
  const otherwise = concat([said, suite.sign(asha.person.signSecret, labelled('bundle', said))]);
  for (const bytes of [unlabelled, otherwise]) expect(decodeCertificate(suite, bytes)).toEqual(refuse('bad-signature'));
});

test('[P1] a device key of small order or in an odd spelling is refused, though the person signed it', () => {
  const zero = fill(0);
  const one = put(zero, 0, Uint8Array.of(1));
  const minusOne = put(put(fill(0xff), 0, Uint8Array.of(0xec)), 31, Uint8Array.of(0x7f));
  const prime = put(minusOne, 0, Uint8Array.of(0xed));
  const signed = (at: number, key: Uint8Array): Uint8Array => signedCertificate(put(said, at, key));
  for (const key of [zero, one, minusOne, prime, fill(0xff)]) {
    for (const at of [66, 98]) expect(decodeCertificate(suite, signed(at, key))).toEqual(refuse('bad-key'));
    // The person's X25519 key as well.
    expect(decodeCertificate(suite, signed(34, key))).toEqual(refuse('bad-key'));
  }
  const topBit = put(asha.device.dhKey, 31, Uint8Array.of(asha.device.dhKey[31]! | 0x80));
  expect(decodeCertificate(suite, signed(98, topBit))).toEqual(refuse('bad-key'));
});

test.skipIf(whyNoVectors !== null)('[P1] the hostile Ed25519 keys of CCTV certify nothing', async () => {
  const cases = (await cctvSignatures(readVectors)).filter(({ name }) => /low_order_A|non_canonical_A/.test(name));
  expect(cases.length).toBeGreaterThan(100);
  for (const { name, key, signature } of cases) {
    const bytes = concat([put(said, 2, key), signature]);
    expect([name, decodeCertificate(suite, bytes)]).toEqual([name, refuse('bad-key')]);
    expect([name, decodeCertificate(suite, signedCertificate(put(said, 66, key)))]).toEqual([name, refuse('bad-key')]);
  }
});

test('[E1] [E2] papers cut short or lengthened are refused, an unknown version by name', () => {
  const revocation = makeRevocation(suite, asha.person, asha.device.id, hour).bytes;
  const papers = [
    [asha.certificate.bytes, (bytes: Uint8Array) => decodeCertificate(suite, bytes)],
    [revocation, (bytes: Uint8Array) => decodeRevocation(suite, bytes, asha.certificate)],
    [asha.bundle.bytes, (bytes: Uint8Array) => decodeBundle(suite, bytes, nowMs)],
    [encodePerson(asha.person), (bytes: Uint8Array) => decodePerson(suite, bytes)],
    [encodeDevice(asha.device), (bytes: Uint8Array) => decodeDevice(suite, bytes)],
  ] as const;
  for (const [bytes, decode] of papers) {
    for (let end = 0; end < bytes.length; end += 1) expect(decode(bytes.slice(0, end))).toEqual(refuse('truncated'));
    expect(decode(concat([bytes, fill(0, 1)]))).toEqual(refuse('truncated'));
    expect(decode(put(bytes, 0, Uint8Array.of(9)))).toEqual(refuse('unknown-version'));
    expect(decode(Uint8Array.of(9))).toEqual(refuse('unknown-version'));
  }
});

test('[E2] another suite, or a device that speaks less than a certificate needs, is an unknown version', () => {
  expect(decodeCertificate(suite, signedCertificate(put(said, 1, Uint8Array.of(2))))).toEqual(refuse('unknown-version'));
  expect(decodeCertificate(suite, signedCertificate(put(said, 134, Uint8Array.of(1))))).toEqual(refuse('unknown-version'));
  expect(decodeCertificate(suite, signedCertificate(put(said, 134, Uint8Array.of(200))))).toMatchObject({ speaks: 200 });
});

test('[E1] what a decoder gives outlives the bytes it came in', () => {
  const frame = asha.bundle.bytes.slice();
  const bundle = decodeBundle(suite, frame, nowMs);
  frame.fill(0);
  expect(bundle).toEqual(asha.bundle);
});

test('[P4] a revocation holds of its own person only', () => {
  const revocation = makeRevocation(suite, asha.person, bo.device.id, hour);
  expect(revocation.bytes.length).toBe(revocationBytes);
  expect(decodeRevocation(suite, revocation.bytes, asha.certificate)).toEqual(revocation);
  expect(decodeRevocation(suite, revocation.bytes, bo.certificate)).toEqual(refuse('bad-id'));
  const forged = makeRevocation(suite, { ...asha.person, signSecret: bo.person.signSecret }, bo.device.id, hour);
  expect(decodeRevocation(suite, forged.bytes, asha.certificate)).toEqual(refuse('bad-signature'));
});

test('[P5] a bundle comes back as it was made, with keys that fit its secrets', () => {
  expect(asha.bundle.bytes.length).toBe(bundleBytes);
  expect(decodeBundle(suite, asha.bundle.bytes, nowMs)).toEqual(asha.bundle);
  const { ciphertext, shared } = suite.encapsulate(asha.bundle.kemKey, fill(7))!;
  expect(suite.decapsulate(asha.secrets.kemSecret, ciphertext)).toEqual(shared);
  expect(suite.dh(asha.secrets.dhSecret, bo.device.dhKey)).toEqual(suite.dh(bo.device.dhSecret, asha.bundle.dhKey));
});

test('[P5] a bundle is taken until a day after it expires', () => {
  const { bundle } = somebody('Asha', hour);
  for (const late of [-dayMs, 0, dayMs, dayMs + hourMs - 1])
    expect(decodeBundle(suite, bundle.bytes, nowMs + late)).toEqual(bundle);
  expect(decodeBundle(suite, bundle.bytes, nowMs + dayMs + hourMs)).toEqual(refuse('expired'));
});

test('[P5] a bundle that another device signed, or under another certificate, is refused', () => {
  const luck = luckOf('other');
  const other = makeDevice(suite, luck);
  const forged = makeBundle(suite, other, asha.certificate, luck, hour).bundle;
  expect(decodeBundle(suite, forged.bytes, nowMs)).toEqual(refuse('bad-signature'));
  // Bo certifies Asha's device and serves her bundle as his own.
  const claimed = makeCertificate(suite, bo.person, asha.device, hour, 2);
  expect(decodeBundle(suite, put(asha.bundle.bytes, 1, claimed.bytes), nowMs)).toEqual(refuse('bad-signature'));
  const spoiled = put(asha.bundle.bytes, 10, fill(1, 1));
  expect(decodeBundle(suite, spoiled, nowMs)).toEqual(refuse('bad-signature'));
});

test('[P5] [P1] a bundle with prekeys of small order or beyond the modulus is refused, though its device signed it', () => {
  const signed = (at: number, part: Uint8Array): Uint8Array => {
    const bytes = put(asha.bundle.bytes, at, part).slice(0, -64);
    return concat([bytes, suite.sign(asha.device.signSecret, labelled('bundle', bytes))]);
  };
  expect(decodeBundle(suite, signed(0, new Uint8Array(0)), nowMs)).toEqual(asha.bundle);
  expect(decodeBundle(suite, signed(200, fill(0)), nowMs)).toEqual(refuse('bad-key'));
  expect(decodeBundle(suite, signed(232, fill(0xff, 3)), nowMs)).toEqual(refuse('bad-key'));
});

test('a person and a device come back from their secrets', () => {
  expect(decodePerson(suite, encodePerson(asha.person))).toEqual(asha.person);
  expect(decodeDevice(nobleSuite, encodeDevice(asha.device))).toEqual(asha.device);
});

test.each(peopleDecoders)('[E1] spoiled bytes: $name', (decoder) => {
  expect(fuzz(decoder, 5_000)).toBeGreaterThan(0);
  fuzz(decoder, 500, Date.now());
});
