/** Who is spared a model: who asked for little, whose line is counted, and small phones. */
import { expect, test } from 'vitest';
import { spareOf } from '../../../src/adapters/web/spare.ts';

test.each([
  [{}, true, 'yes'],
  [{ connection: { saveData: true }, deviceMemory: 8, hardwareConcurrency: 8 }, false, 'saving'],
  [{ connection: { type: 'cellular' } }, true, 'metered'],
  [{ connection: { effectiveType: '3g' } }, false, 'metered'],
  [{ connection: { effectiveType: '4g', type: 'wifi' }, deviceMemory: 8, hardwareConcurrency: 8 }, true, 'yes'],
  [{ deviceMemory: 2, hardwareConcurrency: 8 }, true, 'weak'],
  [{ deviceMemory: 8, hardwareConcurrency: 2 }, true, 'weak'],
  [{ deviceMemory: 2, hardwareConcurrency: 2 }, false, 'yes'],
] as const)('%j, held in a hand: %s → %s', (told, isHandheld, spare) => {
  expect(spareOf(told, isHandheld)).toBe(spare);
});
