/** Rooms of members with churn: the same run twice, and whatever is said arrives. */
import { describe, expect, test } from 'vitest';
import { members } from './members.ts';
import type { Row } from './rows.ts';

const fresh = String(Math.floor(Math.random() * 2 ** 32));
process.stderr.write(`members: fresh seed ${fresh} (npm run sim -- --scenario members --nodes 5 --seed ${fresh})\n`);

const valueOf = (rows: readonly Row[], name: string): unknown => rows.find((row) => row.name === name)?.value;

describe('members', { timeout: 120_000 }, () => {
  for (const seed of ['1', fresh]) {
    test(`delivers everything once, says nothing untrue, and does so again, seed ${seed}`, async () => {
      const rows = await members({ nodes: 5, seed });
      expect(rows.filter((row) => row.met === false)).toEqual([]);
      // Counting must be able to see: what was expected is not nothing.
      expect(rows.find((row) => row.name === 'delivered')?.baseline).toBeGreaterThan(30);
      expect(valueOf(rows, 'suite')).toBe('unsafe-counted');
      expect(await members({ nodes: 5, seed })).toEqual(rows);
    });
  }
});
