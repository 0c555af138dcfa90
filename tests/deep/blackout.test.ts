/** The relay is killed for good, twenty times over, each time with five other people. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, test } from 'vitest';
import { liveThroughBlackout } from '../browser/blackout.ts';
import { openChromium } from '../browser/browsers.ts';
import { startRelay } from '../browser/relay-process.ts';

let chromium: Browser;

beforeAll(async () => {
  chromium = await openChromium();
});

afterAll(async () => {
  await chromium?.close();
});

test.each(Array.from({ length: 20 }, (_, at) => at + 1))('time %i', async () => {
  const relay = await startRelay();
  try {
    await liveThroughBlackout(chromium, relay);
  } finally {
    await relay.close();
  }
});
