/** Bytes are written and read back field by field; a reader of strangers’ bytes never throws. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createReader, createWriter, fromBase64url, toBase64url } from '../../src/protocol/bytes.ts';

test('what is written is read back, field by field', () => {
  fc.assert(
    fc.property(
      fc.nat(Number.MAX_SAFE_INTEGER),
      fc.nat(255),
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ unit: 'binary', maxLength: 50 }),
      (big, small, some, text) => {
        const bytes = createWriter().varint(big).u8(small).u64(big).capped(some).text(text).fixed(some).done();
        const read = createReader(bytes);
        expect(read.varint()).toBe(big);
        expect(read.u8()).toBe(small);
        expect(read.u64()).toBe(big);
        expect(read.capped(300)).toEqual(some);
        expect(read.text(200)).toBe(text);
        expect(read.rest()).toEqual(some);
        expect(read.isDone()).toBe(true);
      },
    ),
  );
});

test('a reader goes bad once and stays bad, and never throws', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const read = createReader(bytes);
      read.u8();
      read.varint();
      read.capped(16);
      read.text(16);
      read.u64();
      read.fixed(1_000_000);
      expect(read.isGood()).toBe(false);
      expect(read.u8()).toBe(0);
      expect(read.isDone()).toBe(false);
    }),
  );
});

test('a varint has one spelling', () => {
  const padded = createReader(Uint8Array.of(0x80, 0x00));
  padded.varint();
  expect(padded.isGood()).toBe(false);
  const endless = createReader(new Uint8Array(20).fill(0xff));
  endless.varint();
  expect(endless.isGood()).toBe(false);
});

test('base64url has one spelling, and the same as Node’s', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      const text = toBase64url(bytes);
      expect(text).toBe(Buffer.from(bytes).toString('base64url'));
      expect(fromBase64url(text)).toEqual(bytes);
    }),
  );
  for (const odd of ['A', 'AB', 'AA=', 'A A', '+/__', 'AAAAA']) expect(fromBase64url(odd)).toBeNull();
});
