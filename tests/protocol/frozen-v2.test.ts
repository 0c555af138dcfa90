/**
 * Bytes of version 2 that peers agree on. Each noun is made by `src`, compared with what was frozen, and read field by field by the
 * second reader, which was written from WIRE.md and shares no code with it. Where one of these changes, old and new no longer
 * understand each other: reconsider the version first.
 */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { boxOn, boxSecretsWith, castId, castTopic, deviceAddress } from '../../src/protocol/contact/address.ts';
import { decodeInviteLink, encodeMemberInvite, inviteKeys } from '../../src/protocol/contact/invite-link.ts';
import { decodePairingCode, encodePairingCode, pairingPsk } from '../../src/protocol/contact/pairing-code.ts';
import type { OperationId, RoomId } from '../../src/protocol/ids.ts';
import { decodeBundle } from '../../src/protocol/people/bundle.ts';
import { decodeCertificate } from '../../src/protocol/people/certificate.ts';
import { deviceCode, fingerprintOf, safetyNumber } from '../../src/protocol/people/fingerprint.ts';
import { decodeRevocation, makeRevocation } from '../../src/protocol/people/revocation.ts';
import {
  asha,
  badru,
  disagreements,
  good,
  hex,
  luckOf,
  nowHour,
  nowMs,
  signedAgain,
  suite,
  today,
  unhex,
  verdict,
} from './frozen/cast.ts';
import { pairingPsk as secondPsk, readInviteLink, readPairingLink } from './second/contact.ts';
import * as people from './second/people.ts';

const fragmentOf = (text: string): string => text.slice(text.indexOf('/') + 1);

/** A certificate of Asha's, its signature made with the nonce zero. */
const weakly = (certificate: Uint8Array): Uint8Array => {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const number = (from: Uint8Array): bigint => from.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const hash = (...parts: readonly Uint8Array[]): Uint8Array =>
    new Uint8Array(createHash('sha512').update(Buffer.concat(parts)).digest());
  const secret = hash(asha.person.signSecret).slice(0, 32);
  secret.set([(secret[0] ?? 0) & 248]);
  secret.set([((secret[31] ?? 0) & 63) | 64], 31);
  const one = new Uint8Array(32).with(0, 1);
  const said = [Buffer.from('wavu/2 certificate'), certificate.slice(0, 135)];
  let s = (number(hash(one, asha.person.signKey, ...said)) * number(secret)) % order;
  const spelled = new Uint8Array(32).map(() => {
    const byte = Number(s & 255n);
    s >>= 8n;
    return byte;
  });
  return new Uint8Array([...certificate.slice(0, 135), ...one, ...spelled]);
};

const textOf = (place: string, bytes: Uint8Array): string => `${place}/${Buffer.from(bytes).toString('base64url')}`;

test('a certificate', () => {
  const { bytes } = asha.certificate;
  expect(hex(bytes)).toMatchSnapshot();
  expect(people.readCertificate(bytes)).toEqual({
    personSignKey: asha.person.signKey,
    personDhKey: asha.person.dhKey,
    deviceSignKey: asha.device.signKey,
    deviceDhKey: asha.device.dhKey,
    bornHour: nowHour - 5_000,
    speaks: 2,
    signature: bytes.slice(135),
    personId: unhex(asha.person.id),
    bytes,
  });
  const first = (changed: Uint8Array): unknown => decodeCertificate(suite, changed);
  expect(disagreements(bytes, first, people.readCertificate, { places: 30 })).toMatchObject({ taken: 1, differ: [] });
  const again = disagreements(bytes, first, people.readCertificate, {
    finish: signedAgain(asha.person.signSecret, 'certificate'),
  });
  expect(again.taken).toBeGreaterThan(20);
  expect(again.differ).toEqual([]);
  // R = 1, the point of order one, and S as it must be for any key whose secret is known: some verifiers forgive it.
  expect(verdict(weakly(bytes), first, people.readCertificate)).toBe('both refuse it');
});

test('a revocation', () => {
  const { bytes } = makeRevocation(suite, asha.person, asha.device.id, nowHour);
  expect(hex(bytes)).toMatchSnapshot();
  const certificate = people.readCertificate(asha.certificate.bytes);
  expect(people.readRevocation(bytes, certificate)).toEqual({
    personId: unhex(asha.person.id),
    deviceSignKey: asha.device.signKey,
    hour: nowHour,
    signature: bytes.slice(69),
  });
  const first = (changed: Uint8Array): unknown => decodeRevocation(suite, changed, asha.certificate);
  const second = (changed: Uint8Array): unknown => people.readRevocation(changed, certificate);
  expect(disagreements(bytes, first, second, { places: 30 })).toMatchObject({ taken: 1, differ: [] });
  const again = disagreements(bytes, first, second, { finish: signedAgain(asha.person.signSecret, 'revocation') });
  expect(again.taken).toBeGreaterThan(20);
  expect(again.differ).toEqual([]);
});

test('a bundle', () => {
  const { bytes, dhKey, kemKey, id, expiresHour } = badru.bundle;
  expect(hex(bytes)).toMatchSnapshot();
  expect(people.readBundle(bytes, nowHour)).toEqual({
    certificate: people.readCertificate(badru.certificate.bytes),
    prekeyDh: dhKey,
    prekeyKem: kemKey,
    expiresHour,
    signature: bytes.slice(1_420),
    bundleId: unhex(id),
  });
  const first = (changed: Uint8Array): unknown => decodeBundle(suite, changed, nowMs);
  const second = (changed: Uint8Array): unknown => people.readBundle(changed, nowHour);
  expect(disagreements(bytes, first, second, { places: 30 })).toMatchObject({ taken: 1, differ: [] });
  const again = disagreements(bytes, first, second, { finish: signedAgain(badru.device.signSecret, 'bundle') });
  expect(again.taken).toBeGreaterThan(20);
  expect(again.differ).toEqual([]);
  for (const hours of [24, 25]) {
    const late = expiresHour + hours;
    const said = verdict(
      bytes,
      (changed) => decodeBundle(suite, changed, late * 3_600_000),
      (changed) => people.readBundle(changed, late),
    );
    expect(said).toBe(hours === 24 ? 'both take it' : 'both refuse it');
  }
});

test('what people compare: fingerprint, device code, safety number', () => {
  const { words, digits, knot } = people.spoken(unhex(asha.person.id));
  const [code, safety] = [deviceCode(suite, asha.certificate), safetyNumber(suite, asha.person.id, badru.person.id)];
  expect([words, digits, hex(knot), code.words, code.digits, hex(code.knot), safety.words, safety.digits]).toMatchSnapshot();
  expect(fingerprintOf(asha.person.id)).toEqual({ words, digits, knot });
  expect(code).toEqual(people.deviceCodeOf(asha.certificate.bytes));
  expect(safety).toMatchObject(people.safetyNumberOf(unhex(badru.person.id), unhex(asha.person.id)));
});

test('addresses, cast ids and boxes of a day', () => {
  const [address, cast] = [luckOf('address')(32), luckOf('cast')(32)];
  const boxes = good(boxSecretsWith(suite, asha.person, badru.certificate));
  const of = [deviceAddress(suite, address, today), castId(suite, cast, today), boxOn(suite, boxes.mine, today)];
  const topic = castTopic(suite, cast, today);
  expect([...[...of, boxes.mine, boxes.theirs].map(hex), topic]).toMatchSnapshot();
  const [me, them] = [unhex(asha.person.id), unhex(badru.person.id)];
  const mine = people.boxSecretOf(badru.person.dhSecret, asha.person.dhKey, me, them);
  const theirs = people.boxSecretOf(badru.person.dhSecret, asha.person.dhKey, them, me);
  expect(of).toEqual([people.addressOn(address, today), people.castIdOn(cast, today), people.boxOn(mine, today)]);
  expect(boxes).toEqual({ mine, theirs });
  expect(topic).toBe(hex(people.topicOn(cast, today)));
});

test('an invite link', () => {
  const invite = {
    room: hex(luckOf('room')(16)) as RoomId,
    operation: hex(luckOf('operation')(32)) as OperationId,
    secret: luckOf('secret')(32),
    inviter: unhex(asha.person.id).slice(0, 16),
    expiresHour: nowHour + 48,
    name: 'Kisima cha maji 💧',
    relays: ['/dns4/relay.example/tcp/443/wss', '/ip4/10.0.0.1/tcp/9000/ws'],
  };
  const text = encodeMemberInvite(invite);
  const keys = inviteKeys(suite, invite);
  expect([text, ...Object.values(keys).map(hex)]).toMatchSnapshot();
  expect(text).toMatch(/^join\//);
  expect(readInviteLink(fragmentOf(text), nowHour)).toEqual({
    ...invite,
    room: unhex(invite.room),
    invite: unhex(invite.operation),
    operation: undefined,
    key: suite.signPublic(keys.signSecret),
    psk: keys.psk,
    castSecret: keys.castSecret,
    boxSecret: keys.boxSecret,
  });
  const bytes = new Uint8Array(Buffer.from(fragmentOf(text), 'base64url'));
  const first = (changed: Uint8Array): unknown => decodeInviteLink(textOf('join', changed), nowMs);
  const second = (changed: Uint8Array): unknown => readInviteLink(fragmentOf(textOf('join', changed)), nowHour);
  const { taken, differ } = disagreements(bytes, first, second);
  expect(taken).toBeGreaterThan(100);
  // Version 1 is read by the first alone: the link of an open room.
  expect(differ.filter((one) => !one.startsWith('only the first takes 01'))).toEqual([]);
});

test('a pairing code', () => {
  const code = (half: 'offer' | 'answer') => ({
    half,
    person: unhex(badru.person.id).slice(0, 16),
    pskHalf: luckOf(`half ${half}`)(16),
    signal: luckOf('signal')(180),
  });
  const [offer, answer] = [code('offer'), code('answer')];
  const texts = [encodePairingCode(offer), encodePairingCode(answer)];
  expect([...texts, hex(pairingPsk(suite, offer, answer))]).toMatchSnapshot();
  const [readOffer, readAnswer] = [readPairingLink(fragmentOf(texts[0] ?? '')), readPairingLink(fragmentOf(texts[1] ?? ''))];
  const { person: personId, ...others } = offer;
  expect(readOffer).toEqual({ personId, ...others });
  expect(secondPsk(readOffer, readAnswer)).toEqual(pairingPsk(suite, offer, answer));
  const bytes = new Uint8Array(Buffer.from(fragmentOf(texts[0] ?? ''), 'base64url'));
  const first = (changed: Uint8Array): unknown => decodePairingCode(textOf('pair', changed));
  const { taken, differ } = disagreements(bytes, first, (changed) => readPairingLink(fragmentOf(textOf('pair', changed))));
  expect(taken).toBeGreaterThan(100);
  expect(differ).toEqual([]);
});
