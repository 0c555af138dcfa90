/** Words of a room's cast: their bytes stay what they are, and what is no such word is refused by name. */
import { bytesToHex } from '@noble/hashes/utils.js';
import { expect, test } from 'vitest';
import { decodeCast, encodeCast, placeOf, roomMark, rootOf } from '../../src/protocol/cast.ts';
import type { CastWord } from '../../src/protocol/cast.ts';
import { encodeFrame } from '../../src/protocol/frame.ts';
import type { PeerId, RoomId } from '../../src/protocol/ids.ts';
import { limits } from '../../src/protocol/limits.ts';

const room = '0102030405060708090a0b0c0d0e0f10' as RoomId;
const peer = 'AAECAwQF' as PeerId;
const ids = ['0011223344556677', '8899aabbccddeeff'];
const stand = { kind: 'stand', about: 'asks', room: roomMark(room, peer), root: rootOf(room, Uint8Array.of(1, 2)) } as const;
const words: readonly CastWord[] = [
  { kind: 'have', ids },
  { kind: 'want', ids },
  { kind: 'rather', ids },
  { kind: 'enough', ids },
  { kind: 'given', to: [1, 0xffee], frame: encodeFrame({ kind: 'ping', token: 300 }) },
  stand,
  { ...stand, about: 'answers' },
  { ...stand, about: 'wants' },
];

test('every word has the bytes it always had, and is read as it was written', () => {
  for (const word of words) expect(decodeCast(encodeCast(word))).toEqual(word);
  expect({
    place: placeOf(room, peer),
    words: words.slice(0, 6).map((word) => bytesToHex(encodeCast(word))),
    frame: bytesToHex(encodeFrame({ kind: 'cast', bytes: encodeCast({ kind: 'have', ids: ids.slice(0, 1) }) })),
  }).toMatchSnapshot();
});

test('a word cut short is no word, wherever it is cut', () => {
  for (const word of words) {
    const bytes = encodeCast(word);
    for (let length = 0; length < bytes.length; length += 1) {
      const read = decodeCast(bytes.subarray(0, length));
      // Some of the ids, or of a frame that is looked at later, are a word of their own.
      if ('kind' in read) expect('ids' in read ? read.ids.length === 1 : read.kind === 'given').toBe(true);
      else expect(read).toEqual({ refused: 'truncated' });
    }
  }
});

test('what is unknown, or more than there may be, is refused by name', () => {
  expect(decodeCast(Uint8Array.of(77, 1, 2))).toEqual({ refused: 'unknown-kind' });
  expect(decodeCast(Uint8Array.of(0))).toEqual({ refused: 'unknown-kind' });
  const many = new Uint8Array(1 + 8 * (limits.castIds + 1)).fill(1);
  expect(decodeCast(many)).toEqual({ refused: 'too-many' });
  expect(decodeCast(many.subarray(0, 1 + 8 * limits.castIds))).toMatchObject({ kind: 'have' });
  expect(decodeCast(Uint8Array.of(5, limits.castPeers + 1))).toEqual({ refused: 'too-many' });
  expect(decodeCast(encodeCast(stand).with(1, 9))).toEqual({ refused: 'bad-number' });
});
