/** Child processes that leave nothing behind: signals are handed on, exit codes come back. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { nodePath } from './node24.mjs';
import { root } from './say.mjs';

/**
 * @typedef {object} RunOptions
 * @property {import('node:child_process').StdioOptions} [stdio]
 * @property {string} [cwd]
 * @property {Record<string, string>} [env] added to ours
 * @property {boolean} [shell]
 * @property {boolean} [cleanStop] a stop by signal is the normal end: the child's exit code stands
 * @property {(pid: number) => void} [onStart]
 * @property {AbortSignal} [until] when it aborts the child is asked to end
 * @property {(text: string) => void} [onOutput] receives both streams; they must be pipes then
 */

/** @type {Map<import('node:child_process').ChildProcess, boolean>} with its cleanStop */
const living = new Map();
/** @type {NodeJS.Signals | null} */
let stoppedBy = null;
let exitCode = 0;
const killAfterMs = 10_000;
const elderPollMs = 500;

/**
 * Runs to the end and gives the exit code. After a signal it never returns: we end when the last child has.
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} options
 * @returns {Promise<number>}
 */
export function run(
  command,
  args,
  { stdio = 'inherit', cwd = root, env = {}, shell = false, cleanStop = false, onStart, until, onOutput } = {},
) {
  if (stoppedBy !== null) return new Promise(() => undefined);
  listen();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio, cwd, shell, env: { ...withNode24(), ...env }, windowsHide: true });
    living.set(child, cleanStop);
    if (child.pid !== undefined) onStart?.(child.pid);
    until?.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
    child.stdout?.setEncoding('utf8').on('data', (/** @type {string} */ text) => onOutput?.(text));
    child.stderr?.setEncoding('utf8').on('data', (/** @type {string} */ text) => onOutput?.(text));
    child.on('error', (error) => {
      living.delete(child);
      reject(error);
    });
    child.on('close', (code, signal) => {
      living.delete(child);
      const ended = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
      if (stoppedBy === null) return resolve(ended);
      if (cleanStop) exitCode = ended;
      endIfLast();
    });
  });
}

/**
 * Runs a program on Node 24.
 * @param {string[]} args
 * @param {RunOptions} options
 */
export function node(args, options = {}) {
  return run(nodePath(), args, options);
}

/** npm killed outright tells nobody, and an orphan must not keep a relay running. Without npm, who started us may leave (`nohup`). */
export function stopWithNpm() {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const elders = eldersNow();
  const timer = setInterval(() => {
    if (eldersNow() !== elders) stop('SIGTERM');
  }, elderPollMs);
  timer.unref();
}

/** Between npm and us may stand a shell, which stays; only Linux lets us see past it. Windows never changes a parent's id. */
function eldersNow() {
  const parent = String(process.ppid);
  try {
    const status = readFileSync(`/proc/${parent}/status`, 'utf8');
    return /^Name:\s*\w*sh$/m.test(status) ? `${parent} ${/^PPid:\s*(\d+)/m.exec(status)?.[1]}` : parent;
  } catch {
    return parent;
  }
}

let isListening = false;
function listen() {
  if (isListening) return;
  isListening = true;
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, stop);
}

/** @param {NodeJS.Signals} signal */
function stop(signal) {
  const isSecond = stoppedBy !== null;
  stoppedBy ??= signal;
  exitCode = 128 + constants.signals[signal];
  // A terminal gives Ctrl-C to the whole group; handing it on as well would be a second, impatient one.
  const alreadyTold = signal === 'SIGINT' && process.stdin.isTTY;
  for (const child of living.keys()) if (!alreadyTold) child.kill(isSecond ? 'SIGKILL' : signal);
  setTimeout(() => {
    for (const child of living.keys()) child.kill('SIGKILL');
  }, killAfterMs).unref();
  endIfLast();
}

function endIfLast() {
  if (living.size === 0) process.exit(exitCode);
}

/** So that a tool that looks for `node` finds the same one. */
function withNode24() {
  const env = { ...process.env };
  const key = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  let folder;
  try {
    folder = path.dirname(nodePath());
  } catch {
    return env; // Not installed yet: this is the install.
  }
  return { ...env, [key]: folder + path.delimiter + (env[key] ?? '') };
}
