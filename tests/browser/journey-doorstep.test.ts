/** Proves the doorstep: whoever comes by plain HTTP from elsewhere reads why nothing starts, and nothing does. */
import { readdir } from 'node:fs/promises';
import { get } from 'node:http';
import { join, sep } from 'node:path';
import { env } from 'node:process';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openChromium } from './browsers.ts';
import { findViolations } from './axe.ts';
import { openPage, openProfile, phone, wide } from './hands.ts';
import { startRelay } from './relay-process.ts';
import type { RelayProcess } from './relay-process.ts';

let relay: RelayProcess;
let browser: Browser;

beforeAll(async () => {
  relay = await startRelay();
  browser = await openChromium(['--host-resolver-rules=MAP village.test 127.0.0.1']);
});

afterAll(async () => {
  await browser?.close();
  await relay?.close();
});

test('http://village.test gets a page that says why, without a script of ours', async () => {
  const context = await openProfile(browser);
  const { page, complaints, open } = await openPage(context);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await open(`http://village.test:${relay.port}/`);
  await page.getByRole('heading', { level: 1, name: 'Wavu does not start here' }).waitFor();
  const text = await page.locator('main').innerText();
  expect(text).toContain(`http://village.test:${relay.port}`);
  expect(text).toContain(`http://localhost:${relay.port}`);
  expect(await page.evaluate(() => [document.scripts.length, localStorage.length])).toEqual([0, 0]);
  await page.waitForLoadState('networkidle');
  expect(asked.filter((path) => !['/', '/doorstep.css', '/favicon.ico'].includes(path))).toEqual([]);
  expect(complaints).toEqual([]);
  await context.close();
});

test('it hands out no part of the app, whatever is asked for', async () => {
  const app = join(import.meta.dirname, '../..', 'dist');
  const files = (await readdir(env['WAVU_APP'] ?? app, { recursive: true })).filter((name) =>
    /\.(js|css|webmanifest)$/.test(name),
  );
  expect(files.length).toBeGreaterThan(3);
  const paths = files.map((name) => `/${name.split(sep).join('/')}`);
  expect(await Promise.all(paths.map((path) => statusOf(path, 'localhost')))).toEqual(paths.map(() => 200));
  expect(await Promise.all(paths.map((path) => statusOf(path, 'village.test')))).toEqual(paths.map(() => 404));
});

test.each([
  ['light', 'phone', phone],
  ['dark', 'phone', phone],
  ['light', 'wide', wide],
  ['dark', 'wide', wide],
] as const)('it is readable for everybody: %s, %s', async (colorScheme, _size, viewport) => {
  const context = await openProfile(browser, { colorScheme, viewport });
  const { page, open, complaints } = await openPage(context);
  await open(`http://village.test:${relay.port}/`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  expect(await findViolations(page)).toEqual([]);
  // Nothing runs off to the side of a phone.
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  expect(complaints).toEqual([]);
  await context.close();
});

/** `fetch` would not let us say by which name we come. */
function statusOf(path: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asking = get({ host: '127.0.0.1', port: relay.port, path, headers: { host: `${host}:${relay.port}` } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asking.once('error', reject);
  });
}
