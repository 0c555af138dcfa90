/** Whoever has Wavu from one relay scans or pastes the address of another: both relays' pages meet, by WebSocket or by the second door. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { withSecondDoor } from '../../relay/second-door.ts';
import { en } from '../../src/ui/words/en.ts';
import { findViolations } from './axe.ts';
import { openChromium } from './browsers.ts';
import { openProfile, phone, wide } from './hands.ts';
import { createSteps, isRelayOpen, joinFromHome, openPerson, tell, untilHere } from './person.ts';
import type { PersonOnPage } from './person.ts';
import { startRelay } from './relay-process.ts';
import type { RelayProcess } from './relay-process.ts';

const room = 'Two wells';

let first: RelayProcess;
let second: RelayProcess;
let browser: Browser;
/** Came by the first relay, at first on a phone. */
let asha: PersonOnPage;
/** Came by the second. */
let baraka: PersonOnPage;

beforeAll(async () => {
  [first, second] = await Promise.all([startRelay({ square: 'off' }), startRelay({ square: 'off' })]);
  browser = await openChromium();
  asha = await openPerson('Asha', await openProfile(browser, { viewport: phone }));
  baraka = await openPerson('Baraka', await openProfile(browser));
  await asha.arrive(first.url);
  await baraka.arrive(second.url);
});

afterAll(async () => {
  await browser?.close();
  await Promise.all([first?.close(), second?.close()]);
});

beforeEach(createSteps());

const paste = async (address: string): Promise<void> => {
  await asha.showTab('rooms');
  // Once there are rooms, the ways in are behind it.
  if ((await asha.seen()).rooms.length > 0) await asha.hands.press(en.home.fresh);
  await asha.hands.press(en.home.join);
  await asha.hands.fill('#invite-link', address);
  await asha.hands.press(en.join.connect);
};
const refused = (words: string): Promise<unknown> => asha.page.getByRole('alert').filter({ hasText: words }).waitFor();
const others = (): Promise<readonly string[]> => asha.page.locator('.other-relays li').allInnerTexts();

test('what is no relay of another is refused in words, and nothing is remembered', async () => {
  await asha.until('the own relay', isRelayOpen);
  await paste(first.url);
  await refused(en.join.relayOwn);
  // Nobody listens there.
  await asha.hands.fill('#invite-link', 'http://127.0.0.1:9/');
  await asha.hands.press(en.join.connect);
  await refused(en.join.relayUnreachable);
  expect(await findViolations(asha.page)).toEqual([]);
  expect(await asha.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await asha.hands.press(en.common.cancel);
  await asha.showTab('mesh');
  expect(await others()).toEqual([]);
});

test('the address of the other relay is pasted, and the Mesh tab shows it', async () => {
  await paste(`127.0.0.1:${second.port}`);
  await asha.page.locator('.other-relays').waitFor();
  expect((await others()).map((each) => each.split('\n').slice(0, 2))).toEqual([[`127.0.0.1:${second.port}`, en.mesh.relayOpen]]);
  expect(await findViolations(asha.page)).toEqual([]);
  expect(await asha.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
});

test('her room is entered from the page of the other relay, and both talk', async () => {
  // From here on at a desk: in a room a phone shows nothing else.
  await asha.page.setViewportSize(wide);
  await asha.showTab('rooms');
  const invite = await asha.startRoom(room);
  await joinFromHome(baraka, invite, room);
  await Promise.all([untilHere(asha, 'Baraka'), untilHere(baraka, 'Asha')]);
  await tell(asha, [baraka], 'From the first relay');
  await tell(baraka, [asha], 'And from the second');
});

test('it is remembered after a reload', async () => {
  await asha.hands.reload();
  await asha.until('the own relay', isRelayOpen);
  await asha.showTab('mesh');
  await asha.page.locator('.other-relays li', { hasText: en.mesh.relayOpen }).waitFor();
});

test('while the own relay is away it stands in, says so, and has one row', async () => {
  await first.kill('SIGKILL');
  const standing = `127.0.0.1:${second.port}`;
  const says = asha.page.getByText(en.mesh.standsIn(new URL(first.url).host, standing));
  await says.waitFor();
  expect(await asha.page.locator('.mesh .address').allInnerTexts()).toEqual([standing]);
  for (const size of [phone, wide]) {
    await asha.page.setViewportSize(size);
    expect(await asha.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    expect(await findViolations(asha.page)).toEqual([]);
  }
  await first.restart();
  await says.waitFor({ state: 'detached', timeout: 30_000 });
});

test('it is forgotten by a press', async () => {
  await asha.page.locator('.other-relays button').click();
  await asha.page.locator('.other-relays').waitFor({ state: 'detached' });
});

test('where no WebSocket gets through, the code of the relay leads in by the second door', async () => {
  const card = (await (await fetch(`${second.url}.well-known/wavu.json`)).json()) as {
    readonly relay: { readonly addresses: readonly string[] };
  };
  // Its TCP port is shut, as before a page that may open no ws://; the rest is as the relay writes it.
  const code = withSecondDoor('http://127.0.0.1:9/', card.relay.addresses);
  expect(code).toContain('certhash=');
  await paste(code);
  await asha.page.locator('.other-relays li', { hasText: en.mesh.relayOpen }).waitFor();
  expect((await others())[0]).toMatch(/^127\.0\.0\.1:\d+\/udp/);
});

test('nobody complained on the way', () => {
  // What the browser says of ports where nobody listens, or did not for a while.
  const isOfShut = (each: string): boolean => /127\.0\.0\.1:9\b/.test(each) || each.includes(`:${first.port}`);
  const complaints = [...asha.hands.complaints, ...baraka.hands.complaints].filter((each) => !isOfShut(each));
  expect(complaints).toEqual([]);
});
