/** Bytes of version 2 that a room's members send each other, frozen, and read a second time from WIRE.md alone (see frozen-v2.test.ts). */
import { expect, test } from 'vitest';
import { encodeBetween } from '../../src/protocol/entries/between.ts';
import { encodeEntry } from '../../src/protocol/entries/entry.ts';
import { encodePassing } from '../../src/protocol/entries/passing.ts';
import { shortOf } from '../../src/protocol/ids.ts';
import type { OperationId, RoomId } from '../../src/protocol/ids.ts';
import { castId } from '../../src/protocol/contact/address.ts';
import { castSecretOf, commitmentOf } from '../../src/protocol/rooms/epoch.ts';
import { encodeHeadEntry } from '../../src/protocol/rooms/head-entry.ts';
import { decodeHeads, encodeHeads } from '../../src/protocol/rooms/heads.ts';
import { emptyKeyring } from '../../src/protocol/rooms/keyring.ts';
import type { Keyring } from '../../src/protocol/rooms/keyring.ts';
import { headsFor, learnHeads, learnHeadSeed, learnSeed } from '../../src/protocol/rooms/learn.ts';
import { openIn, sealIn } from '../../src/protocol/rooms/room-envelope.ts';
import type { Sealed } from '../../src/protocol/rooms/room-envelope.ts';
import { decodeSeedRow, encodeSeedRow } from '../../src/protocol/rooms/seed-row.ts';
import { checkSigned } from '../../src/protocol/rooms/signed.ts';
import { encodePart } from '../../src/protocol/sync/parts.ts';
import { asha, badru, chiku, disagreements, good, hex, luckOf, nowMs, suite, today, unhex } from './frozen/cast.ts';
import type { Member } from './frozen/cast.ts';
import { readContent } from './second/content.ts';
import { castIdOn as secondCastIdOn } from './second/people.ts';
import * as second from './second/room.ts';
import { checkMoved, readSyncPart } from './second/sync.ts';

const room = hex(luckOf('room')(16)) as RoomId;
const epochId = hex(luckOf('epoch')(32)) as OperationId;
const addition = hex(luckOf('add')(32)) as OperationId;
const [seed, headSeed] = [luckOf('seed')(32), luckOf('head seed')(32)];
const facts = {
  id: epochId,
  commitment: commitmentOf(suite, seed),
  recipients: [asha.device.id, badru.device.id],
  added: [{ device: chiku.device.id, operation: addition }],
};
const head = { operation: addition, device: chiku.device.id, seed: headSeed, commitment: commitmentOf(suite, headSeed) };

const keyringOf = (member: Member): Keyring => {
  const { id } = member.device;
  // Who was added has no seed: it is given the heads.
  const begun = facts.recipients.includes(id)
    ? learnSeed(suite, emptyKeyring, facts, seed, id, nowMs)
    : learnHeads(suite, emptyKeyring, facts, headsFor(keyringOf(badru), room, epochId, badru.device.id)!, id, nowMs);
  return good(learnHeadSeed(suite, good(begun), head, [facts], id, nowMs));
};

const text = (seq: number, words: string): Uint8Array =>
  encodeEntry({ sentAtMs: nowMs, seq, parents: [shortOf(epochId)], body: { kind: 'text', text: words } });

const sealAll = (from: Keyring, member: Member, contents: readonly Uint8Array[]): readonly Sealed[] => {
  const sealed: Sealed[] = [];
  for (const content of contents)
    sealed.push(good(sealIn(suite, sealed.at(-1)?.keyring ?? from, room, epochId, member.device, content)));
  return sealed;
};

const { signKey } = asha.device;
const devices = [signKey, badru.device.signKey];
const epoch = second.epochOf(unhex(room), unhex(epochId), seed, devices, [{ device: chiku.device.signKey, headSeed }]);

test('[K1] what a seed holds', () => {
  const [tags, cast] = [second.epochTags(unhex(epochId), seed), second.castSecretOf(unhex(epochId), seed)];
  expect([
    hex(tags),
    hex(cast),
    hex(second.headOf(unhex(epochId), seed, signKey)),
    hex(commitmentOf(suite, seed)),
  ]).toMatchSnapshot();
  expect(keyringOf(badru).epochs[0]?.tags).toEqual(tags);
  expect(castSecretOf(suite, epochId, seed)).toEqual(cast);
  expect(castId(suite, cast, today)).toEqual(secondCastIdOn(cast, today));
  expect(commitmentOf(suite, seed)).toEqual(second.commitmentOf(seed));
});

test('[K6] [K7] envelopes of a room: each device on its chain, each number once', () => {
  const contents = [
    text(1, 'Karibuni wote'),
    text(2, 'a'.repeat(100)),
    encodePassing({ kind: 'receipt', state: 'stored', messages: [shortOf(epochId)] }),
    text(3, 'ndefu '.repeat(1_300)),
    ...Array.from({ length: 90 }, (_, at) => text(4 + at, `Neno ${at}`)),
  ];
  const sealed = sealAll(keyringOf(asha), asha, contents);
  expect([
    sealed.slice(0, 3).map(({ envelope }) => hex(envelope)),
    ...sealed.map(({ envelope }) => hex(suite.hash(envelope)).slice(0, 16)),
  ]).toMatchSnapshot();
  // A hundred bytes of text and a parent: one packet of a small carrier.
  expect(sealed[1]?.envelope).toHaveLength(212);
  for (const [n, { envelope, signed }] of sealed.entries()) {
    expect(second.openRoomEnvelope(envelope, epoch)).toEqual({
      device: signKey,
      n,
      bytes: contents[n],
      content: readContent(contents[n] ?? new Uint8Array()),
      signature: signed.signature,
    });
  }
  const keyring = keyringOf(badru);
  for (const n of [0, 3, 50]) {
    const { envelope, signed } = sealed[n]!;
    const first = (changed: Uint8Array): unknown => openIn(suite, keyring, room, signed, changed, nowMs);
    expect(disagreements(envelope, first, (changed) => second.openRoomEnvelope(changed, epoch), { places: 60 })).toMatchObject({
      taken: 1,
      differ: [],
    });
  }
});

test('[K2] a device that was added, by its head seed and by the heads that another member hands on', () => {
  const [said] = sealAll(keyringOf(chiku), chiku, [text(1, 'Nimefika')]);
  expect(hex(said!.envelope)).toMatchSnapshot();
  expect(second.openRoomEnvelope(said!.envelope, epoch)).toMatchObject({ device: chiku.device.signKey, n: 0 });

  const [, , third] = sealAll(keyringOf(asha), asha, [text(1, 'a'), text(2, 'b'), text(3, 'c')]);
  const chain = second.chainAfter(second.headOf(unhex(epochId), seed, signKey), 2);
  const handed = { ...epoch, chains: [{ device: signKey, chain, n: 2 }] };
  expect(second.openRoomEnvelope(third!.envelope, handed)).toMatchObject({ device: signKey, n: 2 });
  expect(() => second.openRoomEnvelope(said!.envelope, handed)).toThrow('unknown-tag');
});

test('a seed row, heads and a head entry', () => {
  const row = encodeBetween({ kind: 'seed-row', body: encodeSeedRow({ room, epoch: epochId, seed }) });
  const chain = second.headOf(unhex(epochId), seed, signKey);
  const given = headsFor(keyringOf(badru), room, epochId, badru.device.id)!;
  const heads = encodeBetween({ kind: 'heads', body: encodeHeads(given) });
  const entry = encodeEntry({
    ...{ sentAtMs: nowMs, seq: 2, parents: [] },
    body: { kind: 'head', bytes: encodeHeadEntry({ operation: addition, seed: headSeed }) },
  });
  expect([row, heads, entry].map(hex)).toMatchSnapshot();
  expect(readContent(row)).toEqual({ kind: 'seed-row', room: unhex(room), epochId: unhex(epochId), seed });
  expect(readContent(entry)).toMatchObject({ entry: { body: { kind: 'head', addOperation: unhex(addition), headSeed } } });
  const read = readContent(heads);
  expect(read).toMatchObject({ kind: 'heads', room: unhex(room), epochId: unhex(epochId), tags: epoch.tags });
  if (read.kind !== 'heads') throw new Error('no heads');
  expect(read.castSecret).toEqual(second.castSecretOf(unhex(epochId), seed));
  expect(read.heads).toHaveLength(3);
  expect(read.heads).toContainEqual({ device: signKey.slice(0, 8), chain, n: 0 });
  expect(read.heads).toContainEqual({
    device: chiku.device.signKey.slice(0, 8),
    chain: second.addedHeadOf(unhex(epochId), headSeed, chiku.device.signKey),
    n: 0,
  });
  for (const [bytes, decode] of [
    [row, decodeSeedRow],
    [heads, decodeHeads],
  ] as const) {
    const first = (changed: Uint8Array): unknown => (changed[0] === bytes[0] ? decode(changed.slice(1)) : readContent(changed));
    const { taken, differ } = disagreements(bytes, first, readContent);
    expect(taken).toBeGreaterThan(100);
    expect(differ).toEqual([]);
  }
});

test('[Y1] an entry moved by sync is the signed one', () => {
  const [sealed] = sealAll(keyringOf(asha), asha, [text(1, 'Karibuni wote')]);
  const part = readSyncPart(encodePart({ kind: 'entries', entries: [sealed!.signed] }));
  if (part.kind !== 'entries') throw new Error('no entries');
  const [moved] = part.entries;
  expect(() => checkMoved(unhex(room), moved!)).not.toThrow();
  expect(() => checkMoved(luckOf('another room')(16), moved!)).toThrow('bad-signature');
  expect(checkSigned(suite, room, { ...sealed!.signed, n: 1 })).toHaveProperty('refused');
});
