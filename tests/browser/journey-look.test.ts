/** Proves that no screen stands in anybody's way: axe on each, by phone and wide, in light and dark. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { en } from '../../src/ui/words/en.ts';
import { sw } from '../../src/ui/words/sw.ts';
import { findViolations } from './axe.ts';
import { openChromium } from './browsers.ts';
import { openPage, openProfile, phone, wide } from './hands.ts';
import { createPerson, createSteps } from './person.ts';
import type { Person } from './person.ts';
import { startRelay } from './relay-process.ts';
import type { RelayProcess } from './relay-process.ts';

const room = 'Clinic by the river';
const looks = [
  ['light', 'phone', phone],
  ['light', 'wide', wide],
  ['dark', 'phone', phone],
  ['dark', 'wide', wide],
] as const;

let relay: RelayProcess;
let browser: Browser;
let mine: BrowserContext;
let asha: Person & { readonly page: Page };
let baraka: Person;
let invite: string;

beforeAll(async () => {
  relay = await startRelay();
  browser = await openChromium();
  mine = await openProfile(browser, { viewport: phone });
  const hands = await openPage(mine);
  asha = { ...createPerson('Asha', hands), page: hands.page };
  baraka = createPerson('Baraka', await openPage(await openProfile(browser)));
});

afterAll(async () => {
  await browser?.close();
  await relay?.close();
});

beforeEach(createSteps());

test('in whatever language the name that is suggested lies selected, so that typing replaces it', async () => {
  for (const { words, locale } of [
    { words: en, locale: 'en-GB' },
    { words: sw, locale: 'sw-TZ' },
  ]) {
    const context = await openProfile(browser, { viewport: phone, locale });
    const { page, open } = await openPage(context);
    await open(relay.url);
    await page.getByText(words.first.name).waitFor();
    const selected = (): string => {
      const { value, selectionStart, selectionEnd } = document.querySelector<HTMLInputElement>('#my-name')!;
      return value.slice(selectionStart ?? 0, selectionEnd ?? 0);
    };
    await expect.poll(() => page.evaluate(selected)).toMatch(/^\S+ \S+$/);
    const [first = ''] = (await page.evaluate(selected)).split(' ');
    expect(words.calm.first).toContain(first);
    await page.keyboard.type('Neema');
    expect(await page.locator('#my-name').inputValue()).toBe('Neema');
    await context.close();
  }
});

/** The screen as it stands, in every look; its own sizes and colours are settled when axe is asked. */
async function isOpenToAll(screen: string): Promise<void> {
  const found: Record<string, readonly string[]> = {};
  for (const [colorScheme, size, viewport] of looks) {
    await asha.page.setViewportSize(viewport);
    await asha.page.emulateMedia({ colorScheme });
    const violations = await findViolations(asha.page);
    if (violations.length > 0) found[`${screen}, ${colorScheme}, ${size}`] = violations;
    const beside = await asha.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (beside > 0) found[`${screen}, ${size}, beside the screen`] = [`${beside} px`];
  }
  await asha.page.setViewportSize(phone);
  expect(found).toEqual({});
}

const closeDialog = async (): Promise<void> => {
  await asha.hands.key('Escape');
  await asha.page.waitForFunction(() => document.querySelector('dialog[open]') === null, null, { polling: 50 });
};
const untilDialog = (title: string): Promise<void> => asha.page.getByRole('dialog', { name: title }).waitFor();

test('the first minute', async () => {
  await asha.hands.open(relay.url);
  await asha.until('the question for a name, and the relay', ({ screen }) => screen === 'first');
  await asha.page.locator('.facts [data-tied="true"]').nth(1).waitFor();
  await isOpenToAll('first minute');
  await asha.arrive(relay.url);
});

test('home without a room, and its dialogs', async () => {
  await asha.page.getByRole('button', { name: en.home.squareName }).waitFor();
  await isOpenToAll('home empty');
  await asha.hands.press(en.home.start);
  await untilDialog(en.start.title);
  await isOpenToAll('start dialog');
  await closeDialog();
  await asha.hands.press(en.home.join);
  await untilDialog(en.join.title);
  await isOpenToAll('join dialog');
  await asha.hands.fill('#invite-link', 'no invite at all');
  await asha.hands.press(en.join.enter);
  await asha.page.getByText(en.join.notLink).waitFor();
  await isOpenToAll('join dialog, refused');
  await closeDialog();
});

test('a room where nobody else is, and its invite', async () => {
  invite = await asha.startRoom(room);
  await isOpenToAll('room alone');
  await asha.write('First words, for whoever comes');
  await asha.marked('First words, for whoever comes', 'waiting');
  await isOpenToAll('room, waiting');
  await asha.hands.press(en.invite.open);
  await untilDialog(en.invite.title(room));
  await isOpenToAll('invite dialog');
  await closeDialog();
});

test('a room with people who talk', async () => {
  await baraka.arrive(invite);
  await baraka.hears('First words, for whoever comes');
  await baraka.write('Second words');
  await baraka.write(
    'More words, and a longer line of them so that it has to be broken somewhere on the narrow screen of a phone',
  );
  await asha.hears('Second words');
  await asha.marked('First words, for whoever comes', 'received');
  await isOpenToAll('room');
  await asha.page.locator('.bar .count').click();
  await untilDialog(en.people.title);
  await isOpenToAll('people');
  await asha.hands.press(en.people.leave);
  await untilDialog(en.leaving.title(room));
  await isOpenToAll('leave dialog');
  await closeDialog();
});

test('home with rooms, and the choice of what is new', async () => {
  await asha.hands.press(en.common.back);
  await asha.until('the list', (seen) => seen.room === null && seen.rooms.includes(room));
  await isOpenToAll('home');
  await asha.hands.press(en.home.fresh);
  await untilDialog(en.home.fresh);
  await isOpenToAll('new dialog');
  await closeDialog();
  await asha.hands.press(en.home.squareName);
  await asha.page.getByText(en.room.square).waitFor();
  await isOpenToAll('the Square');
});

test('the mesh, with a link in it, and you', async () => {
  await asha.hands.press(en.common.back);
  await asha.showTab('mesh');
  await asha.until('Baraka in the table of links', ({ links }) => links.some(({ name }) => name === 'Baraka'));
  await isOpenToAll('mesh');
  await asha.showTab('you');
  await asha.until('the fingerprint', ({ me }) => me !== null);
  await isOpenToAll('you');
});

test('nobody complained on the way', () => {
  expect([...asha.hands.complaints, ...baraka.hands.complaints]).toEqual([]);
});
