/** What a file of tests plays on: one Chromium and one relay, there before its first test and gone after its last. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { openChromium } from './browsers.ts';
import { startRelay } from './relay-process.ts';
import type { RelayProcess } from './relay-process.ts';

export interface Stage {
  readonly chromium: Browser;
  readonly relay: RelayProcess;
}

export function createStage(): Stage {
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
  return {
    get chromium() {
      return chromium;
    },
    get relay() {
      return relay;
    },
  };
}
