/** Proves the tabs port on the Web Locks and BroadcastChannel of a real browser. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tabsContract } from '../contracts/tabs.contract.ts';
import { openChromium } from './browsers.ts';
import type { PortsPage } from './harness/ports-page.ts';
import { openPortsSite } from './harness/ports-site.ts';
import { openRealTabs } from './harness/real-tabs.ts';
import type { StaticSite } from './harness/static-site.ts';

declare const ports: PortsPage;

let site: StaticSite;
let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
  [site, browser] = await Promise.all([openPortsSite('tabs'), openChromium()]);
  context = await browser.newContext();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await site?.stop();
});

let worlds = 0;
const contract = tabsContract('[tabs]', () => openRealTabs(context, site.origin, `contract-${++worlds}`));

test.each(contract)('$name', async ({ run }) => {
  await expect(run()).resolves.toBeUndefined();
});

interface Standing {
  readonly leads: boolean;
}

/** A tab that wants to lead. */
async function openTab(): Promise<Page> {
  const page = await context.newPage();
  await page.goto(site.origin);
  await page.evaluate(() => {
    const standing = { leads: false };
    Object.assign(globalThis, { standing });
    void ports
      .createTabs()
      .lead(new AbortController().signal)
      .then(() => (standing.leads = true));
  });
  return page;
}

const standingOf = (page: Page): Promise<Standing> =>
  page.evaluate(() => (globalThis as unknown as { standing: Standing }).standing);
const untilLeads = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => (globalThis as unknown as { standing: Standing }).standing.leads);
const shortWhile = (): Promise<void> => new Promise((passed) => setTimeout(passed, 150));

test('of three tabs one leads, and a leader that closes, crashes or goes away hands over', async () => {
  const first = await openTab();
  await untilLeads(first);
  const second = await openTab();
  const third = await openTab();
  await shortWhile();
  expect([(await standingOf(second)).leads, (await standingOf(third)).leads]).toEqual([false, false]);

  await first.close();
  await untilLeads(second);
  expect((await standingOf(third)).leads).toBe(false);

  const crashed = new Promise((seen) => second.once('crash', seen));
  (await context.newCDPSession(second)).send('Page.crash').catch(() => undefined);
  await crashed;
  await untilLeads(third);

  const fourth = await openTab();
  await third.goto('about:blank');
  await untilLeads(fourth);
  await Promise.all([second, third, fourth].map((page) => page.close()));
});

test('who gives up at once, in a page just opened, hears of it and may lead later', async () => {
  // Chromium forgot nearly every such abort.
  const pages = await Promise.all(Array.from({ length: 5 }, () => context.newPage()));
  for (const page of pages) {
    await page.goto(site.origin);
    const told = await page.evaluate(async () => {
      const patience = new AbortController();
      const tabs = ports.createTabs('at once');
      const asked = tabs.lead(patience.signal).catch((error: unknown) => error);
      patience.abort(new Error('gave up'));
      const answer = String(await asked);
      await tabs.lead(new AbortController().signal);
      return answer;
    });
    expect(told).toBe('Error: gave up');
    await page.close();
  }
});
