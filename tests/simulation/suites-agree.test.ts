/** The counted suite stands for the real one in simulations: a whole run of a room of members is the same under both. */
import { describe, expect, test } from 'vitest';
import { runBoth } from './both-suites.ts';
import { members } from './members.ts';

const fresh = Math.floor(Math.random() * 2 ** 32);
const seeds = [...Array.from({ length: 10 }, (_, at) => `${at + 1}`), ...Array.from({ length: 10 }, (_, at) => `${fresh} ${at}`)];
const few = { nodes: 3, messagesPerNode: 2 };
process.stderr.write(`suites-agree: fresh seeds of ${fresh}\n`);

describe('counted and node-crypto', { timeout: 120_000 }, () => {
  test(`are one run, event for event, on ${seeds.length} seeds: a room of three, a guest let in and put out, crashes, losses`, async () => {
    let lines = 0;
    for (const seed of seeds) {
      const { real, firstDifference } = await runBoth(members, { ...few, seed });
      expect({ seed, firstDifference }).toEqual({ seed, firstDifference: null });
      lines += real.length;
    }
    process.stderr.write(`suites-agree: ${lines} lines alike\n`);
    expect(lines).toBeGreaterThan(seeds.length * 2_000);
  });

  test('with hashes of its own the counted suite is another run: what decides is seen', async () => {
    let differing = 0;
    for (const seed of seeds.slice(0, 10)) {
      if (differing === 0 && (await runBoth(members, { ...few, seed }, false)).firstDifference !== null) differing += 1;
    }
    expect(differing).toBe(1);
  });
});
