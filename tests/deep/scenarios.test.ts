/** Each scenario of a crowd at full size (WAVU_SEED: another seed; WAVU_NODES to try this file out): what must hold of it, and its rows. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { atMost } from '../simulation/rows.ts';
import type { Row } from '../simulation/rows.ts';
import { plans } from '../simulation/scenarios/plans.ts';

const seed = process.env['WAVU_SEED'] ?? '2026-11-20-final';
const most = Number(process.env['WAVU_NODES'] ?? Infinity);
/** Thirteen rooms, all full. */
const few = 104;
const runs = new Map<string, Promise<readonly Row[]>>();

test.each(plans)(`$name, seed ${seed}`, { timeout: 600_000 }, async ({ name, full }) => {
  const rows = await rowsOf(name, Math.min(most, full.nodes));
  for (const { name: what, value, baseline, unit } of rows) {
    process.stderr.write(`${name}: ${what} ${value}${baseline === null ? '' : ` of ${baseline}`} ${unit}\n`);
  }
  expect(rows.filter((row) => row.met === false)).toEqual([]);
});

const growing = plans.map(({ name, full }) => ({ name, many: Math.min(most, full.nodes) })).filter(({ many }) => many > 2 * few);

test.each(growing)(
  `$name: what a device says beside messages grows no faster than log N, from ${few} to $many, seed ${seed}`,
  { timeout: 1_200_000 },
  async ({ name, many }) => {
    const [little, much] = [await controlBytes(name, few), await controlBytes(name, many)];
    const goal = Math.log(many) / Math.log(few);
    const growth = atMost(
      'controlBytesGrowth',
      much / little,
      goal,
      '×',
      `a node-minute: ${little} bytes of ${few}, ${much} of ${many}`,
    );
    process.stderr.write(`${name}: ${growth.name} ${growth.value} of at most ${goal.toFixed(3)}; ${growth.counted}\n`);
    expect(growth).toMatchObject({ met: true });
  },
);

const controlBytes = async (name: string, nodes: number): Promise<number> => {
  const row = (await rowsOf(name, nodes)).find((each) => each.name === 'controlBytesPerNodeMinute');
  expect(row?.value).toBeGreaterThan(0);
  return Number(row?.value);
};

/** Each once, however many ask. */
function rowsOf(scenario: string, nodes: number): Promise<readonly Row[]> {
  const key = `${scenario} ${nodes}`;
  const known = runs.get(key) ?? run(scenario, nodes);
  runs.set(key, known);
  return known;
}

/** `npm run sim` itself: inside the test runner, whose modules are rewritten, the same takes half as long again. */
async function run(scenario: string, nodes: number): Promise<readonly Row[]> {
  const program = fileURLToPath(new URL('../simulation/sim.ts', import.meta.url));
  // Two thousand apps in one heap: 2.6 GB, and young ones that die at once.
  const roomy = ['--max-old-space-size=8192', '--max-semi-space-size=128'];
  const args = [...roomy, program, '--scenario', scenario, '--nodes', `${nodes}`, '--seed', seed, '--json'];
  const sim = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], timeout: 590_000 });
  return JSON.parse(await text(sim.stdout)) as readonly Row[];
}
