/** What people type, made fit for the wire. */
import { expect, test } from 'vitest';
import { byteLength, clip, lettersOver } from '../../src/app/fit.ts';

test('so many letters are too many as have to go, however many bytes each has', () => {
  expect(lettersOver('abcdef', 6)).toBe(0);
  expect(lettersOver('abcdef', 4)).toBe(2);
  // Two bytes each, and four: what does not fit whole goes whole.
  expect(lettersOver('ééé', 4)).toBe(1);
  expect(lettersOver('ééé', 5)).toBe(1);
  expect(lettersOver('a🌊🌊', 6)).toBe(1);
  for (const text of ['Wasafiri 🌊 — مسافرون', 'é'.repeat(40)]) {
    for (let most = 0; most <= byteLength(text); most += 1) {
      expect(Array.from(text).length - lettersOver(text, most)).toBe(Array.from(clip(text, most)).length);
    }
  }
});
