/** Proves the tabs port on the Web Locks and BroadcastChannel of a real browser. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openChromium } from './browsers.ts';
import type { PortsPage } from './harness/ports-page.ts';
import { openPortsSite } from './harness/ports-site.ts';
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

interface Standing {
  readonly leads: boolean;
  readonly heard: readonly unknown[];
}

/** A tab that wants to lead and keeps what it hears. */
async function openTab(): Promise<Page> {
  const page = await context.newPage();
  await page.goto(site.origin);
  await page.evaluate(() => {
    const tabs = ports.createTabs();
    const standing = { leads: false, heard: [] as unknown[] };
    Object.assign(globalThis, { tabs, standing });
    tabs.listen((note) => standing.heard.push(note));
    void tabs.lead(new AbortController().signal).then(() => (standing.leads = true));
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

test('who gives up waiting is told so and leaves its place in the queue', async () => {
  const leader = await openTab();
  await untilLeads(leader);
  const waiting = await context.newPage();
  await waiting.goto(site.origin);
  const ended = await waiting.evaluate(async () => {
    const giveUp = new AbortController();
    const asked = ports.createTabs().lead(giveUp.signal);
    setTimeout(() => giveUp.abort(), 30);
    return await asked.then(
      () => 'leads',
      (error: unknown) => (error instanceof Error ? error.name : 'unknown'),
    );
  });
  expect(ended).toBe('AbortError');
  const next = await openTab();
  await leader.close();
  await untilLeads(next);
  await Promise.all([waiting.close(), next.close()]);
});

test('a note reaches every other tab and not its own', async () => {
  const tabs = [await openTab(), await openTab(), await openTab()] as const;
  await tabs[0].evaluate(() => {
    const { tabs: mine } = globalThis as unknown as { tabs: ReturnType<PortsPage['createTabs']> };
    mine.post({ kind: 'hello', bytes: new Uint8Array([1, 2]) });
  });
  await tabs[2].waitForFunction(() => (globalThis as unknown as { standing: Standing }).standing.heard.length > 0);
  await shortWhile();
  const heard = await Promise.all(tabs.map(async (page) => (await standingOf(page)).heard.length));
  expect(heard).toEqual([0, 1, 1]);
  await Promise.all(tabs.map((page) => page.close()));
});
