/** Bytes of version 2 that hops see, and the content within, frozen, and read a second time from WIRE.md alone (see frozen-v2.test.ts). */
import { expect, test } from 'vitest';
import { concat } from '../../src/protocol/bytes.ts';
import { decodeBetween, directRoomOf, encodeBetween } from '../../src/protocol/entries/between.ts';
import { envelopeIdOf } from '../../src/protocol/envelope.ts';
import { decodeEntry, encodeEntry, messageIdOf } from '../../src/protocol/entries/entry.ts';
import type { Body } from '../../src/protocol/entries/entry.ts';
import { decodePassing, encodePassing } from '../../src/protocol/entries/passing.ts';
import type { Passing } from '../../src/protocol/entries/passing.ts';
import { decodeRoomOperations, encodeRoomOperations } from '../../src/protocol/entries/room-operations.ts';
import { decodeRoomWord, encodeRoomWord } from '../../src/protocol/entries/room-word.ts';
import type { MessageId, OperationId, RoomId } from '../../src/protocol/ids.ts';
import { parsePeerId, shortOf } from '../../src/protocol/ids.ts';
import { decodeBundle } from '../../src/protocol/people/bundle.ts';
import { isRefusal } from '../../src/protocol/refusal.ts';
import { decodeAcknowledgement, encodeAcknowledgement, isAcknowledgement } from '../../src/protocol/wire/acknowledgement.ts';
import { bucketFor, bucketOf, pad, unpad } from '../../src/protocol/wire/bucket.ts';
import { decodeHop, encodeHop } from '../../src/protocol/wire/hop.ts';
import { decodeParcel, encodeParcel } from '../../src/protocol/wire/parcel.ts';
import { asha, badru, disagreements, good, hex, luckOf, nowHour, nowMs, suite, unhex, verdict } from './frozen/cast.ts';
import * as second from './second/content.ts';
import * as wire from './second/envelope.ts';

const to = luckOf('to')(8);
const envelope = new Uint8Array([0x20, ...luckOf('envelope')(127)]);

/** As a receiver does: the header, and behind it what may only be an envelope. */
const readHop = (bytes: Uint8Array): unknown => {
  if (isAcknowledgement(bytes)) return decodeAcknowledgement(bytes);
  const hop = decodeHop(bytes);
  if (isRefusal(hop)) return hop;
  if (hop.kind === 'envelope') return bucketOf(hop.rest);
  const parcel = decodeParcel(hop.rest, nowHour);
  return isRefusal(parcel) ? parcel : bucketOf(parcel.envelope);
};

test('[E6] [E7] an envelope on its way, a parcel, and an acknowledgement', () => {
  const hop = { ttl: 7, copies: 4, to };
  const parcel = { box: luckOf('box')(16), expiresHour: nowHour + 24 * 7 };
  const a = luckOf('a')(16);
  const onTheWay = encodeHop({ kind: 'envelope', ...hop }, envelope);
  const kept = encodeHop({ kind: 'parcel', ...hop }, encodeParcel(parcel, envelope));
  const back = encodeAcknowledgement(a);
  expect([onTheWay, kept, back].map(hex)).toMatchSnapshot();
  expect(wire.readHop(onTheWay, nowHour)).toEqual({ kind: 'envelope', ...hop, envelope });
  expect(wire.readHop(kept, nowHour)).toEqual({ kind: 'parcel', ...hop, ...parcel, envelope });
  expect(wire.readHop(back, nowHour)).toEqual({ kind: 'acknowledgement', a, tag: suite.hash(a).slice(0, 16) });
  for (const bytes of [onTheWay, kept, back])
    expect(disagreements(bytes, readHop, (changed) => wire.readHop(changed, nowHour)).differ).toEqual([]);
  expect(hex(wire.envelopeIdOf(envelope))).toBe(envelopeIdOf(envelope));
});

test('[E3] [E4] every bucket, and what fits', () => {
  const lengths = [1, 127, 128, 129, 190, 191, 212, 213, 223, 224, 513, 1_536, 8_192, 16_384, 16_385, 17_409, 100_000, 1_048_576];
  for (const length of lengths) {
    const { number: bucket, bytes } = good(bucketFor(length - 1 - Math.min(length - 1, 67), Math.min(length - 1, 67)));
    expect({ bucket, length: bytes }).toEqual(wire.bucketFor(length));
    for (const off of [-1, 0, 1]) {
      const whole = new Uint8Array(bytes + off).with(0, 0x20 | bucket);
      expect(verdict(whole, bucketOf, wire.readEnvelope)).toBe(off === 0 ? 'both take it' : 'both refuse it');
    }
  }
  const padded = pad(luckOf('content')(20), 40);
  expect(wire.withoutPadding(padded)).toEqual(luckOf('content')(20));
  const { taken, differ } = disagreements(padded, unpad, wire.withoutPadding);
  expect(differ).toEqual([]);
  expect(taken).toBeGreaterThan(20);
});

const room = hex(luckOf('room')(16)) as RoomId;
const message = hex(luckOf('message')(16)) as MessageId;
const operation = hex(luckOf('operation')(32)) as OperationId;
const parents = [shortOf(message), shortOf(hex(luckOf('operation')(32)) as MessageId)];

const said: readonly (readonly [Body, object])[] = [
  [
    { kind: 'text', text: 'Habari? 👋' },
    { kind: 'text', text: 'Habari? 👋' },
  ],
  [
    { kind: 'reply', to: message, text: 'Nzuri' },
    { kind: 'reply', message: unhex(message), text: 'Nzuri' },
  ],
  [
    { kind: 'reaction', to: message, text: '❤️' },
    { kind: 'reaction', message: unhex(message), text: '❤️' },
  ],
  [
    { kind: 'edit', to: message, text: '' },
    { kind: 'edit', message: unhex(message), text: '' },
  ],
  [
    { kind: 'delete', to: message },
    { kind: 'delete', message: unhex(message) },
  ],
  [
    { kind: 'head', bytes: luckOf('head')(64) },
    { kind: 'head', addOperation: luckOf('head')(64).slice(0, 32), headSeed: luckOf('head')(64).slice(32) },
  ],
  [
    { kind: 'invite', bytes: luckOf('invite')(64) },
    { kind: 'invite', invite: luckOf('invite')(64).slice(0, 32), secret: luckOf('invite')(64).slice(32) },
  ],
  [
    { kind: 'call-me', text: 'Asha 🪢' },
    { kind: 'call-me', text: 'Asha 🪢' },
  ],
];

test.each(said.map(([body, expected]) => [body.kind, body, expected] as const))('an entry: %s', (_, body, expected) => {
  const entry = { sentAtMs: nowMs, seq: 300, parents, body };
  const bytes = encodeEntry(entry);
  const id = messageIdOf(suite, room, asha.device.id, bytes);
  expect([hex(bytes), id]).toMatchSnapshot();
  expect(second.readContent(bytes)).toEqual({
    kind: 'entry',
    entry: { sentMs: nowMs, seq: 300, parents: parents.map(unhex), body: expected },
  });
  expect(hex(second.messageIdOf(unhex(room), asha.device.signKey, bytes))).toBe(id);
  const { taken, differ } = disagreements(bytes, decodeEntry, second.readEntry);
  expect(taken).toBeGreaterThan(50);
  expect(differ).toEqual([]);
});

test('[E1] an entry has at most 8,200 bytes, and a text 8,000', () => {
  const unknown = (length: number): Uint8Array => new Uint8Array(length).with(0, 63).with(6, 1);
  const words = (kind: number, length: number): Uint8Array =>
    new Uint8Array(length).fill(97).with(0, kind).fill(0, 1, 6).with(6, 1).with(7, 0);
  const cases = [
    unknown(8_200),
    unknown(8_201),
    words(1, 8_008),
    words(1, 8_009),
    words(2, 8_024),
    words(2, 8_025),
    words(3, 56),
    words(3, 57),
    words(8, 56),
    words(8, 57),
  ];
  for (const [at, bytes] of cases.entries())
    expect(verdict(bytes, decodeEntry, second.readEntry)).toBe(at % 2 === 0 ? 'both take it' : 'both refuse it');
});

test('[M4] a moment outside of the forty bits is said as the nearest', () => {
  const sent = (sentAtMs: number): number =>
    second.readEntry(encodeEntry({ sentAtMs, seq: 1, parents: [], body: { kind: 'text', text: '' } })).sentMs;
  expect([0, Date.UTC(2020, 0, 1, 0, 0, 1), Date.UTC(2100, 0, 1)].map(sent)).toEqual([
    Date.UTC(2020, 0, 1),
    Date.UTC(2020, 0, 1, 0, 0, 1),
    Date.UTC(2020, 0, 1) + 2 ** 40 - 1,
  ]);
});

const passed: readonly (readonly [Exclude<Passing, { kind: 'unknown' }>, object])[] = [
  [{ kind: 'nothing' }, { kind: 'nothing' }],
  [
    { kind: 'receipt', state: 'read', messages: parents },
    { kind: 'receipt', state: 'read', messages: parents.map(unhex) },
  ],
  [
    { kind: 'clocks', state: 'stored', clocks: [{ device: shortOf(asha.device.id), seq: 12_345 }] },
    { kind: 'clocks', state: 'stored', clocks: [{ device: asha.device.signKey.slice(0, 8), seq: 12_345 }] },
  ],
  [
    { kind: 'typing', seconds: 8 },
    { kind: 'typing', untilSeconds: 8 },
  ],
];

test.each(passed.map(([passing, expected]) => [passing.kind, passing, expected] as const))(
  'said in passing: %s',
  (_, passing, expected) => {
    const bytes = encodePassing(passing);
    expect(hex(bytes)).toMatchSnapshot();
    expect(second.readContent(bytes)).toEqual(expected);
    const isPassing = (changed: Uint8Array): unknown => {
      const [first = 0] = changed;
      // Words and operations of a room are read elsewhere: here they are passed by.
      if (first === 68 || first === 69) return null;
      return first > 127 || first < 64 ? { refused: 'unknown-kind' } : second.readContent(changed);
    };
    expect(disagreements(bytes, decodePassing, isPassing).differ).toEqual([]);
  },
);

const word = { peer: parsePeerId('AAECAwQF')!, heads: [operation], clocks: [{ device: shortOf(asha.device.id), seq: 300 }] };
const secondWord = {
  kind: 'word',
  peer: new Uint8Array([0, 1, 2, 3, 4, 5]),
  heads: [unhex(operation)],
  clocks: [{ device: asha.device.signKey.slice(0, 8), seq: 300 }],
};
test.each([
  ['tells', null],
  ['asks', asha.bundle.bytes],
  ['leaves', null],
] as const)('a word in a room: %s', (about, bundle) => {
  const bytes = encodeRoomWord({ ...word, about, bundle });
  expect(hex(bytes)).toMatchSnapshot();
  expect(second.readContent(bytes)).toEqual({ ...secondWord, about, bundle });
  const isWord = (changed: Uint8Array): unknown => (changed[0] === 68 ? second.readContent(changed) : decodeRoomWord(changed));
  const { taken, differ } = disagreements(bytes, decodeRoomWord, isWord);
  expect(taken).toBeGreaterThan(100);
  expect(differ).toEqual([]);
});

test('a word that names no PeerId', () => {
  const empty = new Uint8Array([68, 0, 0, 0, 0, 0]);
  expect(verdict(empty, decodeRoomWord, second.readContent)).toBe('both refuse it');
  expect(verdict(new Uint8Array([68, 0, 1, 9, 0, 0, 0]), decodeRoomWord, second.readContent)).toBe('both take it');
});

test('operations said in a room', () => {
  const operations = [luckOf('first')(130), luckOf('second')(140)];
  const bytes = encodeRoomOperations(operations);
  expect(hex(bytes)).toMatchSnapshot();
  expect(second.readContent(bytes)).toEqual({ kind: 'operations', operations });
  const isSaid = (changed: Uint8Array): unknown =>
    changed[0] === 69 ? second.readContent(changed) : decodeRoomOperations(changed);
  expect(disagreements(bytes, decodeRoomOperations, isSaid).differ).toEqual([]);
  const many = (count: number): Uint8Array => encodeRoomOperations(Array.from({ length: count }, () => luckOf('one')(3)));
  expect(verdict(many(16), decodeRoomOperations, isSaid)).toBe('both take it');
  expect(verdict(many(17), decodeRoomOperations, isSaid)).toBe('both refuse it');
});

test('[Y2] an entry of two, told to another device', () => {
  const entry = encodeEntry({ sentAtMs: nowMs, seq: 1, parents: [], body: { kind: 'text', text: 'Nipo' } });
  const direct = directRoomOf(suite, asha.person.id, badru.person.id);
  const bytes = encodeBetween({ kind: 'direct', room: direct, author: badru.device.id, entry });
  expect(hex(bytes)).toMatchSnapshot();
  expect(second.directRoomOf(unhex(badru.person.id), unhex(asha.person.id))).toEqual(unhex(direct));
  expect(second.readContent(bytes)).toEqual({
    kind: 'direct',
    conversation: unhex(direct),
    device: badru.device.signKey,
    entry: second.readEntry(entry),
    bytes: entry,
  });
  const first = (changed: Uint8Array): unknown => {
    const between = decodeBetween(changed);
    return isRefusal(between) || between.kind !== 'direct' ? between : decodeEntry(between.entry);
  };
  const { taken, differ } = disagreements(bytes, first, (changed) =>
    changed[0] === 132 ? second.readContent(changed) : first(changed),
  );
  expect(taken).toBeGreaterThan(100);
  expect(differ).toEqual([]);
});

test('a bundle, handed on over a session', () => {
  const bytes = encodeBetween({ kind: 'bundle', body: asha.bundle.bytes });
  expect(hex(bytes)).toMatchSnapshot();
  expect(second.readContent(bytes)).toEqual({ kind: 'bundle', bundle: asha.bundle.bytes });
  const first = (changed: Uint8Array): unknown => {
    const between = decodeBetween(changed);
    return isRefusal(between) || between.kind !== 'bundle' ? between : decodeBundle(suite, between.body, nowMs);
  };
  expect(
    [bytes, bytes.subarray(0, -1), concat([bytes, Uint8Array.of(0)])].map((one) => verdict(one, first, second.readContent)),
  ).toEqual(['both take it', 'both refuse it', 'both refuse it']);
});
