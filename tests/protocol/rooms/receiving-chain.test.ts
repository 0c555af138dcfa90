import { expect, test } from 'vitest';
import { recognised } from '../../../src/protocol/rooms/receiving-chain.ts';
import { limits } from '../../../src/protocol/limits.ts';
import { parseDeviceId } from '../../../src/protocol/ids.ts';

const device = parseDeviceId('ab'.repeat(32))!;
const chain = { device, chain: new Uint8Array(32), n: 0, told: 258, isProven: false, origin: 'seed', skipped: [] } as const;

test('[K7] [K10] where a device is said to be, it may have crashed since: it is recognised at its next leases too', () => {
  const numbers = recognised(chain);
  // Seed 7683 of deep-2026-11-20-deepb: told 258, on at 384 after a crash.
  expect([258, 273, 320, 384, 385].every((n) => numbers.has(n))).toBe(true);
  expect(numbers.has(255)).toBe(false);
});

test('[K7] nothing is recognised that is further than a chain goes at once', () => {
  for (const told of [0, 1, 700, 765, 766, 767, 1_023, 1_024, 5_000, 2 ** 32 - 1]) {
    expect(Math.max(...recognised({ ...chain, told }))).toBeLessThanOrEqual(limits.chainSteps);
    expect(recognised({ ...chain, told }).size).toBeLessThanOrEqual(2 * (16 + 4 * 2));
  }
});
