/** Copies follow the score: fewer than three at equal delivery, and more where nobody carries well. */
import { expect, test } from 'vitest';
import { appOf } from '../village.ts';
import { carried } from './carried.ts';
import { countCopies } from './copies.ts';

test.each([
  ['good neighbours', [0, 0, 0], 0.4],
  ['neighbours of whom one is bad', [0.02, 0.05, 0.5], 0.5],
  ['neighbours that all lose much', [0.3, 0.3, 0.3], 0.8],
] as const)(
  '%s: as much arrives as by all three, with fewer copies',
  async (name, losses, atMost) => {
    const run = { seed: name, losses, messages: 40 };
    const [ours, topThree] = [await countCopies({ ...run, isTopThree: false }), await countCopies({ ...run, isTopThree: true })];
    expect(topThree.perDelivered).toBeGreaterThanOrEqual(3);
    expect(ours.perDelivered / topThree.perDelivered).toBeLessThan(atMost);
    expect(ours.delivered).toBe(topThree.delivered);
  },
  60_000,
);

test('the Mesh tab is told by how many ways what is said goes there: several while nobody is known, then one', async () => {
  const { world, asha, until } = await carried('told', ['First', 'Second', 'Third']);
  const waysNow = (): number | undefined =>
    appOf(asha)
      .view()
      .mesh.neighbours.find(({ path }) => path === 'through')?.ways;
  await until('several', () => (waysNow() ?? 0) > 1, 5_000);
  await world.runFor(120_000);
  expect(waysNow()).toBe(1);
});
