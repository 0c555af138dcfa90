/** The directory among liars: what was left is found, by paths of which no two ask the same server. */
import { expect, test } from 'vitest';
import { runDirectory } from './directory-run.ts';

test('three in ten servers lie, hide, forge and invent: 99 of 100 look-ups find the newest, and no server is asked on two paths', async () => {
  const count = await runDirectory({ seed: 'liars', servers: 80, writers: 10, lookUps: 100 });
  expect(count.found).toBeGreaterThanOrEqual(0.99);
  expect(count.overlaps).toBe(0);
  // Liars are asked, or it would prove nothing.
  expect(count.toLiars).toBeGreaterThan(0.15);
});
