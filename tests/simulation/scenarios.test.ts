/** Each scenario of a crowd, small: twice the same, nothing said untrue, nothing lost. How soon is reported here and judged at full size. */
import { describe, expect, test } from 'vitest';
import { runCrowd } from './crowd-run.ts';
import type { Row } from './rows.ts';
import { plans } from './scenarios/plans.ts';
import { createSettle } from './settle.ts';

const valueOf = (rows: readonly Row[], name: string): unknown => rows.find((row) => row.name === name)?.value;

describe.each(plans)('$name', { timeout: 60_000 }, (plan) => {
  const run = (seed: string): Promise<readonly Row[]> => runCrowd(plan, { ...plan.small, seed, settle: createSettle() });

  test('is the same run twice, shows nothing twice and marks nothing falsely', async () => {
    const rows = await run('1');
    // Ten minutes after connectivity is back nothing may be missing anywhere: `lost` is among them.
    expect(rows.filter((row) => row.met === false)).toEqual([]);
    expect(valueOf(rows, 'traceHash')).toMatch(/^[0-9a-f]{16}$/);
    // Counting must be able to see: people spoke, and were heard.
    expect(valueOf(rows, 'messages')).toBeGreaterThanOrEqual(plan.small.nodes / 2);
    expect(valueOf(rows, 'delivered')).toBeGreaterThan(0);
    const told = ['delivered', 'lost', 'p50Ms', 'p99Ms', 'copies', 'controlBytesPerNodeMinute'].map(
      (name) => `${name} ${String(valueOf(rows, name))}`,
    );
    process.stderr.write(`${plan.name}: ${told.join(', ')} (of ${rows.find((row) => row.name === 'delivered')?.baseline})\n`);
    expect(await run('1')).toEqual(rows);
  });
});

test('another seed is another run', async () => {
  const [village] = plans;
  const [one, other] = await Promise.all(['1', '2'].map((seed) => runCrowd(village!, { nodes: 4, talkMs: 5_000, seed })));
  expect(valueOf(one!, 'traceHash')).not.toBe(valueOf(other!, 'traceHash'));
});

test('counted microtasks let each event finish as Node’s ticks do', async () => {
  const [village] = plans;
  const small = { nodes: 4, talkMs: 5_000, seed: '1' };
  expect(await runCrowd(village!, small)).toEqual(await runCrowd(village!, { ...small, settle: createSettle() }));
});
