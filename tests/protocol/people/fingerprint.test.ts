/** What two people compare. */
import fc from 'fast-check';
import { hexToBytes } from '@noble/hashes/utils.js';
import { expect, test } from 'vitest';
import { deviceCode, fingerprintOf, safetyNumber } from '../../../src/protocol/people/fingerprint.ts';
import type { PersonId } from '../../../src/protocol/ids.ts';
import { wordsOf, wordValue } from '../../../src/protocol/people/words.ts';
import { asha, bo, somebody, suite } from './persons.ts';

test('every word has one value, and every value one word', () => {
  const words = new Set<string>();
  for (let value = 0; value < 65_536; value += 1) {
    const [word] = wordsOf(Uint8Array.of(value >> 8, value & 0xff));
    expect(wordValue(word!)).toBe(value);
    words.add(word!);
  }
  expect(words.size).toBe(65_536);
  expect(wordsOf(Uint8Array.of(0, 0, 0xff, 0xff))).toEqual(['babab', 'zuzuz']);
  for (const none of ['', 'baba', 'bababa', 'BABAB', 'bebab', 'abbab', 'bábab']) expect(wordValue(none)).toBeNull();
});

test('[P6] a fingerprint is of the person’s id alone: five words, ten groups of digits, a knot', () => {
  const { words, digits, knot } = fingerprintOf(asha.person.id);
  const bytes = hexToBytes(asha.person.id);
  expect(words).toEqual(wordsOf(bytes.slice(0, 10)));
  expect(knot).toEqual(bytes.slice(16, 32));
  // The digits once more, from one big number.
  let all = BigInt(`0x${asha.person.id.slice(0, 50)}`);
  const expected = Array.from({ length: 10 }, () => {
    const group = String((all & 0xfffffn) % 100_000n).padStart(5, '0');
    all >>= 20n;
    return group;
  });
  expect(digits).toEqual(expected.toReversed());
});

test('a safety number is the same on both sides, and another one with anybody else', () => {
  const number = safetyNumber(suite, asha.person.id, bo.person.id);
  expect(number).toEqual(safetyNumber(suite, bo.person.id, asha.person.id));
  // Ten words, not five: both ends of it can be chosen by whoever stands between.
  expect(number.words.length).toBe(10);
  const mallory = somebody('Mallory').person.id;
  expect(safetyNumber(suite, asha.person.id, mallory).words).not.toEqual(number.words);
  expect(safetyNumber(suite, mallory, bo.person.id).digits).not.toEqual(number.digits);
});

test('one bit of an id changes its words, its digits or its knot', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.nat(255), (bytes, bit) => {
      const other = bytes.slice();
      other[bit >> 3]! ^= 1 << (bit & 7);
      const [one, two] = [bytes, other].map((id) => fingerprintOf(Buffer.from(id).toString('hex') as PersonId));
      expect(one).not.toEqual(two);
      expect(one!.digits.every((group) => /^\d{5}$/.test(group))).toBe(true);
    }),
    { seed: 20_261_120 },
  );
});

test('a device’s code is of its whole certificate', () => {
  expect(deviceCode(suite, asha.certificate)).not.toEqual(deviceCode(suite, bo.certificate));
  expect(deviceCode(suite, asha.certificate)).not.toEqual(fingerprintOf(asha.person.id));
});
