/** Records in storage that somebody moved, exchanged or set back. */
import { expect, test } from 'vitest';
import { createBlindIndex } from '../../../src/protocol/rest/blind-index.ts';
import { createRecordSealer } from '../../../src/protocol/rest/record.ts';
import { refuse } from '../../../src/protocol/refusal.ts';
import { nobleSuite } from '../../../src/protocol/suite/noble.ts';
import { fuzz } from '../fuzz.ts';
import { luckOf, suite } from '../people/persons.ts';
import { dataKey, restDecoders } from './decoders.ts';

const plain = new TextEncoder().encode('Tutaonana kesho');
const rooms = createRecordSealer(suite, dataKey, 'rooms');
const record = rooms.seal('a', 7, plain, luckOf('r'));

test('[R1] a record opens in its own place and nowhere else', () => {
  expect(rooms.open('a', 7, record)).toEqual(plain);
  expect(createRecordSealer(nobleSuite, dataKey, 'rooms').open('a', 7, record)).toEqual(plain);
  const bad = refuse('bad-seal');
  expect(rooms.open('b', 7, record)).toEqual(bad);
  expect(rooms.open('a', 6, record)).toEqual(bad);
  expect(createRecordSealer(suite, dataKey, 'people').open('a', 7, record)).toEqual(bad);
  expect(createRecordSealer(suite, luckOf('other')(32), 'rooms').open('a', 7, record)).toEqual(bad);
});

test('[R1] no id reaches over into another place, whatever letters it has', () => {
  const odd = rooms.seal('a\0\0\0\0\u0007', 7, plain, luckOf('o'));
  expect(rooms.open('a\0\0\0\0\u0007', 7, odd)).toEqual(plain);
  expect(rooms.open('a', 7, odd)).toEqual(refuse('bad-seal'));
  expect(() => createRecordSealer(suite, dataKey, 'rooms\0a')).toThrow();
});

test('[E1] a record cut short, lengthened or of another version is refused', () => {
  for (let end = 0; end < record.length; end += 1)
    expect(rooms.open('a', 7, record.slice(0, end))).toEqual(refuse(end < 29 ? 'truncated' : 'bad-seal'));
  expect(rooms.open('a', 7, Uint8Array.of(...record, 0))).toEqual(refuse('bad-seal'));
  expect(rooms.open('a', 7, Uint8Array.of(1, ...record.slice(1)))).toEqual(refuse('unknown-version'));
  expect(rooms.open('e', 1, rooms.seal('e', 1, new Uint8Array(0), luckOf('e')))).toEqual(new Uint8Array(0));
});

test('an index finds equal values in one store, and compares none across stores', () => {
  const index = createBlindIndex(suite, dataKey, 'rooms');
  expect(index(plain)).toEqual(createBlindIndex(nobleSuite, dataKey, 'rooms')(plain.slice()));
  expect(index(plain).length).toBe(16);
  expect(index(plain.slice(1))).not.toEqual(index(plain));
  expect(createBlindIndex(suite, dataKey, 'people')(plain)).not.toEqual(index(plain));
});

test.each(restDecoders)('[E1] spoiled bytes: $name', (decoder) => {
  expect(fuzz(decoder, 5_000)).toBeGreaterThan(0);
  fuzz(decoder, 500, Date.now());
});
