/**
 * Wavu from an HTTPS address of the internet, beside a relay in the house that the browser lets it get to by no door: the offer is carried
 * to the relay's own page and the answer back. Its address is declared to be public, since here all addresses are near.
 */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { en } from '../../src/ui/words/en.ts';
import { findViolations } from './axe.ts';
import { openChromium } from './browsers.ts';
import { openProfile, phone, wide } from './hands.ts';
import { createSteps, isRelayOpen, joinFromHome, openPerson, tell, untilHere } from './person.ts';
import type { PersonOnPage } from './person.ts';
import { startRelay } from './relay-process.ts';
import type { RelayProcess } from './relay-process.ts';

const room = 'Carried over';

let far: RelayProcess;
let house: RelayProcess;
let browser: Browser;
/** Came by the far relay, on a phone. */
let asha: PersonOnPage;
/** Came by the relay of the house. */
let baraka: PersonOnPage;

beforeAll(async () => {
  [far, house] = await Promise.all([startRelay({ square: 'off' }), startRelay({ square: 'off' })]);
  browser = await openChromium(['--ignore-certificate-errors', `--ip-address-space-overrides=127.0.0.1:${far.port}=public`]);
  const onPhone = (): Promise<BrowserContext> => openProfile(browser, { ignoreHTTPSErrors: true, viewport: phone });
  asha = await openPerson('Asha', await onPhone());
  baraka = await openPerson('Baraka', await onPhone());
  await asha.arrive(`https://127.0.0.1:${far.port}/`);
  await baraka.arrive(house.url);
});

afterAll(async () => {
  await browser?.close();
  await Promise.all([far?.close(), house?.close()]);
});

beforeEach(createSteps());

const says = (words: string): Promise<void> =>
  asha.page.getByRole('alert').filter({ hasText: words }).waitFor({ timeout: 30_000 });
const fits = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

/** What a person copies there. */
async function answerOfTheRelay(): Promise<string> {
  const opened = asha.page.context().waitForEvent('page');
  await asha.page.getByRole('link', { name: en.join.openPage }).click();
  const beside = await opened;
  await beside.getByRole('heading', { name: 'The relay has answered' }).waitFor();
  expect(beside.url()).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${house.port}/pair\\?offer=`));
  expect(await beside.evaluate(() => opener as unknown)).toBeNull();
  expect(await findViolations(beside)).toEqual([]);
  expect(await fits(beside)).toBeLessThanOrEqual(0);
  const text = await beside.locator('.answer').innerText();
  await beside.close();
  return text;
}

test('where no socket gets to the relay, the dialog offers its page and takes what that answers', async () => {
  await asha.until('the own relay', isRelayOpen);
  await asha.hands.press(en.home.join);
  // A door that no browser opens, and that stands before no page: there is nothing to carry an offer to.
  await asha.hands.fill('#invite-link', `/ip4/127.0.0.1/udp/${house.port}/quic-v1`);
  await asha.hands.press(en.join.connect);
  await says(en.join.relayUnreachable);
  expect(await asha.page.locator('#relay-answer').count()).toBe(0);
  await asha.hands.fill('#invite-link', `http://127.0.0.1:${house.port}/`);
  await asha.hands.press(en.join.connect);
  await says(en.join.relayUnreachable);
  await asha.page.getByRole('link', { name: en.join.openPage }).waitFor();
  expect(await findViolations(asha.page)).toEqual([]);
  expect(await fits(asha.page)).toBeLessThanOrEqual(0);
  await asha.hands.fill('#relay-answer', 'relay/something');
  await asha.page
    .locator('form', { has: asha.page.locator('#relay-answer') })
    .getByRole('button')
    .click();
  await says(en.join.notAnswer);
  // Of the few handshakes that libdatachannel drops a person hears, and does it again.
  for (let tries = 3; tries > 0; tries -= 1) {
    await asha.hands.fill('#relay-answer', await answerOfTheRelay());
    await asha.page
      .locator('form', { has: asha.page.locator('#relay-answer') })
      .getByRole('button')
      .click();
    const linked = asha.page.locator('.other-relays li', { hasText: en.mesh.otherStates['by-hand'] });
    const isLinked = await Promise.race([
      linked.waitFor({ timeout: 30_000 }).then(() => true),
      says(en.join.notLinked).then(() => false),
    ]);
    if (isLinked) break;
    expect(tries).toBeGreaterThan(1);
  }
  expect(await asha.page.locator('.other-relays li').allInnerTexts()).toEqual([
    expect.stringContaining(`127.0.0.1:${house.port}`),
  ]);
  expect(await findViolations(asha.page)).toEqual([]);
});

test('by that relay she meets who came by it, and both talk', async () => {
  await Promise.all([asha.page.setViewportSize(wide), baraka.page.setViewportSize(wide)]);
  await asha.showTab('rooms');
  const invite = await asha.startRoom(room);
  await joinFromHome(baraka, invite, room);
  await Promise.all([untilHere(asha, 'Baraka'), untilHere(baraka, 'Asha')]);
  await tell(asha, [baraka], 'From beside the relay');
  await tell(baraka, [asha], 'And from within');
});

test('the relay ends: she is told by its row going away, and nothing of it was kept', async () => {
  await asha.showTab('mesh');
  await house.kill('SIGTERM');
  await asha.page.locator('.other-relays').waitFor({ state: 'detached' });
});
