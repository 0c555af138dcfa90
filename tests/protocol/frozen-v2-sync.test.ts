/** Bytes of version 2 by which two members miss nothing, frozen, and read a second time from WIRE.md alone (see frozen-v2.test.ts). */
import { expect, test } from 'vitest';
import { decodeBetween, encodeBetween } from '../../src/protocol/entries/between.ts';
import { encodeEntry } from '../../src/protocol/entries/entry.ts';
import { shortOf } from '../../src/protocol/ids.ts';
import type { DeviceId, OperationId, RoomId } from '../../src/protocol/ids.ts';
import { isRefusal } from '../../src/protocol/refusal.ts';
import { decodePart, encodePart } from '../../src/protocol/sync/parts.ts';
import type { Part } from '../../src/protocol/sync/parts.ts';
import { asha, disagreements, hex, luckOf, nowMs, unhex, verdict } from './frozen/cast.ts';
import { readContent } from './second/content.ts';
import { readSyncPart } from './second/sync.ts';

const room = hex(luckOf('room')(16)) as RoomId;
const operation = hex(luckOf('operation')(32)) as OperationId;
const epochId = hex(luckOf('epoch')(32)) as OperationId;
const signature = luckOf('signature')(64);
const entry = encodeEntry({ sentAtMs: nowMs, seq: 9, parents: [], body: { kind: 'text', text: 'Umekosa hili' } });
const device: DeviceId = asha.device.id;
const [short, shortBytes] = [shortOf(device), asha.device.signKey.slice(0, 8)];

const parts: readonly (readonly [Part, object])[] = [
  [
    { kind: 'summary', asks: true, heads: [operation, epochId], clocks: [{ device: short, seq: 300 }] },
    { asks: true, heads: [unhex(operation), unhex(epochId)], clocks: [{ device: shortBytes, seq: 300 }] },
  ],
  [
    { kind: 'want-operations', wanted: [operation], known: [epochId] },
    { operations: [unhex(operation)], known: [unhex(epochId)] },
  ],
  [
    { kind: 'operations', operations: [luckOf('first')(130), luckOf('second')(140)] },
    { operations: [luckOf('first')(130), luckOf('second')(140)] },
  ],
  [
    { kind: 'entries', entries: [{ device, epochId, n: 70_000, signature, entry }] },
    { entries: [{ device: asha.device.signKey, epochId: unhex(epochId), n: 70_000, signature, entry }] },
  ],
];

test.each(parts.map(([part, expected]) => [part.kind, part, expected] as const))('a part: %s', (kind, part, expected) => {
  const bytes = encodePart(part);
  expect(hex(bytes)).toMatchSnapshot();
  expect(readSyncPart(bytes)).toEqual({ kind, ...expected });
  const content = encodeBetween({ kind: 'sync', room, part: bytes });
  expect(readContent(content)).toEqual({ kind: 'sync', room: unhex(room), part: { kind, ...expected } });
  const first = (changed: Uint8Array): unknown => {
    const between = decodeBetween(changed);
    return isRefusal(between) || between.kind !== 'sync' ? { refused: 'unknown-kind' } : decodePart(between.part);
  };
  const second = (changed: Uint8Array): unknown => (changed[0] === 133 ? readContent(changed) : first(changed));
  const { taken, differ } = disagreements(content, first, second);
  expect(taken).toBeGreaterThan(50);
  expect(differ).toEqual([]);
});

const heads = (count: number): OperationId[] => Array.from({ length: count }, () => operation);
const shorts = (count: number): (typeof short)[] => Array.from({ length: count }, () => short);
const caps: readonly (readonly [string, number, (count: number) => Part])[] = [
  ['heads', 16, (count) => ({ kind: 'summary', asks: false, heads: heads(count), clocks: [] })],
  [
    'clocks',
    500,
    (count) => ({ kind: 'summary', asks: false, heads: [], clocks: shorts(count).map((one) => ({ device: one, seq: 1 })) }),
  ],
  ['wanted', 64, (count) => ({ kind: 'want-operations', wanted: heads(count), known: [] })],
  ['known', 32, (count) => ({ kind: 'want-operations', wanted: [], known: heads(count) })],
  ['operations', 64, (count) => ({ kind: 'operations', operations: shorts(count).map(unhex) })],
];

test.each(caps)('[E1] at most so many %s: %i', (_, most, make) => {
  expect(verdict(encodePart(make(most)), decodePart, readSyncPart)).toBe('both take it');
  expect(verdict(encodePart(make(most + 1)), decodePart, readSyncPart)).toBe('both refuse it');
});
