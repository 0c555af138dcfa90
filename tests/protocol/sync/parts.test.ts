/** The parts of sync as bytes: caps, and what is refused. */
import { expect, test } from 'vitest';
import type { OperationId, Short } from '../../../src/protocol/ids.ts';
import { aroundEntry, decodePart, encodePart } from '../../../src/protocol/sync/parts.ts';
import type { Part } from '../../../src/protocol/sync/parts.ts';
import { fuzz } from '../fuzz.ts';
import { parts, syncDecoders } from './decoders.ts';
import { devices, item } from './two-sides.ts';

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
  const gone = { device: short, seq: 1, message: item(devices[0]!, 1).id, parents: [] as readonly Short[] };
  const lists: readonly [number, (length: number) => Part][] = [
    [16, (length) => ({ kind: 'summary', asks: true, heads: many(length, id), clocks: [] })],
    [500, (length) => ({ kind: 'summary', asks: true, heads: [], clocks: many(length, { device: short, seq: 1 }) })],
    [64, (length) => ({ kind: 'want-operations', wanted: many(length, id), known: [] })],
    [32, (length) => ({ kind: 'want-operations', wanted: [], known: many(length, id) })],
    [64, (length) => ({ kind: 'operations', operations: many(length, Uint8Array.of(1)) })],
    [64, (length) => ({ kind: 'want-entries', number: 0, ranges: many(length, { device: short, from: 1, to: 1 }) })],
    [64, (length) => ({ kind: 'entries', number: 0, entries: many(length, entry) })],
    [64, (length) => ({ kind: 'gone', number: 0, gone: many(length, gone) })],
    [8, (length) => ({ kind: 'gone', number: 0, gone: [{ ...gone, parents: many(length, short) }] })],
    [64, (length) => ({ kind: 'want-named', number: 0, names: many(length, short) })],
    [
      64,
      (length) => ({
        kind: 'direct-entries',
        number: 0,
        entries: many(length, { device: devices[0]!, entry: Uint8Array.of(1) }),
      }),
    ],
  ];
  for (const [most, make] of lists) {
    expect(outcome(make(most))).toBe(make(most).kind);
    expect(outcome(make(most + 1))).toBe('too-many');
  }
  expect(outcome({ kind: 'operations', operations: [new Uint8Array(4_097)] })).toBe('truncated');
  expect(outcome({ kind: 'entries', number: 0, entries: [{ ...entry, entry: new Uint8Array(8_201) }] })).toBe('truncated');
});

test('ranges that are none, and parts nobody knows, are refused', () => {
  for (const [from, to] of [
    [0, 5],
    [6, 5],
  ] as const) {
    expect(outcome({ kind: 'want-entries', number: 0, ranges: [{ device: short, from, to }] })).toBe('bad-number');
  }
  expect(decodePart(Uint8Array.of(1, 2, 0, 0))).toEqual({ refused: 'bad-number' });
  for (const kind of [0, 9, 255]) expect(decodePart(Uint8Array.of(kind))).toEqual({ refused: 'unknown-kind' });
  expect(decodePart(new Uint8Array(0))).toEqual({ refused: 'truncated' });
});

test('an entry costs no more around it than is reckoned with', () => {
  const withEntries = (count: number): number => {
    const entry = {
      device: devices[0]!,
      epochId: '00'.repeat(32) as OperationId,
      n: 0,
      signature: new Uint8Array(64),
      entry: new Uint8Array(8_200),
    };
    return encodePart({ kind: 'entries', number: 0, entries: many(count, entry) }).length;
  };
  expect(withEntries(2) - withEntries(1) - 8_200).toBeLessThanOrEqual(aroundEntry);
});

test.each(syncDecoders)('[E1] spoiled bytes never throw, and have one spelling: $name', (decoder) => {
  expect(fuzz(decoder, 10_000)).toBeGreaterThan(0);
  fuzz(decoder, 500, Date.now());
});
