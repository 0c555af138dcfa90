/**
 * Proves that the relay is needed for hello alone: it is killed for good, and five people go on talking; one reloads, is back
 * through a single pairing, and is linked to all of them anew, by their introductions.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, test } from 'vitest';
import { liveThroughBlackout } from './blackout.ts';
import { openChromium } from './browsers.ts';
import { startRelay } from './relay-process.ts';
import type { RelayProcess } from './relay-process.ts';

let chromium: Browser;
let relay: RelayProcess;

beforeAll(async () => {
  chromium = await openChromium();
  relay = await startRelay();
});

afterAll(async () => {
  await chromium?.close();
  await relay?.close();
});

test('the relay is killed for good: chat goes on, and who reloads comes back to all through one pairing', async () => {
  await liveThroughBlackout(chromium, relay);
});
