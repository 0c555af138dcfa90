/** What is written in a composer is on the disk: a person takes longer to the next key. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { readRaw } from './harness/raw-shelves.ts';

export async function untilUnsentKept(page: Page): Promise<void> {
  const kept = async (): Promise<number> =>
    (await page.evaluate(readRaw, 'wavu')).filter(({ key }) => key.startsWith('unsent/')).length;
  await expect.poll(kept, { timeout: 20_000 }).toBe(1);
}
