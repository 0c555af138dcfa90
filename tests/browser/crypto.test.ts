/** Proves cryptography in real browsers: WebCrypto on its contract and vectors, as strict as the suite; and the suite of pages on all of its. */
import type { Browser } from 'playwright-core';
import type { Browser as FirefoxBrowser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bulkCryptoContract } from '../contracts/bulk-crypto.contract.ts';
import { bulkChecks } from '../protocol/vectors/bulk.ts';
import type { Tally } from '../protocol/vectors/check.ts';
import { curveChecks } from '../protocol/vectors/curves.ts';
import { kemChecks } from '../protocol/vectors/kem.ts';
import { symmetricChecks } from '../protocol/vectors/symmetric.ts';
import { whyNoVectors } from '../protocol/vectors/vector-files.ts';
import { openChromium, openFirefox } from './browsers.ts';
import type { CryptoPage } from './harness/crypto-page.ts';
import { openCryptoSite } from './harness/crypto-site.ts';
import type { StaticSite } from './harness/static-site.ts';

declare const cryptoPage: CryptoPage;

/** What both kinds of browser can do. */
interface Page {
  evaluate<Result>(work: (name: string) => Promise<Result>, name: string): Promise<Result>;
}

let site: StaticSite;
let chromium: Browser;
let firefox: FirefoxBrowser | { readonly absent: string };

beforeAll(async () => {
  [site, chromium, firefox] = await Promise.all([openCryptoSite(), openChromium(), openFirefox()]);
});

afterAll(async () => {
  await chromium?.close();
  if (firefox !== undefined && !('absent' in firefox)) await firefox.close();
  await site?.stop();
});

const openers: Readonly<Record<string, () => Promise<Page | { readonly absent: string }>>> = {
  Chromium: async () => {
    const page = await chromium.newPage();
    await page.goto(site.origin);
    return { evaluate: async (work, name) => (await page.evaluate(work as (name: string) => unknown, name)) as never };
  },
  Firefox: async () => {
    if ('absent' in firefox) return firefox;
    const page = await firefox.newPage();
    await page.goto(site.origin);
    return page;
  },
};

const contract = bulkCryptoContract('[bulk-crypto]', () => Promise.reject(new Error('runs in the page')));
const suiteChecks = { ...symmetricChecks, ...curveChecks, ...kemChecks };

describe.each(Object.entries(openers))('%s', (browser, open) => {
  let page: Page | undefined;
  const ready = async (skip: (why: string) => never): Promise<Page> => {
    if (page !== undefined) return page;
    const opened = await open();
    if ('absent' in opened) return skip(`${browser}: ${opened.absent}`);
    page = opened;
    return page;
  };
  const passes = (what: string, tally: Tally): void => {
    process.stderr.write(`${browser}: ${what}: ${tally.checked} checked, ${tally.notOurs} not ours\n`);
    expect(tally.wrong).toEqual([]);
    expect(tally.checked).toBeGreaterThan(0);
  };

  test.for(contract)('$name', async ({ name }, { skip }) => {
    const opened = await ready(skip);
    expect(await opened.evaluate(async (sentence) => await cryptoPage.runCase(sentence), name)).toBe('holds');
  });

  test('[bulk-crypto] signatures are verified by the browser itself', async ({ skip }) => {
    const opened = await ready(skip);
    expect(await opened.evaluate(async () => await cryptoPage.hasNativeSignatures(), '')).toBe(true);
  });

  test.for(Object.keys(bulkChecks))('[bulk-crypto] WebCrypto passes %s', async (what, { skip }) => {
    if (whyNoVectors !== null) return skip(whyNoVectors);
    const opened = await ready(skip);
    passes(`WebCrypto, ${what}`, await opened.evaluate(async (name) => await cryptoPage.runBulkCheck(name), what));
  });

  test.for(Object.keys(suiteChecks))('[suite] noble passes %s', async (what, { skip }) => {
    if (whyNoVectors !== null) return skip(whyNoVectors);
    const opened = await ready(skip);
    passes(`noble, ${what}`, await opened.evaluate(async (name) => await cryptoPage.runSuiteCheck(name), what));
  });
});
