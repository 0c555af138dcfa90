/** Proves in a real browser that what lies in IndexedDB is sealed: nothing to read, nothing to swap, and an old database is sealed once. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CommitResult, Write } from '../../src/ports/storage.ts';
import { openChromium } from './browsers.ts';
import type { PortsPage } from './harness/ports-page.ts';
import { openPortsSite } from './harness/ports-site.ts';
import { readRaw, shelvesOf, troubleKey, writeRaw } from './harness/raw-shelves.ts';
import type { RawRow } from './harness/raw-shelves.ts';
import type { StaticSite } from './harness/static-site.ts';

declare const ports: PortsPage;

let site: StaticSite;
let browser: Browser;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  [site, browser] = await Promise.all([openPortsSite('storage-sealed'), openChromium()]);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await site?.stop();
});
beforeEach(async () => {
  context = await browser.newContext();
  page = await openPage();
});
afterEach(() => context?.close());

const openPage = async (): Promise<Page> => {
  const opened = await context.newPage();
  await opened.goto(site.origin);
  return opened;
};

type Texts = Readonly<Record<string, string>>;
/** What a page says of a database after opening it: every record, and what it logged meanwhile. */
interface Found {
  readonly state: string;
  readonly records: Texts;
  readonly versions: Readonly<Record<string, number>>;
  readonly logged: readonly string[];
}

const write = (name: string, texts: Texts, from = page): Promise<string> =>
  from.evaluate(
    async ([database, wanted]) => {
      const opened = await ports.openStorage(database);
      if (opened.state !== 'open') return opened.why;
      const writes = Object.entries(wanted).map(([key, text]): Write => ({
        op: 'put',
        key,
        value: new TextEncoder().encode(text),
      }));
      const result: CommitResult = await opened.storage.commit({ durability: 'strict', writes });
      await opened.storage.close();
      return result.state === 'committed' ? 'committed' : result.why;
    },
    [name, texts] as const,
  );

const look = (name: string, from = page, limit = 10_000): Promise<Found> =>
  from.evaluate(
    async ([database, most]) => {
      const opened = await ports.openStorage(database);
      const logged = ports.logged.splice(0);
      if (opened.state !== 'open') return { state: opened.why, records: {}, versions: {}, logged };
      const found = await opened.storage.range({ from: '', to: '\uffff', limit: most });
      await opened.storage.close();
      const records = Object.fromEntries(found.map(({ key, value }) => [key, new TextDecoder().decode(value)]));
      const versions = Object.fromEntries(found.map(({ key, version }) => [key, version]));
      return { state: 'open', records, versions, logged: [...logged, ...ports.logged.splice(0)] };
    },
    [name, limit] as const,
  );

const raw = (name: string): Promise<readonly RawRow[]> => page.evaluate(readRaw, name);
const rowOf = async (name: string, key: string): Promise<RawRow> => {
  const found = (await raw(name)).find((row) => row.key === key);
  if (found === undefined) throw new Error(`no row ${key}`);
  return found;
};
const holds = (rows: readonly RawRow[], text: string): boolean =>
  rows.some(({ bytes }) => Buffer.from(bytes).includes(Buffer.from(text)));

test('what was written is nowhere to be read, and keys and versions are', async () => {
  await write('plain', { 'me/name': 'Wanjiru', 'timeline/1': 'haba na haba hujaza kibaba' });
  await write('plain', { 'timeline/1': 'haba na haba hujaza kibaba' });
  const rows = await raw('plain');
  expect(rows.map(({ shelf, key, version }) => `${shelf} ${key} ${version}`).toSorted()).toEqual([
    'keys  0',
    'sealed me/name 1',
    'sealed timeline/1 2',
  ]);
  expect(holds(rows, 'Wanjiru') || holds(rows, 'kibaba')).toBe(false);
  expect((await look('plain')).records).toEqual({ 'me/name': 'Wanjiru', 'timeline/1': 'haba na haba hujaza kibaba' });
});

test('[R1] a record that was changed, moved or set back is refused by name, and the others are there', async () => {
  await write('swapped', { 'a/1': 'one', 'a/2': 'two', 'a/3': 'three', 'a/4': 'four', 'a/5': 'five' });
  const before = await rowOf('swapped', 'a/3');
  await write('swapped', { 'a/3': 'three again' });
  const [one, two, three] = [await rowOf('swapped', 'a/1'), await rowOf('swapped', 'a/2'), await rowOf('swapped', 'a/3')];
  const rows = [
    { ...one, bytes: one.bytes.with(-1, one.bytes.at(-1)! ^ 1) },
    { ...two, bytes: one.bytes },
    { ...three, bytes: before.bytes },
  ];
  await page.evaluate(writeRaw, { name: 'swapped', rows });
  const found = await look('swapped', page, 2);
  // Two were asked for: those behind the refused ones come in their place.
  expect(found.records).toEqual({ 'a/4': 'four', 'a/5': 'five' });
  expect(found.logged).toEqual(Array.from({ length: 3 }, () => 'record-refused bad-seal a'));
  // A refused record can be written anew, and nothing is confused by it.
  await write('swapped', { 'a/3': 'three for good' });
  expect((await look('swapped')).records).toEqual({ 'a/3': 'three for good', 'a/4': 'four', 'a/5': 'five' });
});

test('two databases do not open each other’s records', async () => {
  await write('one', { a: 'mine' });
  await write('other', { a: 'theirs' });
  await page.evaluate(writeRaw, { name: 'other', rows: [await rowOf('one', 'a')] });
  expect(await look('other')).toMatchObject({ state: 'open', records: {}, logged: ['record-refused bad-seal a'] });
});

test('without its key, or with another, a database is locked and left as it was; the key itself cannot be read out', async () => {
  await write('locked', { a: '1' });
  await write('another', { a: '1' });
  const sealed = async (): Promise<readonly RawRow[]> => (await raw('locked')).filter(({ shelf }) => shelf === 'sealed');
  const before = await sealed();
  for (const trouble of ['other-wrap', 'no-wrap', 'short-box', 'gone'] as const) {
    expect(await page.evaluate(troubleKey, ['locked', 'another', trouble] as const)).toBe('InvalidAccessError');
    expect(await look('locked')).toMatchObject({ state: 'locked', logged: ['storage-refused locked'] });
  }
  expect(await sealed()).toEqual(before);
  await page.evaluate(troubleKey, ['locked', 'another', 'none'] as const);
  expect((await look('locked')).records).toEqual({ a: '1' });
});

test('without WebCrypto nothing is kept, rather than kept unsealed', async () => {
  await page.evaluate(() => Object.defineProperty(crypto, 'subtle', { value: undefined }));
  expect((await look('insecure')).state).toBe('absent');
});

test('a version that another connection raised meanwhile is bound all the same', async () => {
  await write('shared', { a: '1', b: '1' });
  const results = await page.evaluate(async () => {
    const [one, two] = [await ports.openStorage('shared'), await ports.openStorage('shared')];
    if (one.state !== 'open' || two.state !== 'open') throw new Error('not open');
    const put = (key: string, byte: number, expect?: number): Write => ({
      op: 'put',
      key,
      value: Uint8Array.of(byte),
      ...(expect === undefined ? {} : { expect }),
    });
    const commit = async (storage: typeof one.storage, ...writes: readonly Write[]): Promise<string> => {
      const result = await storage.commit({ durability: 'relaxed', writes });
      return result.state === 'committed' ? result.state : result.why;
    };
    const told = [
      await commit(one.storage, put('a', 50)),
      await commit(two.storage, put('a', 51), put('c', 51)),
      await commit(one.storage, put('a', 52), put('c', 52)),
      await commit(two.storage, put('c', 53, 1)),
      await commit(two.storage, put('c', 54, 2)),
    ];
    await Promise.all([one.storage.close(), two.storage.close()]);
    return told;
  });
  expect(results).toEqual(['committed', 'committed', 'committed', 'conflict', 'committed']);
  const { records, versions } = await look('shared');
  expect(records).toEqual({ a: '4', b: '1', c: '6' });
  expect(versions).toEqual({ a: 4, b: 1, c: 3 });
});

test('of two that make a database at once, one stands aside and nothing is lost', async () => {
  const results = await page.evaluate(async () => {
    const both = await Promise.all([ports.openStorage('twins'), ports.openStorage('twins')]);
    return await Promise.all(
      both.map(async (opened, at) => {
        if (opened.state !== 'open') throw new Error(opened.why);
        const value = new TextEncoder().encode(`of ${at}`);
        const done = await opened.storage.commit({ durability: 'strict', writes: [{ op: 'put', key: `k${at}`, value }] });
        return done.state === 'committed' ? done.state : done.why;
      }),
    );
  });
  expect(results.toSorted()).toEqual(['closed', 'committed']);
  const kept = results.indexOf('committed');
  expect(await look('twins')).toMatchObject({ state: 'open', records: { [`k${kept}`]: `of ${kept}` }, logged: [] });
});

/** 1,700 records as version 1 kept them: four goes of 500. */
const old: readonly RawRow[] = Array.from({ length: 1_700 }, (_, at) => ({
  shelf: 'records',
  key: `timeline/${String(at).padStart(5, '0')}`,
  bytes: [...Buffer.from(`msg ${at}: asiyesikia la mkuu`)],
  version: (at % 3) + 1,
}));
const oldTexts = Object.fromEntries(old.map(({ key, bytes }) => [key, Buffer.from(bytes).toString()]));
const oldVersions = Object.fromEntries(old.map(({ key, version }) => [key, version]));

async function expectAllSealed(name: string): Promise<void> {
  const found = await look(name);
  expect(found).toEqual({ state: 'open', records: oldTexts, versions: oldVersions, logged: [] });
  const rows = await raw(name);
  expect(await shelves(name)).toEqual(['keys', 'sealed']);
  expect(holds(rows, 'asiyesikia')).toBe(false);
}

const shelves = (name: string, version?: number): Promise<readonly string[]> =>
  page.evaluate(shelvesOf, [name, version] as const);

test('the shelf of what was unsealed goes once all of it is sealed, and nothing is put there any more', async () => {
  expect(await shelves('left over', 2)).toContain('records');
  expect((await look('left over')).state).toBe('open');
  expect(await shelves('left over')).toEqual(['keys', 'sealed']);
  await page.evaluate(writeRaw, { name: 'once old', rows: old.slice(0, 3), asVersion1: true });
  await write('once old', { 'me/device': 'my own seed' });
  const forged = { shelf: 'records', key: 'me/device', bytes: [...Buffer.from('the seed of Mallory')], version: 7 };
  await expect(page.evaluate(writeRaw, { name: 'once old', rows: [forged] })).rejects.toThrow('object stores was not found');
  expect((await look('once old')).records['me/device']).toBe('my own seed');
});

test('where sealing broke off, nothing unsealed comes in the place of what is sealed', async () => {
  await page.evaluate(writeRaw, { name: 'forged', rows: old, asVersion1: true });
  await breakSealing(700);
  expect((await look('forged')).state).toBe('failed');
  const forged = { shelf: 'records', key: 'timeline/00007', bytes: [...Buffer.from('by Mallory')], version: 9 };
  await page.evaluate(writeRaw, { name: 'forged', rows: [forged] });
  page = await openPage();
  const found = await look('forged');
  expect(found.logged).toEqual(['record-refused unsealed timeline']);
  expect([found.records, found.versions]).toEqual([oldTexts, oldVersions]);
  expect(await shelves('forged')).toEqual(['keys', 'sealed']);
});

/** From the row after so many on, in this page. */
const breakSealing = (after: number): Promise<void> =>
  page.evaluate((rows) => {
    const put = IDBObjectStore.prototype.put;
    let left = rows;
    IDBObjectStore.prototype.put = function (...row: Parameters<typeof put>) {
      if (this.name === 'sealed' && --left < 0) throw new DOMException('the disk broke', 'UnknownError');
      return put.apply(this, row);
    };
  }, after);

test('what an older Wavu kept unsealed is sealed once, and then it is an ordinary database', async () => {
  await page.evaluate(writeRaw, { name: 'old', rows: old, asVersion1: true });
  expect(holds(await raw('old'), 'asiyesikia')).toBe(true);
  await expectAllSealed('old');
  const sealed = await raw('old');
  expect((await look('old')).records).toEqual(oldTexts);
  expect(await raw('old')).toEqual(sealed);
});

test('an old database whose sealing broke off is sealed to its end', async () => {
  await page.evaluate(writeRaw, { name: 'broken', rows: old, asVersion1: true });
  await breakSealing(700);
  expect((await look('broken')).state).toBe('failed');
  const half = await raw('broken');
  expect(half.filter(({ shelf }) => shelf === 'sealed')).toHaveLength(500);
  expect(half.filter(({ shelf }) => shelf === 'records')).toHaveLength(1_200);
  page = await openPage();
  await expectAllSealed('broken');
});

test('an old database whose page was killed while it was sealed loses nothing', async () => {
  let midway = 0;
  for (const killAfterMs of [10, 20, 30, 45, 60, 80]) {
    const name = `killed-${killAfterMs}`;
    await page.evaluate(writeRaw, { name, rows: old, asVersion1: true });
    const dying = await openPage();
    await dying.evaluate((database) => void ports.openStorage(database), name);
    await new Promise((passed) => setTimeout(passed, killAfterMs));
    await crash(dying);
    const sealed = (await raw(name)).filter(({ shelf }) => shelf === 'sealed').length;
    if (sealed > 0 && sealed < old.length) midway += 1;
    await expectAllSealed(name);
  }
  console.info(`killed midway: ${midway} of 6`);
});

async function crash(dying: Page): Promise<void> {
  const crashed = new Promise((seen) => dying.once('crash', seen));
  const devtools = await context.newCDPSession(dying);
  devtools.send('Page.crash').catch(() => undefined); // it cannot answer any more
  await crashed;
  await dying.close();
}
