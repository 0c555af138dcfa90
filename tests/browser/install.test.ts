/** Installable means: Chromium's own check finds nothing wrong. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { openChromium } from './browsers.ts';
import { openPage, openProfile } from './hands.ts';
import { startRelay } from './relay-process.ts';
import type { RelayProcess } from './relay-process.ts';

let browser: Browser;
let relay: RelayProcess;
beforeAll(async () => {
  browser = await openChromium();
  relay = await startRelay();
});
afterAll(async () => {
  await browser.close();
  await relay.close();
});

test('Chromium would install it, and names nothing that is missing', async () => {
  const { page, open } = await openPage(await openProfile(browser));
  await open(relay.url);
  await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active !== null);
  const devtools = await page.context().newCDPSession(page);
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
  // A profile of a test is a private window, where nothing is ever installed: that alone is no fault of the page.
  const faults = installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito');
  expect(faults).toEqual([]);
  const manifest = await devtools.send('Page.getAppManifest');
  expect(manifest.errors).toEqual([]);
  expect(manifest.url).toContain('manifest.webmanifest');
});
