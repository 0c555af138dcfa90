/** Holds the rows to their arithmetic: a wrong median would flatter in silence. */
import { expect, test } from 'vitest';
import { isAskedFor, median, percentile, row, table } from './rows.ts';

const found = { name: 'B2 dial vs raw', unit: 'ms', counted: 'nothing' } as const;

test('takes the middle, and the mean of two middles', () => {
  expect(median([9, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(median([])).toBeNull();
});

test('finds the 95th of a hundred between its neighbours', () => {
  const hundred = Array.from({ length: 101 }, (_, i) => i);
  expect(percentile(hundred, 0.95)).toBe(95);
});

test('judges a ratio', () => {
  const limit = { of: 'ratio', atMost: 2 } as const;
  expect(row({ ...found, value: 30, baseline: 20, limit })).toMatchObject({ ratio: 1.5, goal: 2, holds: 'ratio', met: true });
  expect(row({ ...found, value: 50, baseline: 20, limit })).toMatchObject({ ratio: 2.5, met: false });
});

test('judges a value where there is no baseline', () => {
  expect(row({ ...found, value: 0, baseline: null, limit: { of: 'value', atMost: 0 } })).toMatchObject({
    ratio: null,
    met: true,
  });
});

test('invents nothing where there is no value', () => {
  const empty = row({ ...found, value: null, baseline: 20, limit: { of: 'ratio', atMost: 2 } });
  expect(empty).toMatchObject({ value: null, ratio: null, met: null });
  expect(table([empty])).toContain('≤ 2 ×');
});

test('takes B1 for B1a and B1b and not for B15a', () => {
  expect(isAskedFor('B1a', ['B1'])).toBe(true);
  expect(isAskedFor('B15a', ['B1'])).toBe(false);
  expect(isAskedFor('B1b', ['B1a'])).toBe(false);
  expect(isAskedFor('B5', undefined)).toBe(true);
});
