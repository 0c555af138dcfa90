/** One of something a name: who is asked for again stays, and of too many whoever was quiet longest is forgotten, alone. */
import { expect, test } from 'vitest';
import { createShares } from '../../../src/protocol/meeting/shares.ts';

test('of too many the one that was quiet for longest goes, and no other', () => {
  let made = 0;
  const shares = createShares(3, () => (made += 1));
  expect(['a', 'b', 'c', 'a', 'd'].map(shares)).toEqual([1, 2, 3, 1, 4]);
  // Had the first to come gone, and not `b`, it would be another now.
  expect(['a', 'c', 'd'].map(shares)).toEqual([1, 3, 4]);
  expect(shares('b')).toBe(5);
  shares.forget('b');
  expect(shares('b')).toBe(6);
});
