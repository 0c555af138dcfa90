/** Time, luck and a log, answered by Node itself. */
import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Clock } from '../src/ports/clock.ts';
import type { Entropy } from '../src/ports/entropy.ts';
import type { Log } from '../src/ports/log.ts';

export const createClock = (): Clock => ({
  nowMs: () => Date.now(),
  ticksMs: () => performance.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
});

export const createEntropy = (): Entropy => ({
  bytes: (length) => new Uint8Array(randomBytes(length)),
});

/** One line per event. `write` is standard error: standard output belongs to whoever reads it by machine. */
export const createLog =
  (clock: Clock, write: (line: string) => void): Log =>
  (event, facts = {}) => {
    const told = Object.entries(facts).map(([name, value]) => `${name}=${oneWord(value)}`);
    write(`${[new Date(clock.nowMs()).toISOString(), event, ...told].join(' ')}\n`);
  };

/** What came from outside can neither begin a new line nor colour the terminal. */
const oneWord = (value: string | number | boolean): string =>
  String(value)
    .replace(/[^\x21-\x7e]/g, '_')
    .slice(0, 200);
