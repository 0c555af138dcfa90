/** `npm run bench`: measures Wavu and its baselines in one run, and prints one row per goal. */
import { parseArgs } from 'node:util';
import { openChromium } from '../browser/browsers.ts';
import { openBaselines } from './baseline.ts';
import type { Baselines } from './baseline.ts';
import { firstMessage } from './b1-first-message.ts';
import { dial } from './b2-dial.ts';
import { failures } from './b3-failures.ts';
import { echo } from './b4-echo.ts';
import { cpu } from './b5-cpu.ts';
import { crowd } from './b8-crowd.ts';
import { protocolCost } from './b11-protocol.ts';
import { scores } from './b14-scores.ts';
import { size } from './b15-size.ts';
import { text } from './b16-text.ts';
import { removal } from './b17-removal.ts';
import { broadcast } from './b9-broadcast.ts';
import { idle } from './b19-idle.ts';
import { isAskedFor, table } from './rows.ts';
import type { Row } from './rows.ts';
import { openWavu } from './wavu.ts';
import type { Wavu } from './wavu.ts';
import type { Absent, Bench, World } from './world.ts';

const BENCHES: readonly Bench[] = [
  firstMessage,
  dial,
  failures,
  echo,
  cpu,
  crowd,
  broadcast,
  protocolCost,
  scores,
  size,
  text,
  removal,
  idle,
];
const LEAST_REPS = 5;
// Playwright makes the browser note the stack of each socket, fetch and console line. With positions kept from the start
// that does not parse a page's whole script again, which nobody's own browser does either.
const FLAGS = ['--js-flags=--no-enable-lazy-source-positions'];

const { values: asked } = parseArgs({
  options: { json: { type: 'boolean', default: false }, only: { type: 'string' }, reps: { type: 'string' } },
});
const only = asked.only?.split(',').map((id) => id.trim());
const askedReps = asked.reps === undefined ? undefined : Number(asked.reps);
if (askedReps !== undefined && !(Number.isInteger(askedReps) && askedReps >= 1)) throw new Error('--reps wants a count');

const rows = await measure();
process.stdout.write(asked.json ? `${JSON.stringify(rows, null, 1)}\n` : `${table(rows)}\n`);

async function measure(): Promise<readonly Row[]> {
  const chosen = BENCHES.filter(({ ids }) => ids.some((id) => isAskedFor(id, only)));
  if (chosen.length === 0) {
    throw new Error(`--only ${asked.only} names no bench; there are ${BENCHES.flatMap(({ ids }) => ids).join(', ')}`);
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
    reps: askedReps ?? LEAST_REPS,
    askedReps,
    say,
  };
  const found: Row[] = [];
  try {
    for (const bench of chosen) found.push(...(await rowsOf(bench, world)));
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
async function rowsOf(bench: Bench, world: World): Promise<readonly Row[]> {
  const found: Row[] = [];
  say(`${bench.ids[0]} …`);
  try {
    for await (const row of bench.run(world)) {
      if (!isAskedFor(row.name.split(/[ ,]/)[0] ?? '', only)) continue;
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
