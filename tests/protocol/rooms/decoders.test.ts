/** A million each is in tests/deep. */
import { expect, test } from 'vitest';
import { fuzz } from '../fuzz.ts';
import { roomDecoders } from './decoders.ts';

/** Where a signature must hold, most of what is taken is the sample itself. */
test.each(roomDecoders)('[E1] $name: 5,000 spoiled byte strings, never a throw and one spelling', (decoder) => {
  expect(fuzz(decoder, 5_000)).toBeGreaterThan(0);
});

test('[E1] fresh seed', () => {
  const seed = Date.now() % 1_000_000_000;
  process.stderr.write(`rooms fuzz seed ${seed}\n`);
  for (const decoder of roomDecoders) fuzz(decoder, 500, seed);
});
