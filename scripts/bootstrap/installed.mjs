/** Compares what package-lock.json asks for with what lies in node_modules. Reading two files is all it takes. */
import { existsSync, readFileSync } from 'node:fs';
import { fromRoot } from './say.mjs';

/**
 * @typedef {{ version?: string, integrity?: string, dev?: boolean, devOptional?: boolean, optional?: boolean, link?: boolean,
 *   os?: string | string[], cpu?: string | string[], libc?: string | string[] }} Locked
 * @typedef {'runtime' | 'full'} Extent
 */

/**
 * How many wanted packages are missing or different. Null: nothing usable is there.
 * npm writes its own list of what it installed last of all, so a killed install has none, or the one from before.
 * @param {Extent} extent
 */
export function missing(extent) {
  const installed = read(fromRoot('node_modules', '.package-lock.json'));
  if (installed === null) return null;
  return wanted(extent).filter(([place, locked]) => {
    const there = installed[place];
    return there === undefined || there.version !== locked.version || there.integrity !== locked.integrity;
  }).length;
}

/** @param {Extent} extent */
export function count(extent) {
  return wanted(extent).length;
}

/** Whether the development tools are there; then they are kept. */
export function hasTools() {
  const installed = read(fromRoot('node_modules', '.package-lock.json'));
  return installed !== null && Object.values(installed).some((locked) => locked.dev === true);
}

/** @param {Extent} extent */
function wanted(extent) {
  const locked = read(fromRoot('package-lock.json')) ?? {};
  return Object.entries(locked).filter(
    ([place, entry]) => place !== '' && entry.link !== true && (extent === 'full' || entry.dev !== true) && isNeededHere(entry),
  );
}

/**
 * Optional packages without a platform come along with optional ones of another platform; npm decides about those.
 * @param {Locked} entry
 */
function isNeededHere(entry) {
  if (entry.optional !== true && entry.devOptional !== true) return true;
  if (entry.os === undefined || entry.cpu === undefined) return false;
  // Which libc npm sees is its own affair: a package for one of them is never counted as missing.
  return matches(entry.os, process.platform) && matches(entry.cpu, process.arch) && entry.libc === undefined;
}

/**
 * @param {string | string[]} list npm's form: names, or names with `!`
 * @param {string} value
 */
function matches(list, value) {
  const names = [list].flat();
  const allowed = names.filter((name) => !name.startsWith('!'));
  return !names.includes(`!${value}`) && (allowed.length === 0 || allowed.includes(value));
}

/**
 * @param {string} file
 * @returns {Record<string, Locked> | null}
 */
function read(file) {
  if (!existsSync(file)) return null;
  try {
    return /** @type {{ packages?: Record<string, Locked> }} */ (JSON.parse(readFileSync(file, 'utf8'))).packages ?? null;
  } catch {
    return null; // Half written: as good as absent.
  }
}
