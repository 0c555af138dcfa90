/** Measures every path and notices the silent ones: a link may look alive long after its far end is gone. */
import { forgetFirst } from '../../protocol/forget-first.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Link } from '../../ports/network.ts';

export interface Heartbeat {
  /** Asks this path from now on; `ask` puts a token on the wire. */
  watch(path: HeartbeatPath): void;
  forget(key: string): void;
  /** Any frame counts as a sign of life. */
  heard(key: string): void;
  answered(key: string, token: number): void;
  rttMs(key: string): number | null;
  /** Somebody looks again: ask everyone now, and do not wait long. */
  hurry(): void;
  close(): void;
}

export interface HeartbeatPath {
  readonly key: string;
  ask(token: number): void;
  /** Nothing was heard for too long; `isHurried`: since somebody looked again. Null for what may stay silent. */
  readonly silent: ((isHurried: boolean) => void) | null;
  /** Others carry it: it is asked less often. */
  readonly isCarried: boolean;
  /** It answered after so long; null: it did not, in a time that is long for any path. */
  told(rttMs: number | null): void;
}

export interface HeartbeatHands {
  measured(): void;
  /** We slept for so long that others may have taken us for gone. */
  slept(): void;
}

export function createHeartbeat(clock: Clock, hands: HeartbeatHands): Heartbeat {
  const watched = new Map<string, Watched>();
  /** How long what others carry took, before it broke: mostly it comes back as it was. */
  const carried = new Map<string, readonly number[]>();
  let nextToken = 1;
  let lastTickMs = clock.ticksMs();
  let stop = clock.after(tickMs, () => tick());

  const ask = (each: Watched): void => {
    if (each.token !== 0 && clock.ticksMs() - each.askedAtMs >= hurriedMs) each.path.told(null);
    each.token = nextToken;
    nextToken += 1;
    each.asked += 1;
    each.askedAtMs = clock.ticksMs();
    each.path.ask(each.token);
  };

  /** Whoever wakes judges nobody for one interval. */
  const lookAtClock = (nowMs: number): void => {
    const hasSlept = nowMs - lastTickMs > 2 * tickMs + everyMs;
    lastTickMs = nowMs;
    if (!hasSlept) return;
    for (const each of watched.values()) excuse(each, nowMs);
    hands.slept();
  };

  const tick = (): void => {
    const nowMs = clock.ticksMs();
    lookAtClock(nowMs);
    for (const each of watched.values()) {
      const { silent, isCarried } = each.path;
      const [silentMs, askedMs] = [nowMs - each.heardAtMs, nowMs - each.askedAtMs];
      const rarely = isCarried ? carriedFactor : 1;
      if (silent !== null && silentMs > each.patienceMs * rarely) silent(each.patienceMs === hurriedMs);
      // What may stay silent is measured at its beginning, and when somebody looks.
      else if (askedMs >= (each.asked < mostSamples ? tickMs : silent === null ? Infinity : everyMs * rarely)) ask(each);
    }
    stop = clock.after(tickMs, () => tick());
  };

  return {
    watch: (path) => {
      const nowMs = clock.ticksMs();
      const samples = carried.get(path.key) ?? [];
      const asked = Math.max(0, samples.length - 1);
      const each: Watched = { path, heardAtMs: nowMs, askedAtMs: nowMs, token: 0, asked, samples, patienceMs };
      watched.set(path.key, each);
      ask(each);
    },
    forget: (key) => {
      const each = watched.get(key);
      watched.delete(key);
      if (each?.path.isCarried !== true || each.samples.length === 0) return;
      carried.delete(key);
      forgetFirst(carried.set(key, each.samples), mostCarried);
    },
    heard: (key) => {
      const each = watched.get(key);
      if (each === undefined) return;
      each.heardAtMs = clock.ticksMs();
      each.patienceMs = patienceMs;
    },
    answered: (key, token) => {
      const each = watched.get(key);
      if (each === undefined || each.token !== token) return;
      each.token = 0;
      const rttMs = clock.ticksMs() - each.askedAtMs;
      each.samples = [...each.samples, rttMs].slice(-mostSamples);
      each.path.told(rttMs);
      hands.measured();
    },
    rttMs: (key) => median(watched.get(key)?.samples ?? []),
    hurry: () => {
      const nowMs = clock.ticksMs();
      lookAtClock(nowMs);
      for (const each of watched.values()) {
        excuse(each, nowMs);
        each.patienceMs = hurriedMs;
        ask(each);
      }
    },
    close: () => stop(),
  };
}

export const keyOfLink = (link: Link): string => `link/${link.id}`;

interface Watched {
  readonly path: HeartbeatPath;
  heardAtMs: number;
  askedAtMs: number;
  token: number;
  asked: number;
  /** The latest round trips. */
  samples: readonly number[];
  patienceMs: number;
}

/** Of what was asked before, nobody knows whether we could have heard the answer. */
function excuse(each: Watched, nowMs: number): void {
  each.heardAtMs = nowMs;
  each.token = 0;
}

/** One slow answer, while a page was busy starting, says nothing of the path. */
function median(samples: readonly number[]): number | null {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}

const mostSamples = 3;
const mostCarried = 64;

const tickMs = 1_000;
const everyMs = 20_000;
const patienceMs = 45_000;
const hurriedMs = 3_000;
const carriedFactor = 3;
