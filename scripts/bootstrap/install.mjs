/** Brings node_modules up to package-lock.json: only when needed, one at a time, and a killed install starts over clean. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { count, hasTools, missing } from './installed.mjs';
import { isAlive, takeLock } from './lock.mjs';
import { needNode24 } from './node24.mjs';
import { needNpm, npm } from './npm.mjs';
import { cache, fail, fromRoot, say, since } from './say.mjs';

/** @typedef {import('./installed.mjs').Extent} Extent */

/** Tarballs for one platform, measured on Linux x64 in November 2026; 52 MB of them are Node 24. */
const downloadMB = { runtime: 82, full: 130 };
/**
 * Exists from the start of an install to its end, and holds npm's pid. What a killed install leaves cannot be trusted: npm would take
 * half a package for a whole.
 */
const unfinished = path.join(cache, 'install-unfinished');

const orphanPollMs = 200;
const maxOrphanPolls = 600;

/** @param {Extent} needs */
export async function install(needs) {
  if (isDone(needs)) return;
  const release = await takeLock('install', 'another run is installing');
  try {
    if (!isDone(needs)) await bring(needs);
  } finally {
    release();
  }
}

/** @param {Extent} needs */
function isDone(needs) {
  return !existsSync(unfinished) && missing(needs) === 0;
}

/** @param {Extent} needs */
async function bring(needs) {
  await needNpm();
  await outliveOrphan();
  // Tools that were installed once stay: `npm start` must not prune them.
  const extent = hasTools() ? 'full' : needs;
  const broken = existsSync(unfinished);
  const lacking = broken ? null : missing(extent);
  if (lacking !== 0) {
    const startMs = performance.now();
    announce(extent, lacking, broken);
    mkdirSync(cache, { recursive: true });
    writeFileSync(unfinished, '');
    const lock = readFileSync(fromRoot('package-lock.json'));
    const scope = extent === 'full' ? ['--include=dev'] : ['--omit=dev'];
    // From nothing, or from something half done: `ci`. Else add what is missing and leave the rest (somebody may be running on it).
    const problem = await npm(
      [...(lacking === null ? ['ci'] : ['install', '--no-save']), ...scope, '--include=optional'],
      (pid) => writeFileSync(unfinished, String(pid)),
    );
    if (!readFileSync(fromRoot('package-lock.json')).equals(lock)) writeFileSync(fromRoot('package-lock.json'), lock);
    if (problem !== null) fail(`the install failed: ${problem}`);
    const left = missing(extent);
    if (left !== 0)
      fail(`npm ended well but left ${left ?? 'all'} packages out; delete node_modules and run the same command again.`);
    rmSync(unfinished, { force: true });
    say(`installed in ${since(startMs)}.`);
  }
  needNode24();
}

/** A run killed outright leaves its npm behind; two of them in one folder would spoil it. */
async function outliveOrphan() {
  const pid = existsSync(unfinished) ? Number(readFileSync(unfinished, 'utf8')) : 0;
  if (pid === 0 || !isAlive(pid)) return;
  say(`an earlier install (process ${pid}) is still at work; waiting for it.`);
  // Not for ever: the number may belong to somebody else by now.
  for (let polls = 0; polls < maxOrphanPolls && isAlive(pid); polls += 1)
    await new Promise((resolve) => setTimeout(resolve, orphanPollMs));
}

/**
 * @param {Extent} extent
 * @param {number | null} lacking
 * @param {boolean} broken
 */
function announce(extent, lacking, broken) {
  const packages = lacking ?? count(extent);
  const whole = downloadMB[extent];
  const about = Math.max(1, Math.round(lacking === null ? whole : (whole * lacking) / count(extent)));
  const what = extent === 'full' ? 'everything, development tools included' : 'what running needs, without development tools';
  if (broken) say('the last install did not finish; going on from what npm had already downloaded.');
  say(`installing ${what}: ${packages} packages, at most about ${about} MB to download.`);
}
