/** Keeps two relays out of one data folder: a file that names its holder and is touched while it lives. */
import { linkSync, readFileSync, readlinkSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import type { Clock, Stop } from '../src/ports/clock.ts';
import { codeOf } from './error-code.ts';

export interface FolderLock {
  /** Synchronous: it must work while the process exits. */
  readonly release: () => void;
}

export type Locked =
  | { readonly state: 'locked'; readonly lock: FolderLock }
  | { readonly state: 'refused'; readonly lines: readonly string[] };

export const lockName = 'relay.lock';

export function lockFolder(folder: string, clock: Clock, onLost: () => void): Locked {
  const file = path.join(folder, lockName);
  const mine = JSON.stringify({ pid: process.pid, born: bornAt(process.pid), where: whereWeAre(), nonce: clock.nowMs() });
  for (let tries = 0; tries < 3; tries += 1) {
    if (create(file, mine)) return { state: 'locked', lock: hold(file, mine, clock, onLost) };
    const theirs = read(file);
    if (theirs === null) continue; // Gone meanwhile.
    const idleMs = clock.nowMs() - theirs.touchedMs;
    if (lives(file, theirs.holder, idleMs)) return { state: 'refused', lines: whoHolds(folder, theirs.holder) };
    takeAway(file, theirs.text);
  }
  return {
    state: 'refused',
    lines: [`Several relays reach for this data folder at once: ${folder}`, 'Start one, or give each its own with --data.'],
  };
}

interface Holder {
  readonly pid: number;
  /** The kernel's start time of that process, where it tells: process ids come again, in containers at once. */
  readonly born: string | null;
  readonly where: string;
}

const touchEveryMs = 10_000;
/** A holder elsewhere (another container, another machine on this disk) that was silent for so long is gone. */
const silentMs = 45_000;
/** Held by this very process; without /proc nothing else could tell ourselves from an earlier process with our id. */
const ours = new Set<string>();

function hold(file: string, mine: string, clock: Clock, onLost: () => void): FolderLock {
  ours.add(file);
  let stop: Stop = () => undefined;
  const touch = (): void => {
    if (read(file)?.text !== mine) return onLost();
    const nowS = clock.nowMs() / 1000;
    try {
      utimesSync(file, nowS, nowS);
    } catch {
      return onLost();
    }
    stop = clock.after(touchEveryMs, touch);
  };
  stop = clock.after(touchEveryMs, touch);
  return {
    release: () => {
      stop();
      if (ours.delete(file) && read(file)?.text === mine) rmSync(file, { force: true });
    },
  };
}

/** Appears with its whole text, or not at all because it is there already. */
function create(file: string, text: string): boolean {
  const ready = `${file}.${process.pid}`;
  try {
    writeFileSync(ready, text, { mode: 0o600 });
    try {
      linkSync(ready, file);
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      // A disk without hard links.
      writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
    }
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(ready, { force: true });
  }
}

function read(file: string): { readonly text: string; readonly touchedMs: number; readonly holder: Holder | null } | null {
  try {
    const text = readFileSync(file, 'utf8');
    return { text, touchedMs: statSync(file).mtimeMs, holder: readHolder(text) };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

function readHolder(text: string): Holder | null {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json !== 'object' || json === null || !('pid' in json && 'born' in json && 'where' in json)) return null;
    const { pid, born, where } = json;
    if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid < 1 || typeof where !== 'string') return null;
    return { pid, born: typeof born === 'string' ? born : null, where };
  } catch {
    return null;
  }
}

function lives(file: string, holder: Holder | null, idleMs: number): boolean {
  // Half written by a disk without links, or damaged: its age alone speaks.
  if (holder === null || holder.where !== whereWeAre()) return Math.abs(idleMs) < silentMs;
  if (holder.pid === process.pid && holder.born === null) return ours.has(file);
  if (holder.born !== null) return bornAt(holder.pid) === holder.born;
  try {
    process.kill(holder.pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function whoHolds(folder: string, holder: Holder | null): readonly string[] {
  const who =
    holder === null
      ? 'Another relay'
      : `Another relay (process ${holder.pid}${holder.where === whereWeAre() ? '' : `, on ${holder.where.split(' ')[0]}`})`;
  return [`${who} uses this data folder: ${folder}`, 'Stop it, or give this one its own with --data.'];
}

/** Two may find the same stale lock; the slower one must not remove the lock of the faster. */
function takeAway(file: string, stale: string): void {
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  const taken = readFileSync(aside, 'utf8');
  if (taken !== stale) create(file, taken);
  rmSync(aside, { force: true });
}

/** Process ids mean something within one machine and one process namespace. */
function whereWeAre(): string {
  let namespace = '';
  try {
    namespace = readlinkSync('/proc/self/ns/pid');
  } catch {
    // Only Linux has them.
  }
  return `${hostname()} ${namespace}`.trim();
}

/** Field 22 of /proc/<pid>/stat, counted behind the name, which may hold anything; null where there is no such thing. */
function bornAt(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state = '', ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // Dead, and only not yet buried by its parent.
    return state === 'Z' || state === 'X' ? null : (fields[18] ?? null);
  } catch {
    return null;
  }
}
