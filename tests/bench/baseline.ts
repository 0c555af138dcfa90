/** Builds the baseline pages, starts the process that serves and introduces them, and hands out the contenders. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { build } from 'vite';
import type { Addresses } from './baselines/servers.ts';
import { createContender } from './contender.ts';
import type { Contender } from './contender.ts';

export type Baselines = {
  readonly raw: Contender;
  readonly peerjs: Contender;
  readonly trystero: Contender;
  /** Pages with a handle, and no contender's ways: raw, and our own network port without the app. */
  readonly rawUrl: string;
  readonly networkUrl: string;
  readonly close: () => Promise<void>;
};

const pages = fileURLToPath(new URL('./baselines', import.meta.url));
const built = fileURLToPath(new URL('../../.cache/bench-baselines', import.meta.url));
const servers = fileURLToPath(new URL('./baselines/servers.ts', import.meta.url));

export async function openBaselines(browser: Browser): Promise<Baselines> {
  await buildPages();
  // stdout belongs to the rows, so the child's goes to stderr.
  const child = fork(servers, [built], { stdio: ['ignore', 2, 2, 'ipc'] });
  const { origin, peerjsPort } = await new Promise<Addresses>((resolve, reject) => {
    child.once('message', (addresses) => resolve(addresses as Addresses));
    child.once('exit', (code) => reject(new Error(`the baseline servers ended with ${code}`)));
  });
  const at = (name: string, query = ''): Contender =>
    createContender({ name, browser, homeUrl: `${origin}/${name}.html${query}`, remembers: false });
  const raw = at('raw');
  const peerjs = at('peerjs', `?peerjs=${peerjsPort}`);
  const trystero = at('trystero');
  const close = async (): Promise<void> => {
    await Promise.all([raw, peerjs, trystero].map((contender) => contender.rest()));
    child.kill();
  };
  return { raw, peerjs, trystero, rawUrl: `${origin}/raw.html`, networkUrl: `${origin}/network.html`, close };
}

async function buildPages(): Promise<void> {
  const input = ['raw', 'peerjs', 'trystero', 'network'].map((name) => `${pages}/${name}.html`);
  await build({
    configFile: false,
    root: pages,
    logLevel: 'error',
    build: { outDir: built, emptyOutDir: true, target: 'es2024', modulePreload: false, rolldownOptions: { input } },
  });
}
