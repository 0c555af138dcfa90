/**
 * The page as an earlier commit of this repository makes it, for tests of an old version beside a new one. What only that one needs stands
 * in our devDependencies (circuit-relay-v2).
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

/** Null where the history does not reach back so far, as in a shallow clone. */
export async function buildOf(commit: string): Promise<string | null> {
  const home = join(root, '.cache', 'old-builds', commit);
  const built = join(home, 'dist');
  if (existsSync(built)) return built;
  const isKnown = await run('git', ['cat-file', '-e', `${commit}^{commit}`], { cwd: root }).then(
    () => true,
    () => false,
  );
  if (!isKnown) return null;
  await rm(home, { recursive: true, force: true });
  const making = `${home}.making`;
  await rm(making, { recursive: true, force: true });
  await mkdir(making, { recursive: true });
  await run('git', ['archive', '--output', join(making, 'tree.tar'), commit], { cwd: root });
  await run('tar', ['-xf', 'tree.tar'], { cwd: making });
  await symlink(join(root, 'node_modules'), join(making, 'node_modules'), 'junction');
  await run(process.execPath, [join(root, 'node_modules/vite/bin/vite.js'), 'build'], { cwd: making });
  await rename(making, home);
  return built;
}
