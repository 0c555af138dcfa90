/** Gives a build its name and its place in time: the same sources give the same stamp. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';

export interface Stamp {
  readonly version: string;
  /** Version and a hash of the names of all built files, which carry hashes of their content. */
  readonly name: string;
  readonly builtAtMs: number;
}

/** One moment for the whole build, whoever asks first. */
const startedAtMs = Date.now();

/** What decides the outcome of a build; a change elsewhere does not make it another one. */
const sources = ['src', 'models', 'public', 'index.html', 'vite.config.ts', 'scripts/vite', 'package.json', 'package-lock.json'];

export function stampOf(root: string, fileNames: readonly string[]): Stamp {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const hash = createHash('sha256')
    .update([...fileNames].sort().join('\n'))
    .digest('hex')
    .slice(0, 8);
  return { version, name: `${version}+${hash}`, builtAtMs: builtAtMs(root) };
}

/** SOURCE_DATE_EPOCH, else the time of the commit that these sources are, else now. */
function builtAtMs(root: string): number {
  const asked = Number(env['SOURCE_DATE_EPOCH']);
  if (asked > 0) return asked * 1000;
  return committedAtMs(root) ?? startedAtMs;
}

function committedAtMs(root: string): number | null {
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    if (git('status', '--porcelain', '--', ...sources) !== '') return null;
    const seconds = Number(git('log', '-1', '--format=%ct'));
    return seconds > 0 ? seconds * 1000 : null;
  } catch {
    return null; // no git, no repository, or no commit yet
  }
}
