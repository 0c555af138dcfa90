/** What `npm run test:deep` says of its tests in the file that stays. */
import { expect, test } from 'vitest';
import { outcomeOf } from '../../scripts/tasks/deep.mjs';

const skips = [{ name: 'tests/deep/rooms.test.ts > histories', why: '700 of 100000 so far, none wrong: run again to go on' }];

test('what a test did not reach in its minutes is said, and what failed goes first', () => {
  expect(outcomeOf(0, { passed: 9, failed: 0, skipped: 0, skips: [] })).toEqual({ result: 'passed', why: null });
  expect(outcomeOf(0, { passed: 8, failed: 0, skipped: 1, skips })).toEqual({
    result: 'passed',
    why: 'not reached: tests/deep/rooms.test.ts > histories (700 of 100000 so far, none wrong: run again to go on)',
  });
  expect(outcomeOf(1, { passed: 7, failed: 1, skipped: 1, skips })).toEqual({
    result: 'failed',
    why: '7 passed, 1 failed, 1 skipped',
  });
});
