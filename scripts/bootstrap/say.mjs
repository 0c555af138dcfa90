/** Where we stand and how we talk: everything goes to standard error, standard output belongs to the tasks. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** @param {string[]} parts */
export function fromRoot(...parts) {
  return path.join(root, ...parts);
}

/** Ours to throw away, never committed. */
export const cache = fromRoot('.cache', 'bootstrap');

/** @param {string} line */
export function say(line) {
  process.stderr.write(`wavu: ${line}\n`);
}

/**
 * One clear line, then the end. Locks are released by their exit hooks.
 * @param {string} line
 * @returns {never}
 */
export function fail(line) {
  say(line);
  process.exit(1);
}

/** @param {number} startMs from `performance.now()` */
export function since(startMs) {
  return `${((performance.now() - startMs) / 1000).toFixed(1)} s`;
}
