/** [A1] [A3] The owner's word on access and a page's proof of a key: read back, cut, forged, meant for others, too much. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { enterWith, isEnterTrue } from '../../src/protocol/access/enter.ts';
import { decodeAccessWord, encodeAccessWord, outlineOfAccess } from '../../src/protocol/access/word.ts';
import type { AccessWord } from '../../src/protocol/access/word.ts';
import { deriveDevice } from '../../src/protocol/device.ts';
import { parsePeerId } from '../../src/protocol/ids.ts';
import type { PeerId } from '../../src/protocol/ids.ts';
import { limits } from '../../src/protocol/limits.ts';

const fill = (length: number, byte: number): Uint8Array => new Uint8Array(length).fill(byte);
const owner = deriveDevice(fill(32, 2));
const peer = (name: string): PeerId => parsePeerId(name)!;
const [relay, page, other] = [peer('AAECAwQF'), peer('AAECAwQG'), peer('AAECAwQH')];
const keys = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => at.toString(16).padStart(64, '0'));
const word = (changes: Partial<AccessWord> = {}): AccessWord => ({
  owner: owner.id,
  seq: 300,
  untilHour: 498_611,
  keys: keys(3),
  ...changes,
});

test('a word comes back as it was said, for its relay alone, also the longest there may be', () => {
  for (const said of [word(), word({ keys: [] }), word({ keys: keys(limits.accessKeys), seq: Number.MAX_SAFE_INTEGER })]) {
    const bytes = encodeAccessWord(said, relay, owner);
    expect(bytes.length).toBeLessThanOrEqual(limits.accessWordBytes);
    expect(decodeAccessWord(bytes, relay)).toEqual(said);
    expect(decodeAccessWord(bytes, other)).toEqual({ refused: 'bad-signature' });
    expect(outlineOfAccess(bytes)).toEqual({ owner: owner.id, seq: said.seq });
  }
});

test('cut, turned in one bit, made up, too long, too many or of another version it is refused by name', () => {
  const bytes = encodeAccessWord(word(), relay, owner);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(7), (at, bit) => {
      expect(decodeAccessWord(bytes.subarray(0, at), relay)).toHaveProperty('refused');
      const turned = bytes.map((byte, place) => (place === at ? byte ^ (1 << bit) : byte));
      expect(decodeAccessWord(turned, relay)).toHaveProperty('refused');
    }),
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (made) => 'refused' in decodeAccessWord(made, relay)));
  expect(decodeAccessWord(new Uint8Array(0), relay)).toEqual({ refused: 'truncated' });
  expect(decodeAccessWord(bytes.with(0, 2), relay)).toEqual({ refused: 'unknown-version' });
  expect(decodeAccessWord(fill(limits.accessWordBytes + 1, 1), relay)).toEqual({ refused: 'too-big' });
  const crowded = encodeAccessWord(word({ keys: keys(limits.accessKeys + 1) }), relay, owner);
  expect(decodeAccessWord(crowded, relay)).toEqual({ refused: 'too-many' });
  // In the owner's name, by somebody else.
  expect(decodeAccessWord(encodeAccessWord(word(), relay, deriveDevice(fill(32, 3))), relay)).toEqual({
    refused: 'bad-signature',
  });
});

test('a proof is good for one key, one page and one relay', () => {
  const proof = enterWith(fill(32, 2), relay, page);
  expect(isEnterTrue(proof, relay, page)).toBe(true);
  expect(isEnterTrue(proof, other, page)).toBe(false);
  expect(isEnterTrue(proof, relay, other)).toBe(false);
  expect(isEnterTrue(proof, page, relay)).toBe(false);
  expect(isEnterTrue({ ...proof, key: fill(32, 0) }, relay, page)).toBe(false);
  expect(isEnterTrue({ ...proof, signature: fill(64, 0) }, relay, page)).toBe(false);
});
