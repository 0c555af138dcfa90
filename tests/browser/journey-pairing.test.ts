/**
 * Proves pairing where no relay was ever started and their browsers say that there is no network: two people who only have the page on
 * their devices show each other two codes, are linked, and talk in a room. Chromium with Chromium, and with Firefox on either side (skipped aloud where there is none).
 */
import { join } from 'node:path';
import { env } from 'node:process';
import type { Browser, Page } from 'playwright-core';
import type { Browser as FirefoxBrowser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { limits } from '../../src/protocol/limits.ts';
import { en } from '../../src/ui/words/en.ts';
import { findViolations } from './axe.ts';
import { openChromium, openFirefox } from './browsers.ts';
import { openFirefoxPage, openPage, openProfile, phone, wide } from './hands.ts';
import type { Hands } from './hands.ts';
import { openStaticSite } from './harness/static-site.ts';
import { createPerson } from './person.ts';
import type { Person } from './person.ts';
import { offer, pair, paste, shown, untilDialog } from './pairing.ts';

const app = env['WAVU_APP'] ?? join(import.meta.dirname, '../../dist');
/** Longer than a browser waits for somebody who does not know of it yet: Firefox gives up after 5 s where it may. */
const carriedMs = 8_000;

let chromium: Browser;
let firefox: FirefoxBrowser | { readonly absent: string };

beforeAll(async () => {
  chromium = await openChromium();
  firefox = await openFirefox();
});

afterAll(async () => {
  await chromium?.close();
  if (firefox !== undefined && !('absent' in firefox)) await firefox.close();
});

type Kind = 'Chromium' | 'Firefox';
const handsOf = async (kind: Kind): Promise<Hands> => {
  if (kind === 'Chromium') return openPage(await openProfile(chromium));
  if ('absent' in firefox) throw new Error(firefox.absent);
  return openFirefoxPage(firefox);
};

/** Serves the page for as long as it takes to have it, to each of them; then all is gone but the way from device to device. */
async function onTheirDevices(people: readonly Person[]): Promise<void> {
  const site = await openStaticSite(app);
  for (const person of people) {
    await person.arrive(site.origin);
    await person.hands.untilInstalled();
  }
  await site.stop();
  await Promise.all(people.map(({ hands }) => hands.goOffline()));
  // From here on all of it comes from the device.
  await Promise.all(people.map(({ hands }) => hands.reload()));
  await Promise.all(people.map(({ until }) => until('that it is offline', ({ tide }) => tide.includes(en.tide.offline))));
}

async function tell(from: Person, to: Person, text: string): Promise<void> {
  await from.write(text);
  await Promise.all([to.hears(text), from.marked(text, 'received')]);
}

describe.each([
  ['Chromium', 'Chromium'],
  ['Chromium', 'Firefox'],
  ['Firefox', 'Chromium'],
] as const)('%s shows, %s scans', (one, other) => {
  test('no relay was ever started: they connect by two codes, and talk in a room', async (context) => {
    if ([one, other].includes('Firefox') && 'absent' in firefox) context.skip(`Firefox: ${firefox.absent}`);
    const [asha, baraka] = [createPerson('Asha', await handsOf(one)), createPerson('Baraka', await handsOf(other))];
    await onTheirDevices([asha, baraka]);
    await pair(asha, baraka, carriedMs);

    await asha.hands.press(en.home.start);
    await asha.hands.fill('#room-name', 'The well');
    await asha.hands.press(en.start.open);
    await asha.hands.press(en.start.create);
    const { invite } = await asha.until('the invite', (seen) => seen.room === 'The well' && seen.invite !== null);
    await baraka.hands.press(en.pair.done);
    await baraka.hands.press(en.home.join);
    await baraka.hands.fill('#invite-link', invite ?? '');
    await baraka.hands.press(en.join.enter);
    await baraka.until('the room', ({ room }) => room === 'The well');
    await tell(baraka, asha, 'Is there water?');
    await tell(asha, baraka, 'Come, there is');
    expect([...asha.hands.complaints, ...baraka.hands.complaints]).toEqual([]);
    await Promise.all([asha.hands.close(), baraka.hands.close()]);
  });
});

test('what is no code is told, a reload in the midst is told, and a newcomer who follows a code as a link connects', async () => {
  const [asha, baraka] = [createPerson('Asha', await handsOf('Chromium')), createPerson('Baraka', await handsOf('Chromium'))];
  await onTheirDevices([asha]);
  const mine = await offer(asha);
  await asha.hands.press(en.pair.toAnswer);
  for (const [text, why] of [
    ['good morning', en.pair.unreadable],
    ['x'.repeat(limits.linkLetters + 1), en.pair.unreadable],
    ['https://wavu.example/#join/AAAA', en.pair.isInvite],
    [mine, en.pair.own],
  ] as const) {
    await paste(asha, text);
    await asha.until(why, ({ refusal }) => refusal === why);
  }
  await asha.hands.reload();
  await untilDialog(asha, en.pair.failed);
  await asha.hands.press(en.pair.again);
  await asha.hands.press(en.pair.show);
  const again = await shown(asha, en.pair.offering);
  expect(again).not.toBe(mine);

  // It waits until there is a name, begins at the right step, and is gone from the address.
  const site = await openStaticSite(app, Number(new URL(again).port));
  await baraka.arrive(again);
  const answer = await shown(baraka, en.pair.answering);
  await site.stop();
  expect((await baraka.seen()).address).not.toContain('#');
  await asha.hands.press(en.pair.toAnswer);
  await paste(asha, answer);
  await Promise.all([untilDialog(asha, en.pair.connected('Baraka')), untilDialog(baraka, en.pair.connected('Asha'))]);
  expect([...asha.hands.complaints, ...baraka.hands.complaints]).toEqual([]);
  await Promise.all([asha.hands.close(), baraka.hands.close()]);
});

test('no step stands in anybody’s way, by phone and wide, in light and dark', async () => {
  const [hands, other] = [await openPage(await openProfile(chromium)), await openPage(await openProfile(chromium))];
  const [asha, baraka] = [createPerson('Asha', hands), createPerson('Baraka', other)];
  await onTheirDevices([asha, baraka]);
  await asha.startRoom('The well');
  await asha.showTab('mesh');
  await hands.page.getByRole('button', { name: en.home.pair }).waitFor();
  await isOpenToAll('mesh tab', hands.page);
  await hands.press(en.home.pair);
  await untilDialog(asha, en.pair.title);
  await isOpenToAll('choose', hands.page);
  await hands.press(en.pair.show);
  const question = await shown(asha, en.pair.offering);
  await isOpenToAll('offering', hands.page);
  await other.press(en.home.pair);
  await other.press(en.pair.scan);
  await paste(baraka, 'good morning');
  await baraka.until('the refusal', ({ refusal }) => refusal === en.pair.unreadable);
  await isOpenToAll('taking', other.page);
  // A picture of their screen does as well, with all that stands around the code.
  expect(question).toContain('#pair/');
  const buffer = await hands.page.screenshot();
  await other.page.locator('.pair input[type=file]').setInputFiles({ name: 'screen.png', mimeType: 'image/png', buffer });
  const answer = await shown(baraka, en.pair.answering);
  await isOpenToAll('answering', other.page);
  await hands.press(en.pair.toAnswer);
  await paste(asha, answer);
  await untilDialog(asha, en.pair.connected('Baraka'));
  await isOpenToAll('connected', hands.page);
  await hands.press(en.invite.title('The well'));
  const { invite } = await asha.until('the invite', (seen) => seen.invite !== null);
  await isOpenToAll('connected, inviting', hands.page);
  await other.press(en.pair.done);
  await other.press(en.home.join);
  await other.fill('#invite-link', invite ?? '');
  await other.press(en.join.enter);
  await hands.page.getByText(en.pair.cameIn('Baraka', 'The well')).waitFor();
  await hands.press(en.pair.openRoom('The well'));
  await asha.until('the room', ({ room }) => room === 'The well');
  await Promise.all([hands.close(), other.close()]);
});

async function isOpenToAll(step: string, page: Page): Promise<void> {
  const found: Record<string, readonly string[]> = {};
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const viewport of [phone, wide]) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      const violations = await findViolations(page);
      if (violations.length > 0) found[`${step}, ${colorScheme}, ${viewport.width}`] = violations;
      const beside = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (beside > 0) found[`${step}, ${viewport.width}, beside the screen`] = [`${beside} px`];
    }
  }
  expect(found).toEqual({});
}
