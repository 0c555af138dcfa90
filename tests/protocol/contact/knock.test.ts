/** A newcomer knocks: who has the link hears it, and hears it right. */
import { expect, test } from 'vitest';
import { concat } from '../../../src/protocol/bytes.ts';
import { openKnock, sealKnock } from '../../../src/protocol/contact/knock.ts';
import { makeRequest } from '../../../src/protocol/rooms/request.ts';
import { refuse } from '../../../src/protocol/refusal.ts';
import { nobleSuite } from '../../../src/protocol/suite/noble.ts';
import { bucketOf } from '../../../src/protocol/wire/bucket.ts';
import { createUnsafeCountedSuite } from '../../simulation/unsafe-counted-suite.ts';
import { asha, bo, dayMs, hour, hourMs, luckOf, nowMs, somebody, suite } from '../people/persons.ts';
import { invite, knock, request } from './decoders.ts';

const { secret } = invite;

test('[F1] a knock carries bundle and request to whoever has the link, in a bucket of its own', () => {
  const expected = { ack: luckOf('knock')(16), bundle: bo.bundle, request: new Uint8Array(request) };
  expect(openKnock(suite, secret, knock, nowMs)).toEqual(expected);
  expect(openKnock(nobleSuite, secret, knock, nowMs)).toEqual(expected);
  expect(bucketOf(knock)).toEqual({ number: 12, bytes: 1_910 });
});

test('a knock is of one length, whoever knocks, and first contact takes less than 4 kB', () => {
  const requestOf = (called: string): Uint8Array =>
    makeRequest(suite, { room: invite.room, invite: invite.operation }, bo.device, bo.certificate, called, luckOf('key')(32))
      .bytes;
  const lengths = ['', 'Bo', 'é'.repeat(24)].map(
    (called) => sealKnock(suite, secret, bo.bundle, requestOf(called), luckOf(called)).length,
  );
  expect(new Set(lengths)).toEqual(new Set([1_910]));
  const [initial, acknowledgement, hop] = [2_048, 17, 10];
  expect(1_910 + initial + 2 * (hop + acknowledgement)).toBeLessThanOrEqual(4_096);
});

test('[F1] without the link’s secret there is nothing to see', () => {
  expect(openKnock(suite, luckOf('guess')(32), knock, nowMs)).toEqual(refuse('bad-seal'));
  expect(Buffer.from(knock).includes(Buffer.from(bo.certificate.bytes.slice(2, 34)))).toBe(false);
});

test('[E7] its tag is of the bytes that acknowledge it', () => {
  expect(knock.slice(1, 17)).toEqual(suite.hash(luckOf('knock')(16)).slice(0, 16));
  // Sealed well, but with an acknowledgement that nobody could check.
  let calls = 0;
  const liar = { ...suite, hash: (bytes: Uint8Array) => suite.hash((calls += 1) === 1 ? concat([bytes, bytes]) : bytes) };
  expect(openKnock(suite, secret, sealKnock(liar, secret, bo.bundle, request, luckOf('k')), nowMs)).toEqual(
    refuse('unknown-tag'),
  );
});

test('[E1] [E3] a knock cut, lengthened or changed anywhere is refused', () => {
  for (const end of [0, 1, 16, 17, 33, 1_909])
    expect(openKnock(suite, secret, knock.slice(0, end), nowMs)).toHaveProperty('refused');
  expect(openKnock(suite, secret, concat([knock, Uint8Array.of(0)]), nowMs)).toEqual(refuse('bad-bucket'));
  for (let at = 1; at < knock.length; at += 97) {
    const changed = knock.slice();
    changed[at]! ^= 1;
    expect(openKnock(suite, secret, changed, nowMs)).toEqual(refuse('bad-seal'));
  }
  const smaller = knock.slice(0, 1_536).fill(0x26, 0, 1);
  expect(openKnock(suite, secret, smaller, nowMs)).toEqual(refuse('bad-bucket'));
  expect(openKnock(suite, secret, knock.slice().fill(0x17, 0, 1), nowMs)).toEqual(refuse('unknown-version'));
});

test('[P5] nobody knocks with somebody else’s bundle, a spoiled or an expired one', () => {
  const knocked = (bundle: typeof bo.bundle, at = nowMs): unknown =>
    openKnock(suite, secret, sealKnock(suite, secret, bundle, request, luckOf('n')), at);
  expect(knocked(asha.bundle)).toEqual(refuse('bad-id'));
  expect(knocked({ ...bo.bundle, bytes: bo.bundle.bytes.slice().fill(7, 300, 301) })).toEqual(refuse('bad-signature'));
  const late = somebody('Bo', hour).bundle;
  expect(knocked(late, nowMs + dayMs)).toMatchObject({ bundle: late });
  expect(knocked(late, nowMs + dayMs + hourMs)).toEqual(refuse('expired'));
});

test('a request that does not fit is a bug of ours, one that is none no knock of theirs', () => {
  expect(() => sealKnock(suite, secret, bo.bundle, new Uint8Array(377), luckOf('n'))).toThrow();
  const none = sealKnock(suite, secret, bo.bundle, new Uint8Array(198), luckOf('n'));
  expect(openKnock(suite, secret, none, nowMs)).toEqual(refuse('truncated'));
});

test('two knocks of one device look nothing alike', () => {
  const other = sealKnock(suite, secret, bo.bundle, request, luckOf('again'));
  const same = knock.filter((byte, at) => byte === other[at]).length;
  expect(same).toBeLessThan(40);
});

test('a knock of somebody without the link costs no signature', () => {
  const counted = createUnsafeCountedSuite();
  openKnock(counted, secret, knock, nowMs);
  expect(counted.counts).toMatchObject({ open: 1, kdf: 1, verify: 0, dh: 0 });
});
