/** Content of version 2: what one entry, passing word or word between devices may hold and what it costs. */
import { expect, test } from 'vitest';
import { classOf, decodeBetween, directRoomOf, encodeBetween } from '../../../src/protocol/entries/between.ts';
import { decodeEntry, encodeEntry, messageIdOf } from '../../../src/protocol/entries/entry.ts';
import { decodeOutline, encodeOutline } from '../../../src/protocol/entries/outline.ts';
import { decodePassing, encodePassing } from '../../../src/protocol/entries/passing.ts';
import type { RoomId, Short } from '../../../src/protocol/ids.ts';
import { isRefusal } from '../../../src/protocol/refusal.ts';
import { asSent } from '../../../src/protocol/sent.ts';
import { bucketFor } from '../../../src/protocol/wire/bucket.ts';
import { hopBytes } from '../../../src/protocol/wire/hop.ts';
import { fuzz } from '../fuzz.ts';
import { bodies, entryDecoders, passing } from './decoders.ts';
import { asha, badru, hexOf, nowMs, room, say, suite, text } from './talk.ts';

const parents = ['11'.repeat(8), '22'.repeat(8)] as Short[];

test.each(bodies)('an entry is read as it was written: $kind', (body) => {
  const entry = { sentAtMs: nowMs, seq: 300, parents, body };
  const bytes = encodeEntry(entry);
  expect(decodeEntry(bytes)).toEqual(entry);
  expect(classOf(bytes)).toBe('entry');
  // Nothing is read of bytes that end before.
  const least = bytes.length - ('text' in body ? new TextEncoder().encode(body.text).length : 0);
  for (let length = 0; length < (body.kind === 'unknown' ? bytes.length - 3 : least); length += 1) {
    expect(decodeEntry(bytes.slice(0, length))).toHaveProperty('refused');
  }
});

test('an entry holds to its caps', () => {
  const entry = { sentAtMs: nowMs, seq: 1, parents: [], body: text('') };
  const refusalOf = (changed: object): unknown => decodeEntry(encodeEntry({ ...entry, ...changed }));
  const nine = Array.from({ length: 9 }, () => parents[0]!);
  expect(refusalOf({ parents: nine })).toEqual({ refused: 'too-many' });
  expect(refusalOf({ parents: nine.slice(1) })).toMatchObject({ parents: nine.slice(1) });
  expect(refusalOf({ seq: 0 })).toEqual({ refused: 'bad-number' });
  // Records are filed under 15 digits.
  expect(refusalOf({ seq: 10 ** 15 })).toEqual({ refused: 'bad-number' });
  expect(refusalOf({ seq: 10 ** 15 - 1 })).toMatchObject({ seq: 10 ** 15 - 1 });
  expect(refusalOf({ body: text('x'.repeat(8_001)) })).toEqual({ refused: 'too-big' });
  expect(isRefusal(decodeEntry(encodeEntry({ ...entry, parents: nine.slice(1), body: text('x'.repeat(8_000)) })))).toBe(false);
  const to = '00'.repeat(16);
  expect(refusalOf({ body: { kind: 'reaction', to, text: 'x'.repeat(33) } })).toEqual({ refused: 'too-big' });
  expect(refusalOf({ body: { kind: 'unknown', number: 50, bytes: new Uint8Array(8_200) } })).toEqual({ refused: 'too-big' });
  expect(refusalOf({ body: { kind: 'head', bytes: new Uint8Array(65) } })).toEqual({ refused: 'truncated' });
  expect(refusalOf({ body: { kind: 'unknown', number: 64, bytes: new Uint8Array(9) } })).toEqual({ refused: 'unknown-kind' });
  expect(decodeEntry(Uint8Array.of(...encodeEntry(entry), 0xff))).toEqual({ refused: 'bad-text' });
});

test('[E3] a hundred bytes of text cost 200 bytes in a conversation of two and 222 in a room', () => {
  for (const seq of [1, 127, 128, 100_000]) {
    const entry = encodeEntry({ sentAtMs: nowMs, seq, parents: parents.slice(1), body: text('x'.repeat(100)) });
    for (const [around, cost] of [
      [67, 200],
      [68, 200],
      [90, 222],
    ] as const) {
      const bucket = bucketFor(entry.length, around);
      expect(isRefusal(bucket) ? bucket : bucket.bytes + hopBytes).toBe(cost);
    }
  }
});

test('sent is said from 2020 to 2054; a clock beyond is said as the nearest', () => {
  const sentOf = (sentAtMs: number): unknown => {
    const read = decodeEntry(encodeEntry({ sentAtMs, seq: 1, parents: [], body: text('') }));
    return isRefusal(read) ? read : read.sentAtMs;
  };
  for (const [atMs, read] of [
    [Date.UTC(2020, 0, 1), Date.UTC(2020, 0, 1)],
    [0, Date.UTC(2020, 0, 1)],
    [nowMs + 0.7, nowMs],
    [Date.UTC(2054, 0, 1), Date.UTC(2054, 0, 1)],
    [Date.UTC(2100, 0, 1), Date.UTC(2020, 0, 1) + 2 ** 40 - 1],
  ] as const) {
    expect(sentOf(atMs)).toBe(read);
    expect(asSent(atMs)).toBe(read);
  }
});

test('[E5] a message’s id is of its room, its author and its bytes, and of nothing else', () => {
  const one = say(asha.phone, text('one'));
  expect(messageIdOf(suite, room, asha.phone, one.bytes)).toBe(one.id);
  expect(one.id).toMatch(/^[0-9a-f]{32}$/);
  expect(messageIdOf(suite, 'cd'.repeat(16) as RoomId, asha.phone, one.bytes)).not.toBe(one.id);
  expect(messageIdOf(suite, room, badru.phone, one.bytes)).not.toBe(one.id);
  expect(messageIdOf(suite, room, asha.phone, one.bytes.with(2, 9))).not.toBe(one.id);
});

test('the conversation of two persons is one, whoever says it', () => {
  const both = directRoomOf(suite, asha.person, badru.person);
  expect(directRoomOf(suite, badru.person, asha.person)).toBe(both);
  expect(directRoomOf(suite, asha.person, asha.person)).not.toBe(both);
});

test.each(passing)('[M10] passing content is read as it was written: $kind', (each) => {
  const bytes = encodePassing(each);
  expect(decodePassing(bytes)).toEqual(each);
  expect(classOf(bytes)).toBe('passing');
  for (let length = 0; length < bytes.length; length += 1) {
    expect(decodePassing(bytes.slice(0, length))).toHaveProperty('refused');
  }
  expect(decodePassing(Uint8Array.of(...bytes, 0))).toEqual({ refused: 'truncated' });
});

test('passing content holds to its caps; kinds nobody knows are ignored', () => {
  const many = Array.from({ length: 65 }, () => parents[0]!);
  expect(decodePassing(encodePassing({ kind: 'receipt', state: 'read', messages: many }))).toEqual({ refused: 'too-many' });
  const clocks = Array.from({ length: 501 }, () => ({ device: parents[0]!, seq: 1 }));
  expect(decodePassing(encodePassing({ kind: 'clocks', state: 'read', clocks }))).toEqual({ refused: 'too-many' });
  expect(decodePassing(Uint8Array.of(65, 3, 0))).toEqual({ refused: 'bad-number' });
  expect(decodePassing(Uint8Array.of(66, 0, 0))).toEqual({ refused: 'bad-number' });
  expect(decodePassing(Uint8Array.of(100, 1, 2))).toEqual({ kind: 'unknown' });
  expect(decodePassing(Uint8Array.of(63))).toEqual({ refused: 'unknown-kind' });
  expect(decodePassing(Uint8Array.of(128))).toEqual({ refused: 'unknown-kind' });
});

test('the first byte says whom content is for', () => {
  const classes = Array.from({ length: 256 }, (_, kind) => classOf(Uint8Array.of(kind)));
  const unknown = { refused: 'unknown-kind' };
  expect(classes).toEqual([
    unknown,
    ...Array.from({ length: 63 }, () => 'entry'),
    ...Array.from({ length: 64 }, () => 'passing'),
    ...Array.from({ length: 7 }, () => 'between'),
    ...Array.from({ length: 121 }, () => unknown),
  ]);
  expect(classOf(new Uint8Array(0))).toEqual({ refused: 'truncated' });
});

test('what two devices tell each other is read as it was written', () => {
  for (const between of [
    { kind: 'kem-offer', body: Uint8Array.of(1, 2) },
    { kind: 'heads', body: new Uint8Array(0) },
    { kind: 'direct', room, author: asha.phone, entry: Uint8Array.of(1) },
    { kind: 'sync', room, part: Uint8Array.of(1) },
    { kind: 'bundle', body: Uint8Array.of(3) },
  ] as const) {
    expect(decodeBetween(encodeBetween(between))).toEqual(between);
  }
  expect(decodeBetween(Uint8Array.of(132, 1, 2))).toEqual({ refused: 'truncated' });
  expect(decodeBetween(Uint8Array.of(135, 1, 2))).toEqual({ refused: 'unknown-kind' });
});

test('[M7] what stays of an entry is read as it was written', () => {
  for (const body of bodies) {
    const { bytes: _, ...outline } = say(asha.phone, body, { after: parents });
    expect(decodeOutline(encodeOutline(outline))).toEqual(outline);
    expect(encodeOutline(outline).length).toBeLessThan(120);
  }
});

test('[M7] no words are in what stays', () => {
  const words = hexOf('words', 16);
  for (const body of [text(words), { kind: 'edit', to: say(asha.phone, text('')).id, text: words }] as const) {
    expect(Buffer.from(encodeOutline(say(asha.phone, body))).includes(words)).toBe(false);
  }
});

test.each(entryDecoders)('[E1] spoiled bytes never throw, and have one spelling: $name', (decoder) => {
  expect(fuzz(decoder, 5_000)).toBeGreaterThan(0);
  fuzz(decoder, 500, Date.now());
});
