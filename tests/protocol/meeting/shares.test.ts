/** A share for each: the same one each time, of so many at once. */
import { expect, test } from 'vitest';
import { createShares } from '../../../src/protocol/meeting/shares.ts';

test('whoever was quiet for longest is forgotten first, and begins anew', () => {
  let made = 0;
  const shares = createShares(3, () => ({ made: (made += 1) }));
  for (const each of ['a', 'b', 'c']) shares(each);
  expect(shares('a').made).toBe(1);
  expect(shares('d').made).toBe(4);
  expect(['a', 'c', 'd'].map((each) => shares(each).made)).toEqual([1, 3, 4]);
  expect(shares('b').made).toBe(5);
  shares.forget('d');
  expect(shares('d').made).toBe(6);
});
