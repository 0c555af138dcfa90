/** Runs what was asked for of some benches against one browser and one Wavu, and prints their rows. */
import { parseArgs } from 'node:util';
import { openChromium } from '../browser/browsers.ts';
import { openBaselines } from './baseline.ts';
import type { Baselines } from './baseline.ts';
import { isAskedFor, table } from './rows.ts';
import type { Row } from './rows.ts';
import { openWavu } from './wavu.ts';
import type { Wavu } from './wavu.ts';
import type { Absent, Bench, World } from './world.ts';

const LEAST_REPS = 5;
// Playwright makes the browser note the stack of each socket, fetch and console line. With positions kept from the start
// that does not parse a page's whole script again, which nobody's own browser does either.
const FLAGS = ['--js-flags=--no-enable-lazy-source-positions'];

/** Takes `--json`, `--only` and `--reps` from the command line. */
export async function runBenches(benches: readonly Bench[]): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: 'boolean', default: false }, only: { type: 'string' }, reps: { type: 'string' } },
  });
  const reps = values.reps === undefined ? undefined : Number(values.reps);
  if (reps !== undefined && !(Number.isInteger(reps) && reps >= 1)) throw new Error('--reps wants a count');
  const asked: Asked = { json: values.json, only: values.only?.split(',').map((id) => id.trim()), reps };
  const rows = await measure(benches, asked);
  process.stdout.write(asked.json ? `${JSON.stringify(rows, null, 1)}\n` : `${table(rows)}\n`);
}

interface Asked {
  readonly json: boolean;
  readonly only: readonly string[] | undefined;
  readonly reps: number | undefined;
}

async function measure(benches: readonly Bench[], asked: Asked): Promise<readonly Row[]> {
  const chosen = benches.filter(({ ids }) => ids.some((id) => isAskedFor(id, asked.only)));
  if (chosen.length === 0) {
    throw new Error(`--only ${asked.only?.join()} names no bench; there are ${benches.flatMap(({ ids }) => ids).join(', ')}`);
  }
  const browser = await openChromium(FLAGS);
  let baselines: Promise<Baselines> | undefined;
  let wavu: Promise<Wavu | Absent> | undefined;
  const world: World = {
    browser,
    baselines: () => (baselines ??= openBaselines(browser)),
    wavu: async () => {
      const opened = await (wavu ??= openWavu(browser));
      return 'absent' in opened ? opened : opened.contender;
    },
    reps: asked.reps ?? LEAST_REPS,
    askedReps: asked.reps,
    say,
  };
  const found: Row[] = [];
  try {
    for (const bench of chosen) found.push(...(await rowsOf(bench, world, asked)));
  } finally {
    // One that never opened has nothing to close, and has been heard of.
    const side = await wavu?.catch(() => undefined);
    if (side !== undefined && !('absent' in side)) await side.close();
    await (await baselines?.catch(() => undefined))?.close();
    await browser.close();
  }
  return found;
}

/** A bench that breaks costs its own rows and the exit code, not the other benches. */
async function rowsOf(bench: Bench, world: World, asked: Asked): Promise<readonly Row[]> {
  const found: Row[] = [];
  say(`${bench.ids[0]} …`);
  try {
    for await (const row of bench.run(world)) {
      if (!isAskedFor(row.name.split(/[ ,]/)[0] ?? '', asked.only)) continue;
      found.push(row);
      if (row.why !== undefined) say(`${row.name}: no value, ${row.why}`);
    }
  } catch (error) {
    process.exitCode = 1;
    say(`${bench.ids[0]} broke: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (asked.json && found.length > 0) say(table(found));
  return found;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
