/** Bytes of the directory: read back, spoiled, forged; and what it costs to be a server. */
import { expect, test } from 'vitest';
import { nodeCryptoSuite as suite } from '../../../src/adapters/node-crypto/suite.ts';
import { findEffort, isCostly, placeOf } from '../../../src/protocol/directory/contact.ts';
import { nearer, sharedBits } from '../../../src/protocol/directory/distance.ts';
import { decodeDirectory, encodeDirectory } from '../../../src/protocol/directory/message.ts';
import {
  checkRecord,
  decodeRecord,
  encodeRecord,
  keyOfWriter,
  signRecord,
  writerSeed,
} from '../../../src/protocol/directory/record.ts';
import { keyOfWhereabouts, openWhereabouts, sealWhereabouts } from '../../../src/protocol/directory/whereabouts.ts';
import { limits } from '../../../src/protocol/limits.ts';
import { parsePeerId } from '../../../src/protocol/ids.ts';
import { fuzz } from '../fuzz.ts';
import type { DirectoryRecord } from '../../../src/protocol/directory/record.ts';
import { contact, directoryDecoders, directoryMessages, nowHour, record, seed } from './decoders.ts';

test('every message is read back as it was said, and cut anywhere it is refused', () => {
  for (const message of directoryMessages) {
    const bytes = encodeDirectory(message);
    expect(decodeDirectory(bytes)).toEqual(message);
    for (let length = 0; length < bytes.length; length += 1)
      expect(decodeDirectory(bytes.subarray(0, length))).toHaveProperty('refused');
  }
});

test('[E1] more than a message may hold is refused', () => {
  const contacts = Array(limits.contacts + 1).fill(contact);
  expect(decodeDirectory(encodeDirectory({ kind: 'near', number: 1, contacts, record: null }))).toEqual({ refused: 'too-many' });
  const long = { ...record, value: new Uint8Array(limits.recordBytes + 1) };
  expect(decodeRecord(encodeRecord(long))).toEqual({ refused: 'truncated' });
  const full = { kind: 'near', number: 1, contacts: Array(limits.contacts).fill(contact), record } as const;
  expect(encodeDirectory(full).length).toBeLessThan(limits.frameBytes);
});

test('[E1] spoiled bytes are refused or have one spelling', () => {
  for (const decoder of directoryDecoders) expect(fuzz(decoder, 20_000)).toBeGreaterThan(0);
});

test('[D3] a record belongs to the key of its writer, for a day, and as it was signed', () => {
  const key = keyOfWriter(suite, record.writer);
  expect(checkRecord(suite, record, key, nowHour)).toBeNull();
  expect(checkRecord(suite, record, new Uint8Array(32), nowHour)).toEqual({ refused: 'bad-key' });
  expect(checkRecord(suite, record, key, nowHour + 21)).toEqual({ refused: 'expired' });
  expect(checkRecord(suite, record, key, nowHour - 6)).toEqual({ refused: 'too-far-ahead' });
  for (const changed of [{ sequence: 8 }, { expiresHour: nowHour + 21 }, { value: Uint8Array.of(1, 2, 4) }]) {
    expect(checkRecord(suite, { ...record, ...changed }, key, nowHour)).toEqual({ refused: 'bad-signature' });
  }
  const other = signRecord(suite, new Uint8Array(32).fill(4), record);
  expect(checkRecord(suite, other, key, nowHour)).toEqual({ refused: 'bad-key' });
  expect(checkRecord(suite, { ...other, writer: record.writer }, key, nowHour)).toEqual({ refused: 'bad-signature' });
});

test('who shares a secret has the same keys, others each day and in each slot', () => {
  const secret = new Uint8Array(32).fill(5);
  const keyAt = (shared: Uint8Array, day: number, slot: number): string =>
    keyOfWriter(suite, suite.signPublic(writerSeed(suite, shared, day, slot))).join();
  const keys = [keyAt(secret, 20_000, 0), keyAt(secret, 20_001, 0), keyAt(secret, 20_000, 1), keyAt(seed, 20_000, 0)];
  expect(new Set(keys).size).toBe(4);
  expect(keyAt(secret, 20_000, 0)).toBe(keys[0]);
});

test('a place costs work, is bound to the name, and checking it costs one hash', () => {
  const peer = parsePeerId('serverAA')!;
  const effort = findEffort(suite, peer, 10, 0, 100_000)!;
  expect(isCostly(suite, placeOf(suite, { peer, effort }), 10)).toBe(true);
  const others = Array.from({ length: 200 }, (_, at) => parsePeerId(`other${at.toString().padStart(3, '0')}`)!);
  expect(others.filter((each) => isCostly(suite, placeOf(suite, { peer: each, effort }), 10)).length).toBeLessThan(5);
  expect(findEffort(suite, peer, 200, 0, 1_000)).toBeNull();
});

test('distance is the bits apart, and has no ties but with itself', () => {
  const at = (...bytes: readonly number[]): Uint8Array => Uint8Array.from({ length: 32 }, (_, index) => bytes[index] ?? 0);
  expect([sharedBits(at(), at()), sharedBits(at(0x80), at()), sharedBits(at(0, 1), at())]).toEqual([256, 0, 15]);
  expect(nearer(at(), at(1), at(2))).toBeLessThan(0);
  expect(nearer(at(3), at(1), at(2))).toBeGreaterThan(0);
  expect(nearer(at(3), at(1), at(1))).toBe(0);
});

const at = { secret: new Uint8Array(32).fill(5), day: 20_778, slot: 3 };
const nowMs = nowHour * 3_600_000;
const luck = (length: number): Uint8Array => new Uint8Array(length).fill(6);
const relays = ['/dns4/east.example/tcp/443/tls/ws', `/dns4/${'w'.repeat(limits.relayHintBytes - 17)}/tcp/443/ws`];

test('[D4] who has the secret reads where somebody is met, for that slot and day alone, and nobody else does', () => {
  const left = sealWhereabouts(suite, at, relays, nowMs, luck);
  expect(keyOfWhereabouts(suite, at)).toEqual(keyOfWriter(suite, left.writer));
  expect(openWhereabouts(suite, at, left, nowMs)).toEqual(relays);
  expect(openWhereabouts(suite, at, left, nowMs + 25 * 3_600_000)).toEqual({ refused: 'expired' });
  for (const other of [
    { ...at, slot: 2 },
    { ...at, day: 20_779 },
    { ...at, secret: seed },
  ])
    expect(openWhereabouts(suite, other, left, nowMs)).toEqual({ refused: 'bad-key' });
  const few = sealWhereabouts(suite, at, [], nowMs, luck);
  expect([few.value.length, openWhereabouts(suite, at, few, nowMs)]).toEqual([left.value.length, []]);
  expect(left.value.length).toBeLessThanOrEqual(limits.recordBytes);
  const many = [...relays, '/dns4/more.example/tcp/443/tls/ws'];
  expect(openWhereabouts(suite, at, sealWhereabouts(suite, at, many, nowMs, luck), nowMs)).toEqual(relays);
});

test('[D4] what a relay made up, spoiled or took from elsewhere is refused by name', () => {
  const left = sealWhereabouts(suite, at, relays, nowMs, luck);
  const say = (value: Uint8Array): DirectoryRecord =>
    signRecord(suite, writerSeed(suite, at.secret, at.day, at.slot), { ...left, value });
  expect(openWhereabouts(suite, at, { ...left, value: left.value.with(20, 1) }, nowMs)).toEqual({ refused: 'bad-signature' });
  // An insider, whose signature holds.
  expect(openWhereabouts(suite, at, say(left.value.with(20, 1)), nowMs)).toEqual({ refused: 'bad-seal' });
  expect(openWhereabouts(suite, at, say(left.value.with(0, 2)), nowMs)).toEqual({ refused: 'unknown-version' });
  for (let length = 0; length < left.value.length; length += 1)
    expect(openWhereabouts(suite, at, say(left.value.subarray(0, length)), nowMs)).toHaveProperty('refused');
  const odd = sealWhereabouts(suite, at, ['no address'], nowMs, luck);
  expect(openWhereabouts(suite, at, odd, nowMs)).toEqual({ refused: 'bad-text' });
});
