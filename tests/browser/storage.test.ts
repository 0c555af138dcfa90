/** Proves storage on the IndexedDB of a real browser (and clock and entropy beside it): the contracts, and what they cannot know. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Batch, CommitResult, StoredRecord } from '../../src/ports/storage.ts';
import { clockContract } from '../contracts/clock.contract.ts';
import { entropyContract } from '../contracts/entropy.contract.ts';
import { storageContract } from '../contracts/storage.contract.ts';
import { openChromium } from './browsers.ts';
import type { PortsPage } from './harness/ports-page.ts';
import { openPortsSite } from './harness/ports-site.ts';
import type { StaticSite } from './harness/static-site.ts';

declare const ports: PortsPage;

// The sentences are the contracts' own; the page holds what they are run on.
const inThePage = (): Promise<never> => Promise.reject(new Error('runs in the page'));
const contracts = [
  ...storageContract('[storage]', inThePage),
  ...clockContract('[clock]', inThePage),
  ...entropyContract('[entropy]', inThePage),
];

let site: StaticSite;
let browser: Browser;
let context: BrowserContext;
let contractPage: Page | undefined;

beforeAll(async () => {
  [site, browser] = await Promise.all([openPortsSite('storage'), openChromium()]);
  context = await browser.newContext();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await site?.stop();
});

const openPage = async (): Promise<Page> => {
  const page = await context.newPage();
  await page.goto(site.origin);
  return page;
};

test.each(contracts)('$name', async ({ name }) => {
  contractPage ??= await openPage();
  expect(await contractPage.evaluate((sentence) => ports.runCase(sentence), name)).toBe('holds');
});

test('a database of a newer version is refused and left as it was', async () => {
  const page = await openPage();
  const seen = await page.evaluate(async () => {
    const openRaw = (version?: number): Promise<IDBDatabase> =>
      new Promise((opened, failed) => {
        const asking = indexedDB.open('from-later', version);
        asking.onupgradeneeded = () => asking.result.createObjectStore('later').put('kept', 'what');
        asking.onsuccess = () => opened(asking.result);
        asking.onerror = () => failed(asking.error);
      });
    (await openRaw(4)).close();
    const answer = await ports.openStorage('from-later');
    const after = await openRaw();
    const kept = await new Promise((read) => {
      const asking = after.transaction('later').objectStore('later').get('what');
      asking.onsuccess = () => read(asking.result);
    });
    return { answer, version: after.version, stores: [...after.objectStoreNames], kept };
  });
  expect(seen).toEqual({ answer: { state: 'refused', why: 'newer' }, version: 4, stores: ['later'], kept: 'kept' });
  await page.close();
});

test('a tab that holds the older database open and does not let go means blocked', async () => {
  const [holding, upgrading] = [await openPage(), await openPage()];
  await holding.evaluate(
    () =>
      new Promise((opened) => {
        const asking = indexedDB.open('held', 1);
        asking.onsuccess = () => opened(Object.assign(globalThis, { held: asking.result }) && null);
      }),
  );
  expect(await upgrading.evaluate(async () => await ports.openStorage('held'))).toEqual({
    state: 'refused',
    why: 'blocked',
  });
  await Promise.all([holding.close(), upgrading.close()]);
});

test('a tab of ours stands aside for an upgrade, with all it was asked kept', async () => {
  const [old, young] = [await openPage(), await openPage()];
  await old.evaluate(async () => {
    const opened = await ports.openStorage('moves-on');
    if (opened.state !== 'open') throw new Error(opened.why);
    Object.assign(globalThis, { storage: opened.storage });
    const value = new Uint8Array([7]);
    void opened.storage.commit({ durability: 'strict', writes: [{ op: 'put', key: 'last', value }] });
  });
  const last = await young.evaluate(async () => {
    const opened = await ports.openStorage('moves-on', 4);
    return opened.state === 'open' ? [...((await opened.storage.get('last'))?.value ?? [])] : opened.why;
  });
  expect(last).toEqual([7]);
  const late = await old.evaluate(async () => {
    const { storage } = globalThis as unknown as { storage: { commit(batch: Batch): Promise<CommitResult> } };
    return await storage.commit({ durability: 'strict', writes: [{ op: 'delete', key: 'last' }] });
  });
  expect(late).toEqual({ state: 'refused', why: 'closed' });
  await Promise.all([old.close(), young.close()]);
});

test('a full disk refuses the batch that does not fit, whole, and not its neighbours', async () => {
  // An own context: Chromium remembers for a while how much room an origin had.
  const small = await browser.newContext();
  const page = await small.newPage();
  await page.goto(site.origin);
  const devtools = await small.newCDPSession(page);
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: site.origin, quotaSize: 4_000_000 });
  const seen = await page.evaluate(async () => {
    const opened = await ports.openStorage('full');
    if (opened.state !== 'open') throw new Error(opened.why);
    const { storage } = opened;
    // Chromium compresses what it stores, so only luck fills a disk.
    const luck = (bytes: number): Uint8Array => {
      const drawn = new Uint8Array(bytes);
      for (let at = 0; at < bytes; at += 65_536) crypto.getRandomValues(drawn.subarray(at, at + 65_536));
      return drawn;
    };
    const put = (key: string, bytes: number): Batch => ({
      durability: 'strict',
      writes: [
        { op: 'put', key: `${key}/small`, value: new Uint8Array(10) },
        { op: 'put', key, value: luck(bytes) },
      ],
    });
    // The same tick, so one transaction at first.
    const results = await Promise.all([
      storage.commit(put('a', 10)),
      storage.commit(put('b', 30_000_000)),
      storage.commit(put('c', 10)),
    ]);
    const keys = (await storage.range({ from: '', to: '~', limit: 10 })).map(({ key }) => key);
    return { results, keys };
  });
  expect(seen.results).toEqual([{ state: 'committed' }, { state: 'refused', why: 'full' }, { state: 'committed' }]);
  expect(seen.keys).toEqual(['a', 'a/small', 'c', 'c/small']);
  await small.close();
});

test('a view onto a large buffer is stored without the buffer', async () => {
  const page = await openPage();
  const stored = await page.evaluate(async () => {
    const opened = await ports.openStorage('views');
    if (opened.state !== 'open') throw new Error(opened.why);
    const value = new Uint8Array(1_000_000).subarray(10, 14);
    await opened.storage.commit({ durability: 'relaxed', writes: [{ op: 'put', key: 'view', value }] });
    return (await opened.storage.get('view'))?.value.buffer.byteLength;
  });
  expect(stored).toBe(4);
  await page.close();
});

test('a browser without getAllRecords reads backwards all the same', async () => {
  const page = await openPage();
  const read = await page.evaluate(async () => {
    const opened = await ports.openStorage('backwards');
    if (opened.state !== 'open') throw new Error(opened.why);
    const value = new Uint8Array([1]);
    const writes = ['a', 'b', 'c', 'd', 'e'].map((key) => ({ op: 'put', key, value }) as const);
    await opened.storage.commit({ durability: 'relaxed', writes });
    const wanted = { from: 'b', to: 'e', limit: 2, reverse: true } as const;
    const keysOf = (records: readonly StoredRecord[]): string => records.map(({ key }) => key).join('');
    const native = 'getAllRecords' in IDBObjectStore.prototype;
    const withIt = keysOf(await opened.storage.range(wanted));
    Reflect.deleteProperty(IDBObjectStore.prototype, 'getAllRecords');
    return { native, withIt, without: keysOf(await opened.storage.range(wanted)) };
  });
  expect(read).toEqual({ native: true, withIt: 'dc', without: 'dc' });
  await page.close();
});

test('no IndexedDB means absent', async () => {
  const page = await openPage();
  const answer = await page.evaluate(async () => {
    Object.defineProperty(globalThis, 'indexedDB', { value: undefined });
    return await ports.openStorage('nowhere');
  });
  expect(answer).toEqual({ state: 'refused', why: 'absent' });
  await page.close();
});

test('a page killed in the middle of commits leaves each batch whole or not at all', async () => {
  let mostReached = 0;
  for (const killAfterMs of [3, 8, 20, 40, 80]) {
    const name = `killed-${killAfterMs}`;
    const dying = await openPage();
    await dying.evaluate(async (database) => {
      const opened = await ports.openStorage(database);
      if (opened.state !== 'open') throw new Error(opened.why);
      const { storage } = opened;
      const commitForEver = async (): Promise<void> => {
        for (let round = 1; ; round++) {
          const value = new Uint8Array(2_000).fill(round % 251);
          const writes = Array.from({ length: 60 }, (_, at) => ({ op: 'put', key: `k${at}`, value }) as const);
          await storage.commit({ durability: 'strict', writes });
        }
      };
      void commitForEver();
    }, name);
    await new Promise((passed) => setTimeout(passed, killAfterMs));
    await crash(dying);
    const after = await openPage();
    const found = await after.evaluate(async (database) => {
      const opened = await ports.openStorage(database);
      if (opened.state !== 'open') throw new Error(opened.why);
      const records = await opened.storage.range({ from: 'k', to: 'l', limit: 100 });
      return records.map(({ value, version }) => `${version}:${value[0]}:${value.at(-1)}`);
    }, name);
    expect(new Set(found).size).toBeLessThanOrEqual(1);
    expect([0, 60]).toContain(found.length);
    mostReached = Math.max(mostReached, Number(found[0]?.split(':')[0] ?? 0));
    await after.close();
  }
  expect(mostReached).toBeGreaterThan(1); // else nothing was under way when the page died
});

async function crash(page: Page): Promise<void> {
  const crashed = new Promise((seen) => page.once('crash', seen));
  const devtools = await context.newCDPSession(page);
  devtools.send('Page.crash').catch(() => undefined); // it cannot answer any more
  await crashed;
  await page.close();
}
