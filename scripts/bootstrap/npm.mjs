/** Runs npm quietly and turns its failures into one line. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run } from './child.mjs';
import { cache, fail, say, since } from './say.mjs';

/** Retries within half a minute, then the one line: npm's own waiting is minutes long. */
const patience = [
  '--fetch-retries=4',
  '--fetch-retry-factor=2',
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-maxtimeout=10000',
];
const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'];
const stillThereMs = 15_000;

/** @type {[RegExp, string][]} */
const known = [
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENOTCACHED|ERR_INVALID_URL|FETCH_ERROR/,
    'the package registry cannot be reached; are you offline? Run the same command again when you are online.',
  ],
  [/ENOSPC/, 'the disk is full.'],
  [/EACCES|EPERM|EROFS/, 'files may not be written; is node_modules owned by somebody else, or in use?'],
  [/EINTEGRITY/, 'a package is not the one that package-lock.json names; it was refused.'],
  [/EUSAGE|ERESOLVE/, 'package.json and package-lock.json disagree; run `npm install` and keep both.'],
];

export async function needNpm() {
  const code = await start(['--version'], () => undefined).catch(() => 1);
  if (code !== 0) fail('npm was not found; it comes with Node (nodejs.org), some systems package it apart as "npm".');
}

/**
 * @param {string[]} args
 * @param {(pid: number) => void} onStart
 * @returns {Promise<string | null>} what went wrong, in one line
 */
export async function npm(args, onStart) {
  const startMs = performance.now();
  const timer = setInterval(() => say(`… still installing, ${since(startMs)}`), stillThereMs);
  let output = '';
  try {
    const code = await start([...args, ...quiet, ...patience], (text) => (output += text), onStart);
    return code === 0 ? null : explain(output);
  } finally {
    clearInterval(timer);
  }
}

/** @param {string} output */
function explain(output) {
  mkdirSync(cache, { recursive: true });
  const log = path.join(cache, 'npm.log');
  writeFileSync(log, output);
  const line =
    known.find(([pattern]) => pattern.test(output))?.[1] ??
    output.match(/npm error (?!code )(.+)/i)?.[1] ??
    'npm gave no reason.';
  return `${line} (npm's own words: ${log})`;
}

/**
 * Runs a package's program without installing it here.
 * @param {string[]} args
 * @param {import('./child.mjs').RunOptions} options
 */
export function npx(args, options) {
  return cli('npx', ['--yes', ...args], options);
}

/**
 * @param {string[]} args
 * @param {(text: string) => void} onOutput
 * @param {(pid: number) => void} onStart
 */
function start(args, onOutput, onStart = () => undefined) {
  return cli('npm', args, { stdio: ['ignore', 'pipe', 'pipe'], onOutput, onStart });
}

/**
 * Inside `npm run` npm tells where it lies, and needs no shell. Windows' npm.cmd needs one.
 * @param {'npm' | 'npx'} name
 * @param {string[]} args
 * @param {import('./child.mjs').RunOptions} options
 */
export function cli(name, args, options) {
  const npmFile = process.env['npm_execpath'] ?? '';
  const file = path.join(path.dirname(npmFile), `${name}-cli.js`);
  if (path.basename(npmFile) === 'npm-cli.js' && existsSync(file)) return run(process.execPath, [file, ...args], options);
  const isWindows = process.platform === 'win32';
  return run(isWindows ? `${name}.cmd` : name, args, { ...options, shell: isWindows });
}
