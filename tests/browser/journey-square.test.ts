/** Proves the Square as people meet it: the printed link makes an owner, who pins and puts out; others see it; nobody writes too fast. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { en } from '../../src/ui/words/en.ts';
import { enSquare as words } from '../../src/ui/words/en-square.ts';
import { findViolations } from './axe.ts';
import { openChromium } from './browsers.ts';
import { openProfile, phone, wide } from './hands.ts';
import { createSteps, openPerson, said } from './person.ts';
import type { PersonOnPage } from './person.ts';
import { startRelay } from './relay-process.ts';
import type { RelayProcess } from './relay-process.ts';

let relay: RelayProcess;
let browser: Browser;
let asha: PersonOnPage;
let baraka: PersonOnPage;
let neema: PersonOnPage;

const visitor = async (name: string): Promise<PersonOnPage> => openPerson(name, await openProfile(browser));

beforeAll(async () => {
  relay = await startRelay();
  browser = await openChromium();
  [asha, baraka, neema] = [await visitor('Asha'), await visitor('Baraka'), await visitor('Neema')];
});

afterAll(async () => {
  await browser?.close();
  await relay?.close();
});

beforeEach(createSteps());

const sees = (who: PersonOnPage, text: string): Promise<unknown> => who.page.getByText(text).first().waitFor();
const seesNoMore = (who: PersonOnPage, text: string): Promise<unknown> =>
  who.until(`"${text}" gone`, (seen) => said(seen, text).length === 0);
const untilDialog = (who: PersonOnPage, title: string): Promise<unknown> =>
  who.page.getByRole('dialog', { name: title }).waitFor();
const enter = async (who: PersonOnPage): Promise<void> => {
  await who.arrive(relay.url);
  await who.hands.press(en.home.squareName);
  await who.until('the Square', (seen) => seen.room === en.home.squareName);
};

/** By phone and wide, in light and dark. */
async function isOpenToAll(who: PersonOnPage, screen: string): Promise<void> {
  const found: Record<string, readonly string[]> = {};
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const viewport of [phone, wide]) {
      await who.page.setViewportSize(viewport);
      await who.page.emulateMedia({ colorScheme });
      const violations = await findViolations(who.page);
      if (violations.length > 0) found[`${screen}, ${colorScheme}, ${viewport.width}`] = violations;
      const beside = await who.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (beside > 0) found[`${screen}, ${viewport.width}, beside the screen`] = [`${beside} px`];
    }
  }
  expect(found).toEqual({});
}

test('the link of the first start makes whoever opens it first the owner, after the name; the next is told so', async () => {
  const link = relay.ownerLink ?? '';
  expect(link).toContain('/#own/');
  await enter(baraka);
  await asha.arrive(link);
  await asha.until('the Square', (seen) => seen.room === en.home.squareName);
  await sees(asha, words.claim.yours);
  expect(await asha.page.evaluate(() => location.hash)).toBe('');
  await sees(baraka, words.did.began('Asha', ''));
  await neema.arrive(link);
  await sees(neema, words.claim.used);
  await neema.hands.press(en.trouble.dismiss);
  await neema.page.getByText(words.claim.used).waitFor({ state: 'detached' });
});

test('who writes again at once is told when, and what was written stays in the field until then', async () => {
  await baraka.write('Cheap watches');
  await asha.hears('Cheap watches');
  await baraka.hands.fill('.composer textarea', 'Cheaper watches');
  await baraka.page.getByText(/^You can write again in \d+ seconds?\.$/).waitFor();
  await isOpenToAll(baraka, 'waiting to write');
  await baraka.page.locator('.composer textarea').press('Enter');
  expect(await baraka.page.locator('.composer textarea').inputValue()).toBe('Cheaper watches');
  await baraka.page.getByText(/^You can write again in/).waitFor({ state: 'detached' });
  await baraka.page.locator('.composer textarea').press('Enter');
  await asha.hears('Cheaper watches');
});

test('the owner pins a message, and all see it on top, also who comes later', async () => {
  await neema.write('Meet at the tank, eleven');
  await asha.hears('Meet at the tank, eleven');
  await asha.hands.press(words.more('Neema'));
  await untilDialog(asha, 'Neema');
  await isOpenToAll(asha, 'a message');
  await asha.hands.press(words.pin);
  await baraka.page.getByRole('region', { name: words.pinned }).getByText('Meet at the tank, eleven').waitFor();
  // For whoever may not take it down, too, the words stand under the name, and not across it.
  const [name, text] = await baraka.page
    .locator('.square-pinned > p')
    .evaluateAll((lines) => lines.map((line) => line.getBoundingClientRect().toJSON() as DOMRect));
  expect(name?.bottom).toBeLessThanOrEqual(text?.top ?? 0);
  await sees(baraka, words.did.pinned('Asha', ''));
  await isOpenToAll(asha, 'the Square of its owner');
});

test('the owner puts a device out: its words go everywhere, it can read, and is let in again', async () => {
  await asha.hands.press(words.more('Baraka'));
  await untilDialog(asha, 'Baraka');
  await asha.hands.press(words.expel('Baraka'));
  await untilDialog(asha, words.expel('Baraka'));
  await isOpenToAll(asha, 'putting out');
  await asha.hands.press(words.expelYes);
  await seesNoMore(neema, 'Cheap watches');
  await sees(neema, words.did.expelled('Asha', 'Baraka'));
  await sees(baraka, words.silent.expelled);
  const zuri = await visitor('Zuri');
  await enter(zuri);
  await sees(zuri, words.did.expelled('Asha', 'Baraka'));
  await zuri.page.getByRole('region', { name: words.pinned }).getByText('Meet at the tank, eleven').waitFor();
  await zuri.hears('Meet at the tank, eleven');
  expect(said(await zuri.seen(), 'Cheap watches')).toEqual([]);
  await zuri.hands.close();

  await asha.hands.press(words.about);
  await untilDialog(asha, words.about);
  await isOpenToAll(asha, 'about the Square');
  await asha.hands.press(words.letIn);
  await neema.hears('Cheap watches');
  await baraka.page.getByText(words.silent.expelled).waitFor({ state: 'detached' });
  await asha.hands.press(words.close);
  await sees(neema, words.silent.closed);
  await isOpenToAll(neema, 'closed');
  await asha.hands.press(words.about);
  await asha.hands.press(words.reopen);
  await neema.page.getByText(words.silent.closed).waitFor({ state: 'detached' });
});

test('whoever does not want to read somebody hides or blocks them, on their own device', async () => {
  await neema.hands.press(words.more('Baraka'));
  await untilDialog(neema, 'Baraka');
  await neema.hands.press(words.block('Baraka'));
  await seesNoMore(neema, 'Cheap watches');
  await neema.hands.press(words.about);
  await untilDialog(neema, words.about);
  await neema.hands.press(words.unblock);
  await neema.hears('Cheap watches');
  await neema.hands.key('Escape');
  await asha.hears('Cheap watches');
});

test('nobody complained on the way', () => {
  expect([asha, baraka, neema].flatMap(({ hands }) => hands.complaints)).toEqual([]);
});
