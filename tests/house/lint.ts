/** A throw-away tree under the house's own lint and compiler settings, so that walls can be tried without touching the checkout. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const root: string = path.resolve(import.meta.dirname, '..', '..');

export interface Tree {
  plant(file: string, text: string): void;
  /** What the linter said, per planted file: `rule: message help`. */
  lint(): ReadonlyMap<string, readonly string[]>;
  /** What the compiler said about one environment. */
  compile(config: string): string;
  remove(): void;
}

/** Walls need no types; rules that do are slower. */
export function createTree(options: { readonly typeAware: boolean }): Tree {
  const folder = mkdtempSync(path.join(tmpdir(), 'wavu-walls-'));
  const config = readFileSync(path.join(root, '.oxlintrc.json'), 'utf8');
  const plant = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  };
  plant('.oxlintrc.json', config.replace('"typeAware": true', `"typeAware": ${options.typeAware}`));
  plant('package.json', '{ "type": "module" }');
  for (const name of ['tsconfig.base.json', 'tsconfig.pure.json', 'src/ambient.d.ts']) {
    plant(name, readFileSync(path.join(root, name), 'utf8'));
  }
  plant('tsconfig.json', '{ "files": [], "references": [{ "path": "./tsconfig.pure.json" }] }');
  // A junction needs no rights on Windows; elsewhere the word means nothing.
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
  return {
    plant,
    lint: () => parse(tool(folder, 'oxlint/bin/oxlint', '--format', 'json')),
    compile: (name) => tool(folder, 'typescript/bin/tsc', '-b', name, '--pretty', 'false'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

interface Report {
  readonly diagnostics: readonly {
    readonly filename: string;
    readonly code?: string;
    readonly message: string;
    readonly help?: string;
  }[];
}

function parse(text: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { filename, code, message, help } of (JSON.parse(text) as Report).diagnostics) {
    const file = filename.replaceAll('\\', '/');
    found.set(file, [...(found.get(file) ?? []), `${code ?? ''}: ${message} ${help ?? ''}`]);
  }
  return found;
}

function tool(cwd: string, file: string, ...args: readonly string[]): string {
  const done = spawnSync(process.execPath, [path.join(root, 'node_modules', file), ...args], { cwd, encoding: 'utf8' });
  if (done.error !== undefined) throw done.error;
  return done.stdout;
}
