/** Runs vitest on Node 24 and counts what really ran. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { node } from './child.mjs';
import { cache, fromRoot } from './say.mjs';

/**
 * @typedef {{ passed: number, failed: number, skipped: number, skips: { name: string, why: string }[] }} Counts
 */

/**
 * @param {string[]} args
 * @param {{ onOutput?: (text: string) => void, env?: Record<string, string> }} options without `onOutput` the output streams through
 * @returns {Promise<{ code: number, counts: Counts }>}
 */
export async function runTests(args, { onOutput, env = {} } = {}) {
  mkdirSync(cache, { recursive: true });
  const file = path.join(cache, `tests-${process.pid}.json`);
  const vitest = fromRoot('node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', `--reporter=${fromRoot('scripts', 'vitest-counts.mjs')}`];
  const code = await node([vitest, 'run', ...reporters, ...args], {
    env: { ...env, WAVU_TEST_COUNTS: file },
    ...(onOutput === undefined ? {} : { stdio: ['ignore', 'pipe', 'pipe'], onOutput }),
  });
  // No counts: vitest itself fell over, and that is a failure too.
  const counts = existsSync(file)
    ? /** @type {Counts} */ (JSON.parse(readFileSync(file, 'utf8')))
    : { passed: 0, failed: 1, skipped: 0, skips: [] };
  rmSync(file, { force: true });
  return { code, counts };
}

/** @param {Counts} counts */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/**
 * @param {Counts} counts
 * @returns {readonly string[]}
 */
export function leftOut({ skips }) {
  return skips.map(({ name, why }) => `${name} (${why})`);
}
