/** The links' scores on the screen: by the rule at once, by the model in its worker once the page has time, and by the rule for who wants no model. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { en } from '../../src/ui/words/en.ts';
import { openChromium } from './browsers.ts';
import { openPage, openProfile } from './hands.ts';
import { createPerson, createSteps, isDirect } from './person.ts';
import type { Person } from './person.ts';
import { startRelay } from './relay-process.ts';
import type { RelayProcess } from './relay-process.ts';

let relay: RelayProcess;
let browser: Browser;
let profile: BrowserContext;
let asha: Person & { readonly page: Page };
let baraka: Person & { readonly page: Page };

beforeAll(async () => {
  relay = await startRelay();
  browser = await openChromium();
  profile = await openProfile(browser);
  const [one, other] = [await openPage(profile), await openPage(await openProfile(browser, { reducedMotion: 'reduce' }))];
  [asha, baraka] = [
    { ...createPerson('Asha', one), page: one.page },
    { ...createPerson('Baraka', other), page: other.page },
  ];
});

afterAll(async () => {
  await browser?.close();
  await relay?.close();
});

beforeEach(createSteps());

/** Until some link is judged so. */
const judged = (page: Page, by: 'rule' | 'model'): Promise<unknown> =>
  page.locator(`.link-score[data-by=${by}]`).first().waitFor({ state: 'visible', timeout: 90_000 });

test('a link is judged by the rule as soon as it stands, and tells why when it is asked', async () => {
  await asha.arrive(relay.url);
  await baraka.arrive(await asha.startRoom('Well committee'));
  await asha.until('Baraka linked directly', (seen) => isDirect(seen, 'Baraka'));
  await asha.showTab('mesh');
  await judged(asha.page, 'rule');
  const row = asha.page.locator('.links tr', { hasText: 'Baraka' });
  await row.locator('summary').click();
  const why = await row.locator('.link-score').innerText();
  expect(why).toMatch(/Score \d+\s?%/);
  for (const word of [en.mesh.quick, en.mesh.stands, en.mesh.answers, en.mesh.carries]) expect(why).toContain(word);
});

test('the model comes into a worker of its own, under the policy of the page', async () => {
  await asha.page.bringToFront();
  await judged(asha.page, 'model');
  expect(asha.page.workers().map((worker) => new URL(worker.url()).pathname.replace(/-[\w-]+\.js$/, ''))).toEqual([
    '/assets/predictor.worker',
  ]);
  const row = asha.page.locator('.links tr', { hasText: 'Baraka' });
  expect(await row.locator('.link-score').innerText()).toContain(en.mesh.byModel);
});

test('it is kept for offline once it was of use, and was not part of the installation', async () => {
  const kept = await asha.page.evaluate(async () => {
    for (;;) {
      const paths = (await (await caches.open('wavu-later')).keys()).map(({ url }) => new URL(url).pathname);
      if (paths.length >= 4) return paths;
      await new Promise((done) => setTimeout(done, 50));
    }
  });
  expect(kept.map((path) => /\.(\w+)$/.exec(path)?.[1] ?? '').toSorted((one, other) => (one < other ? -1 : 1))).toEqual([
    'js',
    'mjs',
    'onnx',
    'wasm',
  ]);
  const installed = await asha.page.evaluate(async () => (await (await caches.open('wavu-app')).keys()).map(({ url }) => url));
  expect(installed.filter((url) => /\.(wasm|onnx|mjs)|\.worker-/.test(url))).toEqual([]);
});

test('who wants no model is served by the rule, also after a reload; and may change their mind', async () => {
  await asha.showTab('you');
  const box = asha.page.getByLabel(en.you.modelMayScore);
  expect(await box.isChecked()).toBe(true);
  await box.click();
  await asha.page.waitForFunction(() => document.querySelector<HTMLInputElement>('.switch input')?.checked === false, null, {
    polling: 50,
  });
  await asha.showTab('mesh');
  await judged(asha.page, 'rule');
  expect(asha.page.workers()).toEqual([]);
  await asha.hands.reload();
  await asha.until('Baraka linked again', ({ screen }) => screen === 'frame');
  await asha.showTab('you');
  await asha.page.waitForFunction(() => document.querySelector<HTMLInputElement>('.switch input')?.checked === false, null, {
    polling: 50,
  });
  await box.click();
  await asha.showTab('mesh');
  await judged(asha.page, 'model');
});

test('without the relay its files are there from the device', async () => {
  await relay.kill('SIGKILL');
  const statuses = await asha.page.evaluate(async () => {
    const kept = (await (await caches.open('wavu-later')).keys()).map(({ url }) => url);
    return Promise.all(kept.map(async (url) => (await fetch(url, { cache: 'no-store' })).status));
  });
  expect(statuses).toEqual([200, 200, 200, 200]);
});

test('nobody complained on the way', () => {
  expect([...asha.hands.complaints, ...baraka.hands.complaints]).toEqual([]);
});
