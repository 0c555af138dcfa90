/** Applies patches/ to node_modules and remembers which, so that a changed patch meets an unpatched package. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { node } from './child.mjs';
import { fail, fromRoot, say } from './say.mjs';

/** Inside node_modules: it goes when they go. */
const record = fromRoot('node_modules', '.wavu-patches.json');

export function patchesChanged() {
  return applied().hash !== hash();
}

/**
 * Before an install: packages that an older set of patches touched go, to come back clean; all patches are applied anew afterwards.
 * @returns {number} how many packages were removed; npm's list goes with them, or npm would believe it
 */
export function unpatch() {
  const stale = patchesChanged() ? applied().packages : [];
  for (const name of stale) rmSync(fromRoot('node_modules', name), { recursive: true, force: true });
  if (stale.length > 0) rmSync(fromRoot('node_modules', '.package-lock.json'), { force: true });
  rmSync(record, { force: true });
  return stale.length;
}

export async function applyPatches() {
  let output = '';
  if (files().length > 0) {
    const code = await node([fromRoot('node_modules', 'patch-package', 'index.js'), '--error-on-fail'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      onOutput: (text) => (output += text),
    });
    if (code !== 0) fail(`a patch in patches/ does not fit its package any more:\n${output.trim()}`);
    say(`applied ${files().length} ${files().length === 1 ? 'patch' : 'patches'} to dependencies.`);
  }
  writeFileSync(record, JSON.stringify({ hash: hash(), packages: files().map(packageOf) }));
}

function applied() {
  const none = { hash: hash([]), packages: [''] };
  return existsSync(record) ? /** @type {typeof none} */ (JSON.parse(readFileSync(record, 'utf8'))) : { ...none, packages: [] };
}

function files() {
  const folder = fromRoot('patches');
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.patch'))
        .sort()
    : [];
}

function hash(names = files()) {
  const sum = createHash('sha256');
  for (const name of names)
    sum
      .update(name)
      .update('\0')
      .update(readFileSync(fromRoot('patches', name)));
  return sum.digest('hex');
}

/**
 * patch-package's names: `@scope+name+1.2.3.patch`.
 * @param {string} file
 */
function packageOf(file) {
  const parts = file.replace(/\.patch$/, '').split('+');
  return file.startsWith('@') ? `${parts[0]}/${parts[1]}` : (parts[0] ?? '');
}
