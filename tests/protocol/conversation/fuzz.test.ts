/** No bytes from outside make a reader of conversations throw, or are taken in two spellings. */
import { expect, test } from 'vitest';
import { fixedSeed, fuzz } from '../fuzz.ts';
import { conversationDecoders } from './fuzz.ts';

const freshSeed = Math.floor(Math.random() * 2 ** 31);

test.each(conversationDecoders().map((decoder) => [decoder.name, decoder] as const))('[E1] %s, 5,000 times', (_, decoder) => {
  const taken = fuzz(decoder, 2_500, fixedSeed) + fuzz(decoder, 2_500, freshSeed);
  // Some come through whole: else nothing was read but the first byte.
  if (decoder.name !== 'header of one who has the keys') expect(taken).toBeGreaterThan(100);
});
