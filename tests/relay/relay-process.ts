/** Runs the real relay in a process of its own. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export interface RelayProcess {
  readonly child: ChildProcess;
  out(): string;
  err(): string;
  /** The line of --json. */
  readonly line: Promise<RelayLine>;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

export interface RelayLine {
  readonly url: string;
  readonly ways: readonly { readonly url: string; readonly gives: string; readonly who: string }[];
  readonly addresses: readonly string[];
  readonly port: number;
  readonly peerId: string;
  readonly data: string;
  readonly square: 'on' | 'off';
  readonly access: 'open' | 'members';
  readonly authority: string | null;
  readonly ownerLink: string | null;
  readonly pid: number;
}

const main = fileURLToPath(new URL('../../relay/main.ts', import.meta.url));

export function runRelay(args: readonly string[], env: Readonly<Record<string, string>> = {}): RelayProcess {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(WAVU_|npm_)/.test(name)));
  const child = spawn(process.execPath, [main, ...args], { env: { ...clean, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stderr.on('data', (part: Buffer) => (err += part.toString()));
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const line = new Promise<RelayLine>((resolve, reject) => {
    child.stdout.on('data', (part: Buffer) => {
      out += part.toString();
      if (out.includes('\n') && out.startsWith('{')) resolve(JSON.parse(out.slice(0, out.indexOf('\n'))) as RelayLine);
    });
    void ended.then(({ code }) => reject(new Error(`the relay ended with ${code} before it stood: ${err}`)));
  });
  line.catch(() => undefined);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, out: () => out, err: () => err, line, ended };
}
