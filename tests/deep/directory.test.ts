/** The directory among liars, with many servers and a fresh seed. */
import { expect, test } from 'vitest';
import { runDirectory } from '../simulation/directory-run.ts';

const seed = process.env['WAVU_SEED'] ?? String(Date.now() % 1_000_000_000);

test('150 servers, 45 of them liars, 500 look-ups: 99 of 100 find the newest, and no server is asked on two paths', async () => {
  const count = await runDirectory({ seed, servers: 150, writers: 50, lookUps: 500 });
  process.stderr.write(`directory, seed ${seed}: ${JSON.stringify(count)}\n`);
  expect(count.found).toBeGreaterThanOrEqual(0.99);
  expect(count.overlaps).toBe(0);
  expect(count.toLiars).toBeGreaterThan(0.15);
});
