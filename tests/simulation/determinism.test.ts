/** The same seed is the same run, event for event; another seed is another. */
import { describe, expect, test } from 'vitest';
import { hello } from './hello.ts';
import { isMet } from './rows.ts';
import type { Row } from './rows.ts';
import { storm } from './storm.ts';

const nodes = 4;
const messagesPerNode = 2;
const fresh = String(Math.floor(Math.random() * 2 ** 32));
process.stderr.write(
  `determinism: fresh seed ${fresh} (npm run sim -- --scenario hello --nodes ${nodes} --messages ${messagesPerNode} --seed ${fresh})\n`,
);

const run = (seed: string): Promise<readonly Row[]> => hello({ nodes, seed, messagesPerNode });
const hashOf = (rows: readonly Row[]): unknown => rows.find((row) => row.name === 'traceHash')?.value;

describe('determinism', { timeout: 120_000 }, () => {
  for (const seed of ['1', fresh]) {
    test(`the whole product runs the same twice, seed ${seed}`, async () => {
      const [first, second] = [await run(seed), await run(seed)];
      expect(hashOf(first)).toMatch(/^[0-9a-f]{16}$/);
      expect(second).toEqual(first);
    });
  }

  test('counted microtasks and the exact way of Node let each event finish alike', async () => {
    const counted = await run('2');
    const exact = await hello({ nodes, seed: '2', messagesPerNode, settle: () => new Promise((done) => setImmediate(done)) });
    expect(exact).toEqual(counted);
  });

  test('other seeds are other runs', async () => {
    expect(hashOf(await run('3'))).not.toBe(hashOf(await run('4')));
  });

  test('two runs at once do not touch each other', async () => {
    const alone = await run('5');
    const [one, other] = await Promise.all([run('5'), run('6')]);
    expect(one).toEqual(alone);
    expect(hashOf(other)).not.toBe(hashOf(one));
  });
});

describe('storm', { timeout: 120_000 }, () => {
  for (const seed of ['1', fresh]) {
    test(`loses nothing that was kept, and says nothing untrue, seed ${seed}`, async () => {
      const rows = await storm({ nodes: 4, seed });
      expect(rows.filter((row) => row.met === false)).toEqual([]);
    });
  }
});

describe('hello', { timeout: 120_000 }, () => {
  for (const seed of ['1', '2', fresh]) {
    test(`delivers everything once, and says nothing untrue, seed ${seed}`, async () => {
      const rows = await hello({ nodes: 5, seed });
      expect(rows.filter((row) => row.met === false)).toEqual([]);
      expect(isMet(rows)).toBe(true);
      // Counting must be able to see: what was expected is not nothing.
      expect(rows.find((row) => row.name === 'delivered')?.baseline).toBeGreaterThan(30);
    });
  }
});
