/** Each scenario of a crowd at full size (WAVU_SEED; WAVU_NODES to try this file out): what must hold of it, and its rows for all to read. */
import { expect, test } from 'vitest';
import { runCrowd } from '../simulation/crowd-run.ts';
import { createGauge } from '../simulation/gauge.ts';
import { plans } from '../simulation/scenarios/plans.ts';
import { createSettle } from '../simulation/settle.ts';

const seed = process.env['WAVU_SEED'] ?? `deep-${Date.now()}`;
const most = Number(process.env['WAVU_NODES'] ?? Infinity);

test.each(plans)(`$name, seed ${seed}`, { timeout: 600_000 }, async (plan) => {
  const nodes = Math.min(most, plan.full.nodes);
  const rows = await runCrowd(plan, { ...plan.full, nodes, seed, settle: createSettle(), gauge: createGauge() });
  for (const { name, value, baseline, unit } of rows) {
    process.stderr.write(`${plan.name}: ${name} ${value}${baseline === null ? '' : ` of ${baseline}`} ${unit}\n`);
  }
  expect(rows.filter((row) => row.met === false)).toEqual([]);
});
