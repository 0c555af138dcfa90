/** The parts of sync as bytes: caps, and what is refused. */
import { expect, test } from 'vitest';
import type { OperationId, Short } from '../../../src/protocol/ids.ts';
import { historyFromMs } from '../../../src/protocol/sync/entitled.ts';
import { decodePart, encodePart } from '../../../src/protocol/sync/parts.ts';
import type { Part } from '../../../src/protocol/sync/parts.ts';
import { fuzz } from '../fuzz.ts';
import { devices, parts, syncDecoders } from './decoders.ts';

const short = '11'.repeat(8) as Short;
const many = <One>(length: number, one: One): readonly One[] => Array.from({ length }, () => one);
const outcome = (part: Part): unknown => {
  const read = decodePart(encodePart(part));
  return 'refused' in read ? read.refused : read.kind;
};

test.each(parts)('a part is read as it was written: $kind', (part) => {
  const bytes = encodePart(part);
  expect(decodePart(bytes)).toEqual(part);
  for (let length = 0; length < bytes.length; length += 1) {
    expect(decodePart(bytes.slice(0, length))).toHaveProperty('refused');
  }
  expect(decodePart(Uint8Array.of(...bytes, 0))).toEqual({ refused: 'truncated' });
});

test('[E1] every list has its cap', () => {
  const id = '22'.repeat(32) as OperationId;
  const entry = { device: devices[0]!, epochId: id, n: 0, signature: new Uint8Array(64), entry: new Uint8Array(0) };
  const lists: readonly [number, (length: number) => Part][] = [
    [16, (length) => ({ kind: 'summary', asks: true, heads: many(length, id), clocks: [] })],
    [500, (length) => ({ kind: 'summary', asks: true, heads: [], clocks: many(length, { device: short, seq: 1 }) })],
    [64, (length) => ({ kind: 'want-operations', wanted: many(length, id), known: [] })],
    [32, (length) => ({ kind: 'want-operations', wanted: [], known: many(length, id) })],
    [64, (length) => ({ kind: 'operations', operations: many(length, Uint8Array.of(1)) })],
    [64, (length) => ({ kind: 'entries', entries: many(length, entry) })],
  ];
  for (const [most, make] of lists) {
    expect(outcome(make(most))).toBe(make(most).kind);
    expect(outcome(make(most + 1))).toBe('too-many');
  }
  expect(outcome({ kind: 'operations', operations: [new Uint8Array(4_097)] })).toBe('truncated');
  expect(outcome({ kind: 'entries', entries: [{ ...entry, entry: new Uint8Array(8_201) }] })).toBe('truncated');
});

test('parts nobody knows are refused, and entries that say what they answer', () => {
  expect(decodePart(Uint8Array.of(1, 2, 0, 0))).toEqual({ refused: 'bad-number' });
  for (const kind of [0, 4, 6, 255]) expect(decodePart(Uint8Array.of(kind))).toEqual({ refused: 'unknown-kind' });
  expect(decodePart(Uint8Array.of(5, 1, 0))).toEqual({ refused: 'bad-number' });
  expect(decodePart(new Uint8Array(0))).toEqual({ refused: 'truncated' });
});

test('[Y1] who came is told what was said since, and as far back as the room lets newcomers read', () => {
  const atMs = 30 * 86_400_000;
  expect([0, 1, 7, 255].map((historyDays) => historyFromMs({ atMs, historyDays }) / 86_400_000)).toEqual([30, 29, 23, 0]);
  expect(historyFromMs({ atMs: 1, historyDays: 9 })).toBe(0);
});

test.each(syncDecoders)('[E1] spoiled bytes never throw, and have one spelling: $name', (decoder) => {
  expect(fuzz(decoder, 10_000)).toBeGreaterThan(0);
  fuzz(decoder, 500, Date.now());
});
