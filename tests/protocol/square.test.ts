/** The word of a Square's owner, and the pace of those who speak there: read back, cut, forged, made up. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeContent, newMessageId } from '../../src/protocol/content.ts';
import { deriveDevice } from '../../src/protocol/device.ts';
import { limits } from '../../src/protocol/limits.ts';
import { deriveRoomKeys } from '../../src/protocol/room-keys.ts';
import { decodeOwnerLink, encodeOwnerLink } from '../../src/protocol/square/owner-link.ts';
import { closingGraceMs, isGraceOver, knownClosing } from '../../src/protocol/square/closing.ts';
import { isTooSoon, mayNextSpeakMs, squareRefusal } from '../../src/protocol/square/pace.ts';
import type { Spoken } from '../../src/protocol/square/pace.ts';
import { decodeOwnerWord, encodeOwnerWord, outlineOfWord } from '../../src/protocol/square/word.ts';
import type { OwnerWord } from '../../src/protocol/square/word.ts';

const fill = (length: number, byte: number): Uint8Array => new Uint8Array(length).fill(byte);
const room = deriveRoomKeys(fill(32, 1)).id;
const other = deriveRoomKeys(fill(32, 9)).id;
const owner = deriveDevice(fill(32, 2));
const guest = deriveDevice(fill(32, 3));
const nowMs = 1_795_000_000_000;

const word = (changes: Partial<OwnerWord> = {}): OwnerWord => ({
  owner: owner.id,
  name: 'Asha',
  seq: 3,
  atMs: nowMs,
  did: 'expelled',
  about: 'Baraka',
  closedMs: null,
  clearedMs: nowMs - 1_000,
  pinned: fill(300, 7),
  expelled: [{ device: guest.id, name: 'Baraka' }],
  ...changes,
});

const spoken = (n: number, sentAtMs: number): Spoken => ({
  author: guest.id,
  id: newMessageId(fill(16, n)),
  n,
  sentAtMs,
});

test('[Q2] a word is read back as it was said, in its own room and by its own owner alone', () => {
  for (const said of [word(), word({ closedMs: nowMs, pinned: null, expelled: [], did: 'closed', about: '' })]) {
    const bytes = encodeOwnerWord(said, room, owner);
    expect(decodeOwnerWord(bytes, room)).toEqual(said);
    expect(outlineOfWord(bytes)).toEqual({ owner: owner.id, seq: 3 });
    expect(decodeOwnerWord(bytes, other)).toEqual({ refused: 'bad-signature' });
    expect(decodeOwnerWord(encodeOwnerWord(said, room, guest), room)).toEqual({ refused: 'bad-signature' });
  }
});

test('a word cut, changed or made up is refused by name, and never throws', () => {
  const bytes = encodeOwnerWord(word(), room, owner);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
      expect(decodeOwnerWord(bytes.subarray(0, at), room)).toHaveProperty('refused');
      const changed = bytes.map((byte, where) => (where === at ? byte ^ by : byte));
      expect(decodeOwnerWord(changed, room)).toHaveProperty('refused');
    }),
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (made) => 'refused' in decodeOwnerWord(made, room)));
  expect(decodeOwnerWord(fill(limits.ownerWordBytes + 1, 1), room)).toEqual({ refused: 'too-big' });
  const crowd = Array.from({ length: limits.expelled + 1 }, () => ({ device: guest.id, name: '' }));
  expect(decodeOwnerWord(encodeOwnerWord(word({ expelled: crowd }), room, owner), room)).toEqual({ refused: 'too-many' });
});

test('the longest word there can be fits what a relay passes', () => {
  const name = 'n'.repeat(limits.nameBytes);
  const text = 't'.repeat(limits.textBytes);
  const message = {
    kind: 'message',
    author: guest.id,
    id: newMessageId(fill(16, 1)),
    n: limits.number,
    sentAtMs: nowMs,
    name,
    text,
  } as const;
  const pinned = encodeContent(message, room, guest);
  const expelled = Array.from({ length: limits.expelled }, () => ({ device: guest.id, name }));
  const longest = encodeOwnerWord(word({ name, about: name, pinned, expelled }), room, owner);
  expect(longest.length).toBeLessThanOrEqual(limits.ownerWordBytes);
  expect(decodeOwnerWord(longest, room)).toMatchObject({ pinned });
});

test('an owner link is told from invites, and read from whatever people paste', () => {
  const secret = fill(32, 5);
  const fragment = encodeOwnerLink(secret);
  for (const text of [fragment, `#${fragment}`, `http://localhost:8470/#${fragment}`])
    expect(decodeOwnerLink(text)).toEqual(secret);
  for (const text of ['', 'own/', 'own/AAAA', `join/${fragment.slice(4)}`, fragment.slice(4), `http://x/own/#join/AAAA`]) {
    expect(decodeOwnerLink(text)).toBeNull();
  }
});

test('[Q4] a device speaks once in 3 s, its first 20 times once in 10', () => {
  expect(mayNextSpeakMs(nowMs, [], 1)).toBe(0);
  expect(mayNextSpeakMs(nowMs, [spoken(20, nowMs - 1_000)], 21)).toBe(nowMs + 2_000);
  expect(mayNextSpeakMs(nowMs, [spoken(1, nowMs - 4_000)], 2)).toBe(nowMs + 6_000);
  expect(mayNextSpeakMs(nowMs, [spoken(1, nowMs - 10_000)], 2)).toBe(0);
  // The clock was set back an hour: nobody waits so long.
  expect(mayNextSpeakMs(nowMs, [spoken(40, nowMs + 3_600_000)], 41)).toBe(0);
  expect(isTooSoon(spoken(21, nowMs), [spoken(20, nowMs - 2_999)])).toBe(true);
  expect(isTooSoon(spoken(21, nowMs), [spoken(20, nowMs - 3_000)])).toBe(false);
  expect(isTooSoon(spoken(2, nowMs), [spoken(1, nowMs - 9_999)])).toBe(true);
  // The earlier comes later.
  expect(isTooSoon(spoken(21, nowMs), [spoken(22, nowMs + 1_000)])).toBe(true);
  expect(isTooSoon(spoken(21, nowMs), [spoken(21, nowMs)])).toBe(false);
});

test('[Q3] [Q5] what is older than a day, cleared, from the future, closed or expelled is refused by name', () => {
  const judge = (sentAtMs: number, changes: Partial<OwnerWord> | null): string | null =>
    squareRefusal(spoken(1, sentAtMs), nowMs, changes && word({ expelled: [], clearedMs: 0, ...changes }), false);
  expect(judge(nowMs, null)).toBeNull();
  expect(judge(nowMs - limits.squareMs, null)).toBe('too-old');
  expect(judge(nowMs + limits.squareAheadMs + 1, null)).toBe('too-far-ahead');
  expect(judge(nowMs, { clearedMs: nowMs })).toBe('too-old');
  expect(judge(nowMs, { closedMs: nowMs - 1 })).toBe('closed');
  expect(judge(nowMs - 1, { closedMs: nowMs })).toBeNull();
  expect(judge(nowMs, { expelled: [{ device: guest.id, name: '' }] })).toBe('expelled');
  expect(judge(nowMs, { owner: guest.id, closedMs: nowMs - 1, expelled: [{ device: guest.id, name: '' }] })).toBeNull();
});

test('[Q5] a closing waits two minutes for what is on its way, by whichever clock says so first; then nothing new is taken but the owner’s', () => {
  const closed = word({ closedMs: nowMs, expelled: [], clearedMs: 0 });
  const first = knownClosing(null, closed, 500);
  expect(knownClosing(null, word({ closedMs: null }), 500)).toBeNull();
  // Said again, or with another word beside it: the wait does not begin anew.
  expect(knownClosing(first, { ...closed, seq: 9 }, 90_000)).toEqual(first);
  expect(knownClosing(first, { ...closed, closedMs: nowMs + 1 }, 90_000)).toMatchObject({ heardTicksMs: 90_000 });
  const grace = closingGraceMs;
  expect(isGraceOver(null, nowMs + 10 * grace, 10 * grace)).toBe(false);
  expect(isGraceOver(first, nowMs + grace, 500 + grace)).toBe(false);
  // Who comes later knows by the time, and who has a slow clock, or an owner with a fast one, by the wait.
  expect(isGraceOver(first, nowMs + grace + 1, 501)).toBe(true);
  expect(isGraceOver(first, nowMs - 7_200_000, 500 + grace + 1)).toBe(true);
  expect(squareRefusal(spoken(1, nowMs - 60_000), nowMs, closed, false)).toBeNull();
  expect(squareRefusal(spoken(1, nowMs - 60_000), nowMs, closed, true)).toBe('closed');
  expect(squareRefusal({ ...spoken(1, nowMs), author: owner.id }, nowMs, closed, true)).toBeNull();
});
