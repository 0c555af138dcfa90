/** Proves a relay for members as people meet it: the printed link makes an owner, whose invites let in; a stranger reads whom to ask. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { enDoctor } from '../../src/ui/words/en-doctor.ts';
import { en } from '../../src/ui/words/en.ts';
import { findViolations } from './axe.ts';
import { openChromium } from './browsers.ts';
import { openProfile, phone, wide } from './hands.ts';
import { createSteps, openPerson, tell, untilHere } from './person.ts';
import type { PersonOnPage } from './person.ts';
import { startRelay } from './relay-process.ts';
import type { RelayProcess } from './relay-process.ts';

const room = 'Boat house';
const asked = en.tide.relayMembers('Asha');

let relay: RelayProcess;
let browser: Browser;
let asha: PersonOnPage;
let baraka: PersonOnPage;
let zuri: PersonOnPage;
let invite = '';

const visitor = async (name: string): Promise<PersonOnPage> => openPerson(name, await openProfile(browser));

beforeAll(async () => {
  relay = await startRelay({ access: 'members' });
  browser = await openChromium();
  [asha, baraka, zuri] = [await visitor('Asha'), await visitor('Baraka'), await visitor('Zuri')];
});

afterAll(async () => {
  await browser?.close();
  await relay?.close();
});

beforeEach(createSteps());

const sees = (who: PersonOnPage, text: string): Promise<unknown> => who.page.getByText(text).first().waitFor();

test('the owner’s link opens a relay that is nobody’s: the line says that it is theirs', async () => {
  const link = relay.ownerLink ?? '';
  expect(link).toContain('/#own/');
  await asha.arrive(link);
  await asha.page.locator('.tide', { hasText: en.tide.relayMine }).first().waitFor();
  expect(await asha.page.evaluate(() => location.hash)).toBe('');
  expect(await asha.page.getByText(en.trouble.badLink).count()).toBe(0);
});

test('a stranger gets the app, and reads calmly whom to ask, in the line and from the doctor', async () => {
  await zuri.arrive(relay.url);
  await sees(zuri, asked);
  for (const viewport of [phone, wide]) {
    await zuri.page.setViewportSize(viewport);
    expect(await findViolations(zuri.page)).toEqual([]);
    expect(await zuri.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  }
  await zuri.showTab('mesh');
  await zuri.hands.press(enDoctor.begin);
  await sees(zuri, enDoctor.verdicts['not-let-in']);
  await sees(zuri, enDoctor.steps['ask-invite']);
  await sees(zuri, enDoctor.relays['not-let-in']);
});

test('an invite into the owner’s room lets a guest in, who talks there and comes back after a reload', async () => {
  invite = await asha.startRoom(room, 'members');
  await baraka.arrive(invite);
  await baraka.until('the room', (seen) => seen.room === room);
  await Promise.all([untilHere(asha, 'Baraka'), untilHere(baraka, 'Asha')]);
  await tell(baraka, [asha], 'I have come');
  await tell(asha, [baraka], 'Come in');
  await baraka.hands.reload();
  await untilHere(baraka, 'Asha');
  await tell(baraka, [asha], 'Back again');
  expect(await baraka.page.getByText(asked).count()).toBe(0);
});

test('the stranger is outside all the while, until an invite comes', async () => {
  await zuri.page.locator('.tide', { hasText: asked }).first().waitFor();
  await zuri.hands.open(invite);
  await zuri.until('the room', (seen) => seen.room === room);
  await untilHere(zuri, 'Asha');
  await tell(zuri, [asha, baraka], 'Here I am too');
  await zuri.page.getByText(asked).first().waitFor({ state: 'detached' });
});

test('the relay wrote no key of anybody', () => {
  expect(relay.said()).not.toMatch(/[0-9a-f]{64}/);
});
