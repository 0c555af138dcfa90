/** Drives any page that offers a BenchHandle, so that no side can be measured in a way of its own. */
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import type { BenchHandle, EchoKind } from './handle.ts';

export type Session = 'first' | 'returning';
export type FirstMessage = { readonly ms: number; readonly path: string };

/** Two running pages that know of each other. */
export type Pair = {
  readonly dial: () => Promise<number>;
  readonly closeLinks: () => Promise<void>;
  readonly echo: (count: number, sizeBytes: number, kind: EchoKind) => Promise<readonly number[]>;
  readonly path: () => Promise<string>;
  readonly close: () => Promise<void>;
};

export type Contender = {
  readonly name: string;
  readonly homeUrl: string;
  /** Page open with a warm HTTP cache → the text it sends at once is readable at a peer who is already in. */
  readonly firstMessage: (session: Session) => Promise<FirstMessage>;
  readonly openPair: () => Promise<Pair>;
  /** Closes its pages; it may be asked again. */
  readonly rest: () => Promise<void>;
};

export type ContenderOptions = {
  readonly name: string;
  readonly browser: Browser;
  /** Opens a page that waits for others. */
  readonly homeUrl: string;
  /** Whether a page keeps who it is, and so can come back without its invite. */
  readonly remembers: boolean;
};

const PATIENCE_MS = 15_000; // beyond this a dial, a join or a message counts as failed
const HANDLE_POLL_MS = 20;
const WARM_VISITS = 3; // a browser keeps compiled code from the second on, once the page has been open for a while
const WARM_STAY_MS = 2_500;
const SETTLE_MS = 200; // both sides notice a page that left before the next one comes

export function createContender({ name, browser, homeUrl, remembers }: ContenderOptions): Contender {
  let host: Page | undefined;
  let guests: BrowserContext | undefined;
  let knownToGuests: Page | undefined; // whom a returning guest will look for
  let messages = 0;

  const openHost = async (): Promise<Page> => (host ??= await openReady(await browser.newContext(), homeUrl));
  const warmGuests = async (): Promise<BrowserContext> => {
    if (guests !== undefined) return guests;
    guests = await browser.newContext();
    for (let visit = 0; visit < WARM_VISITS; visit += 1) {
      const page = await openReady(guests, homeUrl);
      await pause(WARM_STAY_MS);
      await leave(page);
    }
    return guests;
  };
  const giveUpHost = async (): Promise<void> => {
    await host?.context().close();
    host = undefined;
  };

  const firstMessage = async (session: Session): Promise<FirstMessage> => {
    const hostPage = await openHost();
    if (session === 'returning' && remembers && knownToGuests !== hostPage) await firstMessage('first'); // not measured
    const page = await (await warmGuests()).newPage();
    const text = `${name} ${(messages += 1)}`;
    try {
      if (session === 'first' && remembers) await forget(page, homeUrl);
      const url = new URL(session === 'first' || !remembers ? await hostPage.evaluate(() => bench().invite()) : homeUrl);
      url.searchParams.set('say', text);
      const received = hostPage.evaluate((wanted) => bench().firstReceivedAtMs(wanted), text);
      await page.goto(url.href, { waitUntil: 'commit' });
      const openedAtMs = await page.evaluate(() => performance.timeOrigin);
      const receivedAtMs = await within(received, `${name}: the first message`);
      knownToGuests = hostPage;
      return { ms: receivedAtMs - openedAtMs, path: await hostPage.evaluate(() => bench().pathKind()) };
    } catch (error) {
      await giveUpHost(); // what is left of a failure must not colour the next repetition
      throw error;
    } finally {
      await leave(page);
      await pause(SETTLE_MS);
    }
  };

  const openPair = async (): Promise<Pair> => {
    const contexts = await Promise.all([browser.newContext(), browser.newContext()]);
    const [caller, callee] = [await openReady(contexts[0], homeUrl), await openReady(contexts[1], homeUrl)];
    const peer = await callee.evaluate(() => bench().me());
    return {
      dial: () =>
        within(
          caller.evaluate((to) => bench().dial(to), peer),
          `${name}: a dial`,
        ),
      closeLinks: async () => {
        await within(
          caller.evaluate(() => bench().closeLinks()),
          `${name}: closing`,
        );
        await within(
          callee.evaluate(() => bench().closeLinks()),
          `${name}: closing`,
        );
      },
      echo: (count, sizeBytes, kind) =>
        caller.evaluate(([times, bytes, how]) => bench().echo(times, bytes, how), [count, sizeBytes, kind] as const),
      path: () => caller.evaluate(() => bench().pathKind()),
      close: async () => void (await Promise.all(contexts.map((context) => context.close()))),
    };
  };

  const rest = async (): Promise<void> => {
    await giveUpHost();
    await guests?.close();
    guests = undefined;
  };
  return { name, homeUrl, firstMessage, openPair, rest };
}

/** Asks again and again rather than with `waitForFunction`, which a page's Content-Security-Policy forbids. */
export async function hasHandle(page: Page, withinMs: number): Promise<boolean> {
  for (const startedAtMs = performance.now(); performance.now() - startedAtMs < withinMs; await pause(HANDLE_POLL_MS)) {
    if (await page.evaluate(() => globalThis.wavuBench !== undefined)) return true;
  }
  return false;
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

// Only ever named inside functions that run in the page, where `prepare` has put it.
declare function bench(): BenchHandle;

/** A page of which all is there that others need of it. */
export async function openReady(context: BrowserContext, url: string): Promise<Page> {
  await prepare(context);
  const page = await context.newPage();
  await page.goto(url, { waitUntil: 'load' });
  if (!(await hasHandle(page, PATIENCE_MS))) throw new Error(`${url} offers no bench handle`);
  await within(
    page.evaluate(() => bench().ready),
    `${url} to be ready`,
  );
  return page;
}

const prepared = new WeakSet<BrowserContext>();

/** Gives every page of a context the one word by which it is asked. A page loads its handle when it can: wait for it. */
async function prepare(context: BrowserContext): Promise<void> {
  if (prepared.has(context)) return;
  prepared.add(context);
  await context.addInitScript(() => {
    Object.assign(globalThis, {
      bench: () => {
        if (globalThis.wavuBench === undefined) throw new Error('this page is not a bench page');
        return globalThis.wavuBench;
      },
    });
  });
}

/** Leaves by navigation, so that the page hears `pagehide` as it does when a person closes it. */
async function leave(page: Page): Promise<void> {
  await page.goto('about:blank').catch(() => undefined);
  await page.close().catch(() => undefined);
}

/** Takes away who the page was; what it has downloaded stays. */
async function forget(page: Page, url: string): Promise<void> {
  const devtools: CDPSession = await page.context().newCDPSession(page);
  const storageTypes = 'indexeddb,local_storage,cookies,file_systems';
  await devtools.send('Storage.clearDataForOrigin', { origin: new URL(url).origin, storageTypes });
  await devtools.detach();
}

async function within<Value>(work: Promise<Value>, what: string): Promise<Value> {
  const giveUp = new AbortController();
  const late = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what} took more than ${PATIENCE_MS} ms`)), PATIENCE_MS);
    giveUp.signal.addEventListener('abort', () => clearTimeout(timer));
  });
  work.catch(() => undefined); // when it loses the race its own end is of no interest
  try {
    return await Promise.race([work, late]);
  } finally {
    giveUp.abort();
  }
}
