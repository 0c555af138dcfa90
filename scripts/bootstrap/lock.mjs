/** One at a time: a lock file with its owner's pid. A dead owner's lock is taken over. */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cache, say } from './say.mjs';

const beatMs = 2000;
/** Far above a beat: a live owner is never robbed, a lock whose pid was reused is not waited for long. */
const silentMs = 20_000;
const pollMs = 200;

/**
 * Waits for the lock and gives what releases it. It is also released when the process exits.
 * @param {string} name
 * @param {string} waiting what is said, once, while somebody else holds it
 * @returns {Promise<() => void>}
 */
export async function takeLock(name, waiting) {
  mkdirSync(cache, { recursive: true });
  const file = path.join(cache, `${name}.lock`);
  for (let isFirst = true; ; isFirst = false) {
    if (create(file)) break;
    if (isAbandoned(file)) takeOver(file);
    else {
      if (isFirst) say(`${waiting} (process ${owner(file) ?? '?'}); waiting for it.`);
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }
  const beat = setInterval(() => {
    try {
      utimesSync(file, new Date(), new Date());
    } catch {
      // Removed by hand: whoever did that wanted no lock.
    }
  }, beatMs);
  beat.unref();
  const release = () => {
    clearInterval(beat);
    process.off('exit', release);
    if (owner(file) === process.pid) rmSync(file, { force: true });
  };
  process.on('exit', release);
  return release;
}

/** @param {string} file */
function create(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/** @param {string} file */
function isAbandoned(file) {
  const pid = owner(file);
  return (pid !== null && !isAlive(pid)) || ageMs(file) > silentMs;
}

/**
 * Of two that see the same dead lock only one may remove it, or the slower removes the faster's new one.
 * @param {string} file
 */
function takeOver(file) {
  const guard = `${file}.takeover`;
  if (!create(guard)) {
    if (ageMs(guard) > beatMs) rmSync(guard, { force: true });
    return;
  }
  try {
    if (existsSync(file) && isAbandoned(file)) {
      say(`an earlier run (process ${owner(file) ?? '?'}) ended without cleaning up; taking over.`);
      rmSync(file, { force: true });
    }
  } finally {
    rmSync(guard, { force: true });
  }
}

/** @param {string} file */
function owner(file) {
  try {
    return Number(readFileSync(file, 'utf8')) || null;
  } catch {
    return null;
  }
}

/** @param {string} file */
function ageMs(file) {
  try {
    return Date.now() - statSync(file).mtimeMs;
  } catch {
    return 0;
  }
}

/** @param {number} pid */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
