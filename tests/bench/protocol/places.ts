/** Where the protocol's jobs are timed: in a Chromium page with noble, as people run them, and in Node with either suite. */
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { build } from 'vite';
import { nodeCryptoSuite } from '../../../src/adapters/node-crypto/suite.ts';
import { nobleSuite } from '../../../src/protocol/suite/noble.ts';
import { createJobs } from './jobs.ts';
import type { PackedRoom } from './removal.ts';

export interface Place {
  /** Stands in the row's name: suite and engine. */
  readonly name: string;
  /** What the goals are about. */
  readonly isPage: boolean;
  /** One run of a job: ms per unit of it. */
  readonly time: (job: string) => Promise<number>;
  readonly close: () => Promise<void>;
}

export async function openPlaces(browser: Browser, packed: PackedRoom | null): Promise<readonly Place[]> {
  return [await openPage(browser, packed), inNode('noble', packed), inNode('node-crypto', packed)];
}

function inNode(name: 'noble' | 'node-crypto', packed: PackedRoom | null): Place {
  const jobs = createJobs(name === 'noble' ? nobleSuite : nodeCryptoSuite, packed);
  return {
    name: `${name}, Node`,
    isPage: false,
    time: async (job) => jobs[job]!(),
    close: async () => undefined,
  };
}

async function openPage(browser: Browser, packed: PackedRoom | null): Promise<Place> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.addScriptTag({ content: await bundled() });
  await page.evaluate((room) => globalThis.openProtocolJobs!(room), packed);
  return {
    name: 'noble, Chromium',
    isPage: true,
    time: (job) => page.evaluate((name) => globalThis.protocolJobs![name]!(), job),
    close: () => context.close(),
  };
}

async function bundled(): Promise<string> {
  const made = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      target: 'es2024',
      lib: { entry: fileURLToPath(new URL('./page.ts', import.meta.url)), formats: ['iife'], name: 'wavuProtocol' },
    },
  });
  const outputs = Array.isArray(made) ? made : [made];
  for (const output of outputs) {
    if (!('output' in output)) continue;
    for (const chunk of output.output) if (chunk.type === 'chunk') return chunk.code;
  }
  throw new Error('the page of the protocol benches was not built');
}
