/** B15: what a first visit downloads, as `npm run size` counts it. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { row } from './rows.ts';
import type { Row } from './rows.ts';
import type { Bench } from './world.ts';

type Sized = { readonly name: string; readonly value: number };
type Sizes = { readonly rows: readonly Sized[] } | { readonly absent: string };

const QUESTIONS = [
  { name: 'B15a first load, shell', counts: 'shell', atMost: 90 },
  { name: 'B15b first load, shell and mesh', counts: 'shell + mesh', atMost: 250 },
] as const;

const bootstrap = fileURLToPath(new URL('../../scripts/bootstrap.mjs', import.meta.url));

export const size: Bench = {
  ids: ['B15', 'B15a', 'B15b'],
  async *run(): AsyncGenerator<Row> {
    const sizes = readSizes();
    for (const { name, counts, atMost } of QUESTIONS) {
      const sized = 'absent' in sizes ? undefined : sizes.rows.find((found) => counts === found.name);
      yield row({
        name,
        value: sized?.value ?? null,
        unit: 'kB',
        baseline: null,
        limit: { of: 'value', atMost },
        counted: 'brotli 11 of the page’s code and styles, as npm run size weighs them',
        ...('absent' in sizes ? { why: sizes.absent } : {}),
      });
    }
  },
};

/** The script answers with a failure when a size is over its budget, and with rows all the same. */
function readSizes(): Sizes {
  const { stdout } = spawnSync(process.execPath, [bootstrap, 'size', '--json'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 2],
  });
  try {
    return { rows: JSON.parse(stdout) as readonly Sized[] };
  } catch {
    return { absent: 'npm run size printed no rows' };
  }
}
