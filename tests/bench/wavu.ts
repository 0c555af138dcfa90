/** Brings Wavu itself to the harness: a bench build of the product, served by the real relay. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { build } from 'vite';
import { createContender, hasHandle } from './contender.ts';
import type { Contender } from './contender.ts';
import type { Absent } from './world.ts';

export type Wavu = { readonly contender: Contender; readonly close: () => Promise<void> };

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = join(root, '.cache', 'bench-page');
const relayProgram = join(root, 'relay', 'main.ts');
const needed = [relayProgram, join(root, 'index.html'), join(root, 'src', 'main.tsx')];

const RELAY_START_MS = 20_000;
const HANDLE_MS = 5_000;

export async function openWavu(browser: Browser): Promise<Wavu | Absent> {
  if (!needed.every(existsSync)) return { absent: 'product page absent' };
  await build({ root, mode: 'bench', logLevel: 'error', build: { outDir: page, emptyOutDir: true } });
  const data = await mkdtemp(join(tmpdir(), 'wavu-bench-'));
  const { relay, origin } = await startRelay(data, page);
  const homeUrl = `${origin}/?bench`;
  const contender = createContender({ name: 'wavu', browser, homeUrl, remembers: true });
  const close = async (): Promise<void> => {
    await contender.rest();
    await stopped(relay);
    await rm(data, { recursive: true, force: true });
  };
  if (await offersHandle(browser, homeUrl)) return { contender, close };
  await close();
  return { absent: 'the product page offers no bench handle' };
}

/** With `--json` the relay says where it is in its one line on standard output, and all else on standard error. */
export async function startRelay(data: string, app: string): Promise<{ relay: ChildProcess; origin: string }> {
  const flags = ['--port', '0', '--host', '127.0.0.1', '--webrtc-direct-port', 'off', '--data', data, '--app', app, '--json'];
  const relay = spawn(process.execPath, [relayProgram, ...flags], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  process.once('exit', () => relay.kill()); // whatever ends the harness ends its relay
  const port = await new Promise<number>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('the relay did not say where it listens')), RELAY_START_MS);
    relay.once('exit', (code) => reject(new Error(`the relay ended with ${code}`)));
    createInterface({ input: relay.stdout }).once('line', (line) => {
      clearTimeout(late);
      resolve((JSON.parse(line) as { readonly port: number }).port);
    });
  });
  return { relay, origin: `http://127.0.0.1:${port}` };
}

export async function stopped(relay: ChildProcess): Promise<void> {
  if (relay.exitCode !== null) return;
  const ended = new Promise<void>((resolve) => relay.once('exit', () => resolve()));
  relay.kill('SIGTERM');
  await ended;
}

async function offersHandle(browser: Browser, homeUrl: string): Promise<boolean> {
  const context = await browser.newContext();
  try {
    const tab = await context.newPage();
    await tab.goto(homeUrl);
    return await hasHandle(tab, HANDLE_MS);
  } finally {
    await context.close();
  }
}
