/** Builds the page into dist when it is missing or older than what it is made from, and holds it to its size. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { node } from './child.mjs';
import { takeLock } from './lock.mjs';
import { fromRoot, root, say, since } from './say.mjs';
import { overBudget } from '../size.mjs';

const inputs = [
  'index.html',
  'vite.config.ts',
  'package-lock.json',
  'tsconfig.base.json',
  'scripts/vite',
  'public',
  'src',
  'models',
];
/** Inside dist, which vite empties first: a killed build leaves none. */
const record = fromRoot('dist', '.wavu-build');

/**
 * @param {{ force?: boolean }} options
 * @returns {Promise<boolean>} whether dist is good now
 */
export async function build({ force = false } = {}) {
  if (!existsSync(fromRoot('index.html'))) return tell('there is no index.html, so there is no page to build.');
  if (!force && isFresh()) return true;
  const release = await takeLock('build', 'another run is building the page');
  try {
    if (!force && isFresh()) return true;
    const startMs = performance.now();
    const made = hash();
    say('building the page …');
    // Vite talks on standard output, which is not ours to fill.
    const code = await node([fromRoot('node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn'], {
      stdio: ['ignore', 2, 2],
    });
    if (code !== 0) return tell('the page could not be built, see above.');
    const tooBig = overBudget();
    if (tooBig !== null) return tell(tooBig);
    writeFileSync(record, made);
    say(`built the page in ${since(startMs)}.`);
    return true;
  } finally {
    release();
  }
}

function isFresh() {
  return existsSync(record) && readFileSync(record, 'utf8') === hash();
}

/** @param {string} line */
function tell(line) {
  say(line);
  return false;
}

function hash() {
  const sum = createHash('sha256');
  for (const input of inputs)
    for (const file of filesUnder(fromRoot(input))) {
      sum.update(path.relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
    }
  return sum.digest('hex');
}

/**
 * @param {string} place a file, a folder, or nothing
 * @returns {string[]}
 */
function filesUnder(place) {
  if (!existsSync(place)) return [];
  if (!statSync(place).isDirectory()) return [place];
  return readdirSync(place)
    .sort()
    .flatMap((name) => filesUnder(path.join(place, name)));
}
