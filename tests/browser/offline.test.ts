/** Proves the service worker: starts without a server, offers an update, and never goes back to an older build. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isOlder } from '../../src/workers/build-order.ts';
import { openChromium } from './browsers.ts';
import type { OfflinePage } from './harness/offline-page.ts';
import { buildApp } from './harness/offline-site.ts';
import { openStaticSite } from './harness/static-site.ts';
import type { StaticSite } from './harness/static-site.ts';

declare const offline: OfflinePage;

let browser: Browser;
let context: BrowserContext;
let site: StaticSite;
let first: string;
let second: string;

beforeAll(async () => {
  first = await buildApp({ mark: 'first', builtAtSeconds: 1_700_000_000 });
  second = await buildApp({ mark: 'second', builtAtSeconds: 1_700_000_100 });
  browser = await openChromium();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await site?.stop();
});

const untilInstalled = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
const untilOffered = (page: Page): Promise<unknown> => page.waitForFunction(() => offline.offers > 0);
const untilTitled = (page: Page, title: string): Promise<unknown> =>
  page.waitForFunction((wanted) => document.title === wanted && 'mesh' in globalThis, title);

/** Keeps what the page and its worker complain about. */
async function openTab(complaints: string[] = []): Promise<Page> {
  const page = await context.newPage();
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(site.origin);
  return page;
}

test('a build loads under the strict policy, starts its mesh early and once, and asks for the card early and once', async () => {
  site = await openStaticSite(first);
  context = await browser.newContext();
  const complaints: string[] = [];
  const page = await openTab(complaints);
  await untilTitled(page, 'first');
  const card = await page.evaluate(async () => await (await fetch('/.well-known/wavu.json')).text());
  expect(card).toBe('{}');
  await untilInstalled(page);
  expect(complaints.filter((line) => !line.includes('404'))).toEqual([]);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  const times = (path: RegExp): number => site.asked.filter((asked) => path.test(asked)).length;
  expect([times(/^\/assets\/mesh-/), times(/wavu\.json$/)]).toEqual([1, 1]);
  expect(site.asked.findIndex((path) => path.startsWith('/assets/mesh-'))).toBeLessThan(4);
  await page.close();
});

test('it starts without any server, as isolated as with one', async () => {
  const { port } = new URL(site.origin);
  await site.stop();
  const page = await openTab();
  await untilTitled(page, 'first');
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  const deep = await context.newPage();
  for (const address of ['/?from=share', '/rooms/anything?from=share#secret', '/#secret']) {
    await deep.goto('about:blank');
    await deep.goto(site.origin + address);
    await untilTitled(deep, 'first');
  }
  // What is the relay's to say is never answered from this device.
  for (const path of ['/.well-known/wavu.json', '/healthz', '/metrics']) {
    expect(
      await page.evaluate(
        async (asked) =>
          await fetch(asked).then(
            () => 'answered',
            () => 'silent',
          ),
        path,
      ),
    ).toBe('silent');
  }
  await expect(deep.goto(`${site.origin}/healthz`)).rejects.toThrow('ERR_CONNECTION_REFUSED');
  await Promise.all([page.close(), deep.close()]);
  site = await openStaticSite(first, Number(port));
});

test('a newer build waits until somebody takes it, and then every tab has it and the old one is gone', async () => {
  const [here, there] = [await openTab(), await openTab()];
  site.serve(second);
  await here.evaluate(() => offline.updates.check());
  await Promise.all([untilOffered(here), untilOffered(there)]);
  expect([await here.title(), await there.title()]).toEqual(['first', 'first']);
  // Not even a reload takes it: only the word does.
  await there.reload();
  await untilOffered(there);
  expect(await there.title()).toBe('first');

  await here.evaluate(() => offline.updates.apply());
  await Promise.all([untilTitled(here, 'second'), untilTitled(there, 'second')]);
  await untilInstalled(here);
  const kept = await here.evaluate(async () => {
    const requests = await (await caches.open('wavu-app')).keys();
    return requests.map(({ url }) => new URL(url).pathname);
  });
  expect(kept.filter((path) => path.startsWith('/assets/mesh-'))).toHaveLength(1);
  expect(kept.filter((path) => path === '/')).toHaveLength(1);
  const pages = await here.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith('wavu-page')));
  expect(pages).toEqual([expect.stringContaining('1700000100000')]);
  expect(await here.evaluate(() => offline.offers)).toBe(0);
  await Promise.all([here.close(), there.close()]);
});

test('a relay that serves an older build than the one installed never downgrades it', async () => {
  site.serve(first);
  const page = await openTab();
  const before = site.asked.length;
  const ended = await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    const found = new Promise<ServiceWorker | null>((seen) =>
      registration.addEventListener('updatefound', () => seen(registration.installing), { once: true }),
    );
    offline.updates.check();
    const worker = await found;
    while (worker?.state === 'parsed' || worker?.state === 'installing') await new Promise((passed) => setTimeout(passed, 20));
    return { offered: worker?.state, active: registration.active?.state, offers: offline.offers };
  });
  expect(site.asked.slice(before)).toContain('/service-worker.js');
  expect(ended).toEqual({ offered: 'redundant', active: 'activated', offers: 0 });
  await page.reload();
  await untilTitled(page, 'second');
  await page.close();
});

test('an old release built again today is still older than a new one', () => {
  const [old, young] = [
    { version: '0.9.12', builtAtMs: 2_000 },
    { version: '0.10.0', builtAtMs: 1_000 },
  ];
  expect([isOlder(old, young), isOlder(young, old), isOlder(young, young)]).toEqual([true, false, false]);
  expect(isOlder({ version: '0.10.0', builtAtMs: 999 }, young)).toBe(true);
});

test('the same sources at the same time make the same build, with squeezed twins that hold the same bytes', async () => {
  const page = readFileSync(join(first, 'index.html'), 'utf8');
  const worker = readFileSync(join(first, 'service-worker.js'), 'utf8');
  const again = await buildApp({ mark: 'first', builtAtSeconds: 1_700_000_000 });
  expect(readFileSync(join(again, 'index.html'), 'utf8')).toBe(page);
  expect(readFileSync(join(again, 'service-worker.js'), 'utf8')).toBe(worker);
  expect(page).toMatch(/<meta name="wavu-build" content="\d+\.\d+\.\d+\+[0-9a-f]{8} 1700000000000">/);
  expect(brotliDecompressSync(readFileSync(join(first, 'service-worker.js.br'))).toString()).toBe(worker);
  expect(existsSync(join(first, 'service-worker.js.gz'))).toBe(true);
}, 30_000);
