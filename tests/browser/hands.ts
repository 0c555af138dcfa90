/** One page in the hands of a person: Chromium's by Playwright, Firefox's by Puppeteer, with the same few gestures. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import type { Browser as FirefoxBrowser, ElementHandle, Page as FirefoxPage } from 'puppeteer-core';
import { findButton, lookAround, tellViolations } from './seen.ts';
import type { Seen } from './seen.ts';

export interface Hands {
  open(url: string): Promise<void>;
  reload(): Promise<void>;
  /** Answers once the page looks unlike `before`, or after `patienceMs`. */
  look(before: string | null, patienceMs: number): Promise<Seen>;
  /** A real press on the visible button that says this first. */
  press(button: string): Promise<void>;
  fill(selector: string, text: string): Promise<void>;
  key(name: 'Enter' | 'Escape'): Promise<void>;
  /** Until all of the app lies on this device, and would start without any server. */
  untilInstalled(): Promise<void>;
  /** The browser says that there is no network, and nothing goes by HTTP; links from device to device do. */
  goOffline(): Promise<void>;
  close(): Promise<void>;
  /** Errors of the page and violations of its policy. */
  readonly complaints: readonly string[];
  /** The last lines of the console, for when something fails. */
  readonly log: readonly string[];
}

/** What the browser itself says about a network that is gone; no fault of the page. */
const ofTheNetwork =
  /net::ERR_(CONNECTION|INTERNET|NETWORK|ADDRESS|EMPTY|ABORTED|SOCKET|FAILED)|can’t establish a connection|was interrupted while/;
const gestureMs = 60_000;
const keptLines = 60;

/** A Chromium context whose pages tell what goes wrong. */
export async function openProfile(browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const context = await browser.newContext({ locale: 'en-US', viewport: wide, ...options });
  await context.addInitScript(tellViolations);
  return context;
}

export const wide = { width: 1440, height: 900 } as const;
export const phone = { width: 390, height: 844 } as const;

/** `page` stays at hand for what only Chromium's driver can do. */
export async function openPage(context: BrowserContext): Promise<Hands & { readonly page: Page }> {
  const page = await context.newPage();
  page.setDefaultTimeout(gestureMs);
  const { complaints, log, complain } = keepBook();
  page.on('console', (message) => complain(message.type(), message.text()));
  page.on('pageerror', (error) => complain('error', `pageerror ${error.message}`));
  page.on('crash', () => complain('info', 'the page crashed'));
  return {
    page,
    complaints,
    log,
    open: async (url) => void (await page.goto(url, { waitUntil: 'commit' })),
    reload: async () => void (await page.reload({ waitUntil: 'commit' })),
    look: (before, patienceMs) => page.evaluate(lookAround, { before, patienceMs }),
    press: async (button) => {
      // Who presses looks at the page; the browser slows those that nobody looks at.
      await page.bringToFront();
      const found = await page.waitForFunction(findButton, button, { polling: 50 }).catch(noButton(button));
      await found.asElement()?.click();
    },
    fill: (selector, text) => page.locator(selector).fill(text),
    key: (name) => page.keyboard.press(name),
    untilInstalled: () => page.evaluate(untilControlled),
    goOffline: () => goOfflineButLinked(page),
    close: () => page.close(),
  };
}

/** Playwright's own (`setOffline`) cuts WebRTC as well, as if the Wi-Fi of the house were gone too. */
async function goOfflineButLinked(page: Page): Promise<void> {
  const offline = { offline: true, latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
  // It holds for as long as this session does.
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.overrideNetworkState', offline);
  const matchedNetworkConditions = ['http', 'https', 'ws', 'wss'].map((each) => ({ ...offline, urlPattern: `${each}://*:*/*` }));
  await devtools.send('Network.emulateNetworkConditionsByRule', { matchedNetworkConditions });
}

/** Stands alone: it is sent as text. */
async function untilControlled(): Promise<void> {
  await navigator.serviceWorker.ready;
  if (navigator.serviceWorker.controller !== null) return;
  await new Promise((came) => navigator.serviceWorker.addEventListener('controllerchange', came, { once: true }));
}

export async function openFirefoxPage(browser: FirefoxBrowser): Promise<Hands> {
  const page: FirefoxPage = await browser.newPage();
  page.setDefaultTimeout(gestureMs);
  await page.setViewport(wide);
  await page.evaluateOnNewDocument(tellViolations);
  const { complaints, log, complain } = keepBook();
  page.on('console', (message) => complain(message.type(), message.text()));
  page.on('pageerror', (error) => complain('error', `pageerror ${error instanceof Error ? error.message : String(error)}`));
  return {
    complaints,
    log,
    open: async (url) => void (await page.goto(url, { waitUntil: 'domcontentloaded' })),
    reload: async () => void (await page.reload({ waitUntil: 'domcontentloaded' })),
    look: (before, patienceMs) => page.evaluate(lookAround, { before, patienceMs }),
    press: async (button) => {
      const found = await page.waitForFunction(findButton, { polling: 50 }, button).catch(noButton(button));
      await (found.asElement() as ElementHandle<Element> | null)?.click();
    },
    fill: async (selector, text) => {
      const field = await page.waitForSelector(selector, { visible: true });
      await field?.focus();
      await page.$eval(selector, (each) => (each as HTMLInputElement).select());
      await page.keyboard.type(text);
    },
    key: (name) => page.keyboard.press(name),
    untilInstalled: () => page.evaluate(untilControlled),
    goOffline: () => page.setOfflineMode(true),
    close: () => page.close(),
  };
}

const noButton =
  (name: string) =>
  (error: unknown): never => {
    throw new Error(`no button "${name}" came in sight`, { cause: error });
  };

interface Book {
  readonly complaints: string[];
  readonly log: string[];
  readonly complain: (kind: string, text: string) => void;
}

function keepBook(): Book {
  const complaints: string[] = [];
  const log: string[] = [];
  return {
    complaints,
    log,
    complain: (kind, text) => {
      log.push(`${new Date().toISOString().slice(14, 23)} ${kind} ${text.slice(0, 300)}`);
      if (log.length > keptLines) log.shift();
      if (kind === 'error' && !ofTheNetwork.test(text)) complaints.push(text);
    },
  };
}
