/** Certificates, revocations, bundles, and what people compare (WIRE section 1), read a second time. */
import { big, insist, join, order, same, takerOf } from './bytes.ts';
import type { Taker } from './bytes.ts';
import { DH, H, KDF, MAC, admitDhKey, admitKemKey, admitSignKey, checkSignature, label, none } from './primitives.ts';

export type SecondCertificate = {
  readonly personSignKey: Uint8Array;
  readonly personDhKey: Uint8Array;
  readonly deviceSignKey: Uint8Array;
  readonly deviceDhKey: Uint8Array;
  readonly bornHour: number;
  readonly speaks: number;
  readonly signature: Uint8Array;
  readonly personId: Uint8Array;
  readonly bytes: Uint8Array;
};

export type SecondRevocation = {
  readonly personId: Uint8Array;
  readonly deviceSignKey: Uint8Array;
  readonly hour: number;
  readonly signature: Uint8Array;
};

export type SecondBundle = {
  readonly certificate: SecondCertificate;
  readonly prekeyDh: Uint8Array;
  readonly prekeyKem: Uint8Array;
  readonly expiresHour: number;
  readonly signature: Uint8Array;
  readonly bundleId: Uint8Array;
};

export type Spoken = { readonly words: readonly string[]; readonly digits: readonly string[]; readonly knot: Uint8Array };

/** A day of skew is forgiven. */
export const isLive = (expiresHour: number, nowHour: number): boolean => nowHour <= expiresHour + 24;

/** [E2] the version comes first, before any length is looked at. */
export const takeVersion = (taker: Taker): void => insist(taker.u8() === 2, 'unknown-version');

export const personIdOf = (signKey: Uint8Array, dhKey: Uint8Array): Uint8Array => H(label('person'), signKey, dhKey);

/** [P1] [P2] */
export const readCertificate = (bytes: Uint8Array): SecondCertificate => {
  const taker = takerOf(bytes);
  takeVersion(taker);
  insist(taker.u8() === 1, 'unknown-suite');
  const [personSignKey, personDhKey] = [taker.take(32), taker.take(32)];
  const [deviceSignKey, deviceDhKey] = [taker.take(32), taker.take(32)];
  const [bornHour, speaks] = [taker.u32(), taker.u8()];
  const said = taker.before();
  const signature = taker.take(64);
  taker.end();
  insist(speaks >= 2, 'bad-speaks');
  [personSignKey, deviceSignKey].forEach(admitSignKey);
  [personDhKey, deviceDhKey].forEach(admitDhKey);
  checkSignature(personSignKey, signature, label('certificate'), said);
  const personId = personIdOf(personSignKey, personDhKey);
  return { personSignKey, personDhKey, deviceSignKey, deviceDhKey, bornHour, speaks, signature, personId, bytes: join(bytes) };
};

/** [P4] of whom the certificate says it is. */
export const readRevocation = (bytes: Uint8Array, person: SecondCertificate): SecondRevocation => {
  const taker = takerOf(bytes);
  takeVersion(taker);
  const [personId, deviceSignKey, hour] = [taker.take(32), taker.take(32), taker.u32()];
  const said = taker.before();
  const signature = taker.take(64);
  taker.end();
  insist(same(personId, person.personId), 'wrong-person');
  checkSignature(person.personSignKey, signature, label('revocation'), said);
  return { personId, deviceSignKey, hour, signature };
};

/** [P5] */
export const readBundle = (bytes: Uint8Array, nowHour: number): SecondBundle => {
  const taker = takerOf(bytes);
  takeVersion(taker);
  const certificate = readCertificate(taker.take(199));
  const [prekeyDh, prekeyKem, expiresHour] = [taker.take(32), taker.take(1_184), taker.u32()];
  const said = taker.before();
  const signature = taker.take(64);
  taker.end();
  admitDhKey(prekeyDh);
  admitKemKey(prekeyKem);
  checkSignature(certificate.deviceSignKey, signature, label('bundle'), said);
  insist(isLive(expiresHour, nowHour), 'expired');
  return { certificate, prekeyDh, prekeyKem, expiresHour, signature, bundleId: H(bytes) };
};

const bitsOf = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
const inGroups = (bits: string, size: number): readonly number[] =>
  Array.from({ length: bits.length / size }, (_, at) => Number.parseInt(bits.slice(at * size, (at + 1) * size), 2));

const wordOf = (value: number): string => {
  const consonant = (shift: number): string => 'bdfghjklmnprstvz'.charAt((value >> shift) & 15);
  const vowel = (shift: number): string => 'aiou'.charAt((value >> shift) & 3);
  return consonant(12) + vowel(10) + consonant(6) + vowel(4) + consonant(0);
};

/** So many bytes as words, two bytes a word. */
export const wordsOf = (bytes: Uint8Array): readonly string[] => inGroups(bitsOf(bytes), 16).map(wordOf);

/** What a hash sounds like and looks like. */
export const spoken = (hash: Uint8Array): Spoken => ({
  words: wordsOf(hash.slice(0, 10)),
  digits: inGroups(bitsOf(hash.slice(0, 25)), 20).map((value) => String(value % 100_000).padStart(5, '0')),
  knot: hash.slice(16, 32),
});

export const deviceCodeOf = (certificate: Uint8Array): Spoken => spoken(H(label('device'), certificate));

export const safetyNumberOf = (one: Uint8Array, other: Uint8Array): Pick<Spoken, 'words' | 'digits'> => {
  const [lower, higher] = order(one, other) <= 0 ? [one, other] : [other, one];
  const hash = H(label('safety'), lower, higher);
  return { words: wordsOf(hash.slice(0, 20)), digits: spoken(hash).digits };
};

export const addressOn = (addressSecret: Uint8Array, day: number): Uint8Array =>
  MAC(addressSecret, label('address'), big(day, 32)).slice(0, 8);

export const castIdOn = (castSecret: Uint8Array, day: number): Uint8Array =>
  MAC(castSecret, label('cast'), big(day, 32)).slice(0, 8);

/** What a relay introduces by. */
export const topicOn = (castSecret: Uint8Array, day: number): Uint8Array =>
  MAC(castSecret, label('topic'), big(day, 32)).slice(0, 16);

export const boxOn = (boxSecret: Uint8Array, day: number): Uint8Array => MAC(boxSecret, label('box'), big(day, 32)).slice(0, 16);

/** The secret of the box that `owner` empties and `depositor` fills. */
export const boxSecretOf = (
  personDhSecret: Uint8Array,
  otherPersonDhKey: Uint8Array,
  owner: Uint8Array,
  depositor: Uint8Array,
): Uint8Array => KDF(none, DH(personDhSecret, otherPersonDhKey), join(label('boxes'), owner, depositor), 32);
