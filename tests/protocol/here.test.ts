/** Words of who is in a large room: their bytes stay what they are, only the room reads them, and what is none is refused by name. */
import { expect, test } from 'vitest';
import { bytesToHex } from '../../src/protocol/bytes.ts';
import { deriveDevice } from '../../src/protocol/device.ts';
import { isClockTrue, signClock } from '../../src/protocol/here/clock.ts';
import { decodePresence, encodePresence, isPresenceTrue, presenceId, whyNotNow } from '../../src/protocol/here/presence.ts';
import { markOfHere, openHere, sealHere } from '../../src/protocol/here/sealed.ts';
import { decodeHereWord, encodeHereWord } from '../../src/protocol/here/word.ts';
import type { HereWord } from '../../src/protocol/here/word.ts';
import { roomMark } from '../../src/protocol/cast.ts';
import { shortOf } from '../../src/protocol/ids.ts';
import type { PeerId, RoomId } from '../../src/protocol/ids.ts';
import { limits } from '../../src/protocol/limits.ts';

const room = '0102030405060708090a0b0c0d0e0f10' as RoomId;
const from = 'AAECAwQF' as PeerId;
const key = deriveDevice(new Uint8Array(32).fill(1));
const other = deriveDevice(new Uint8Array(32).fill(2));
const presence = { device: key.id, atMs: 1_795_000_000_000, forSeconds: 1_200, name: 'Asha' };
const bytes = encodePresence(presence, room, key);
const ids = [presenceId(presence, false), presenceId(presence, true)];
const words: readonly HereWord[] = [
  { kind: 'shows', root: 'a1a2a3a4a5a6', isAll: true, ids },
  { kind: 'shows', root: 'a1a2a3a4a5a6', isAll: false, ids: [] },
  { kind: 'asks', ids },
  {
    kind: 'tells',
    told: [
      { isGone: false, bytes },
      { isGone: true, bytes },
    ],
  },
  { kind: 'has', hops: 3, clocks: [signClock(room, key, shortOf(other.id), 300)] },
];
const way = { room, secret: new Uint8Array(32).fill(5), from };
const nonce = new Uint8Array(12).fill(6);

test('every word has the bytes it always had, and is read as it was written', () => {
  for (const word of words) expect(decodeHereWord(encodeHereWord(word))).toEqual(word);
  for (const word of words) expect(openHere(way, sealHere(way, word, nonce))).toEqual(word);
  expect({
    presence: bytesToHex(bytes),
    ids,
    words: words.map((word) => bytesToHex(encodeHereWord(word))),
    sealed: bytesToHex(sealHere(way, words[1]!, nonce)),
  }).toMatchSnapshot();
});

test('[H1] a presence is its device’s, in its room, for its time', () => {
  expect(decodePresence(bytes)).toEqual(presence);
  expect(isPresenceTrue(bytes, room, key.id)).toBe(true);
  expect(isPresenceTrue(bytes, room, other.id)).toBe(false);
  expect(isPresenceTrue(bytes, 'ff'.repeat(16) as RoomId, key.id)).toBe(false);
  for (let at = 0; at < bytes.length; at += 1) {
    const bent = bytes.slice();
    bent[at]! ^= 1;
    expect(isPresenceTrue(bent, room, key.id)).toBe(false);
  }
  const clock = signClock(room, key, shortOf(other.id), 3);
  expect(isClockTrue(room, clock)).toBe(true);
  for (const lie of [{ upTo: 4 }, { device: other.id }, { author: shortOf(key.id) }])
    expect(isClockTrue(room, { ...clock, ...lie })).toBe(false);
});

test('[H2] it holds for as long as it says, and as clocks may differ', () => {
  const endMs = presence.atMs + 1_200_000 + limits.hereSkewMs;
  expect(whyNotNow(presence, endMs)).toBeNull();
  expect(whyNotNow(presence, endMs + 1)).toEqual({ refused: 'expired' });
  expect(whyNotNow(presence, presence.atMs - limits.hereSkewMs)).toBeNull();
  expect(whyNotNow(presence, presence.atMs - limits.hereSkewMs - 1)).toEqual({ refused: 'too-far-ahead' });
  const long = encodePresence({ ...presence, forSeconds: limits.hereSeconds + 1 }, room, key);
  expect(decodePresence(long)).toEqual({ refused: 'too-far' });
});

test('cut short, too many, or of no known kind: refused by name, and never thrown', () => {
  for (const word of words) {
    const whole = encodeHereWord(word);
    for (let length = 0; length < whole.length; length += 1) {
      const read = decodeHereWord(whole.subarray(0, length));
      // Some of them are a word of their own.
      if ('refused' in read) expect(read.refused).toBe('truncated');
    }
  }
  for (let length = 0; length < bytes.length; length += 1)
    expect(decodePresence(bytes.subarray(0, length))).toHaveProperty('refused');
  expect(decodeHereWord(Uint8Array.of(77))).toEqual({ refused: 'unknown-kind' });
  const many = Array.from({ length: limits.devicesPerRoom + 1 }, () => ids[0]!);
  expect(decodeHereWord(encodeHereWord({ kind: 'asks', ids: many }))).toEqual({ refused: 'too-many' });
  const told = Array.from({ length: limits.castIds + 1 }, () => ({ isGone: false, bytes }));
  expect(decodeHereWord(encodeHereWord({ kind: 'tells', told }))).toEqual({ refused: 'too-many' });
});

test('[H3] it opens for the room alone, as said by that page alone; its length tells little, and its mark what others tell', () => {
  const sealed = sealHere(way, words[0]!, nonce);
  expect(markOfHere(sealed)).toBe(roomMark(room, from));
  for (const lie of [{ secret: new Uint8Array(32) }, { from: 'BBBB' as PeerId }, { room: 'ff'.repeat(16) as RoomId }])
    expect(openHere({ ...way, ...lie }, sealed)).toEqual({ refused: 'bad-seal' });
  for (let at = 0; at < sealed.length; at += 1) {
    const bent = sealed.slice();
    bent[at]! ^= 1;
    expect(openHere(way, bent)).toEqual({ refused: 'bad-seal' });
  }
  for (let length = 0; length < 38; length += 1) expect(markOfHere(sealed.subarray(0, length))).toBeNull();
  const lengths = Array.from(
    { length: 100 },
    (_, count) => sealHere(way, { kind: 'asks', ids: Array(count).fill(ids[0]) }, nonce).length,
  );
  expect(new Set(lengths).size).toBeLessThanOrEqual(11);
});
