/** Proves that the check of the connection says what is so: with the relay, without it, and with nobody at all. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { NextStep, Verdict } from '../../src/app/doctor/judge.ts';
import { en } from '../../src/ui/words/en.ts';
import { findViolations } from './axe.ts';
import { openChromium } from './browsers.ts';
import { openPage, openProfile, phone, wide } from './hands.ts';
import { createPerson, createSteps, untilDirect } from './person.ts';
import type { Person } from './person.ts';
import { startRelay } from './relay-process.ts';
import type { RelayProcess } from './relay-process.ts';

const room = 'Clinic by the river';
let relay: RelayProcess;
let browser: Browser;
let asha: Person & { readonly page: Page };
let baraka: Person;

beforeAll(async () => {
  relay = await startRelay();
  browser = await openChromium();
  const mine = await openProfile(browser, { permissions: ['clipboard-read', 'clipboard-write'] });
  const hands = await openPage(mine);
  asha = { ...createPerson('Asha', hands), page: hands.page };
  baraka = createPerson('Baraka', await openPage(await openProfile(browser)));
  await asha.arrive(relay.url);
  await baraka.arrive(await asha.startRoom(room));
  await untilDirect(asha, 'Baraka');
  await asha.hands.untilInstalled();
  await asha.showTab('mesh');
});

afterAll(async () => {
  await browser?.close();
  await relay?.close();
});

beforeEach(createSteps());

const says = (check: string): Promise<string> => asha.page.locator(`[data-check="${check}"] dd`).innerText();
const isWell = (check: string): Promise<string | null> => asha.page.locator(`[data-check="${check}"]`).getAttribute('data-well');

async function examined(button: string): Promise<{ readonly verdict: string | null; readonly next: string | null }> {
  await asha.hands.press(button);
  await asha.page.locator('.doctor[data-state="done"]').waitFor();
  return {
    verdict: await asha.page.locator('[data-verdict]').getAttribute('data-verdict'),
    next: await asha.page.locator('[data-next]').getAttribute('data-next'),
  };
}
const judged = (verdict: Verdict, next: NextStep): unknown => ({ verdict, next });

async function isOpenToAll(): Promise<void> {
  const found: Record<string, readonly string[]> = {};
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const viewport of [phone, wide]) {
      await asha.page.setViewportSize(viewport);
      await asha.page.emulateMedia({ colorScheme });
      const violations = await findViolations(asha.page);
      if (violations.length > 0) found[`${colorScheme}, ${viewport.width}`] = violations;
      const beside = await asha.page.evaluate(() => [
        document.documentElement.scrollWidth - innerWidth,
        document.documentElement.scrollHeight - innerHeight,
      ]);
      expect(Math.max(...beside)).toBeLessThanOrEqual(0);
    }
  }
  expect(found).toEqual({});
}

test('nothing is told before it was looked at, and stopped it keeps what was', async () => {
  expect(await asha.page.locator('.doctor dl').count()).toBe(0);
  await asha.hands.press(en.doctor.begin);
  await asha.page.locator('[data-check="online"]').waitFor();
  await asha.hands.press(en.doctor.stop);
  await asha.page.getByText(en.doctor.stopped).waitFor();
  expect(await asha.page.locator('[data-check="offline"], [data-verdict]').count()).toBe(0);
});

test('with relay and neighbour: connected, each door as it is', async () => {
  expect(await examined(en.doctor.again)).toEqual(judged('joined', 'keep-storage'));
  expect(await says('secure')).toBe(en.doctor.secure);
  expect(await says('relay')).toMatch(/^Reached, [\d.]+ ms there and back\.$/);
  expect(await says('webRtc')).toContain(en.doctor.webRtcWorks);
  expect(await says('people')).toBe('1 linked directly.');
  expect(await says('offline')).toBe(en.doctor.starts.ready);
  await isOpenToAll();
});

test('the sentence under the header, once pressed, leads here and looks', async () => {
  await asha.showTab('rooms');
  await asha.page.locator('.top .tide').click();
  await asha.page.locator('.doctor[data-state="done"]').waitFor();
  expect(await asha.page.locator('[data-verdict]').getAttribute('data-verdict')).toBe('joined');
  await asha.page.goBack();
  await asha.until('the list', ({ rooms }) => rooms.includes(room));
  await asha.showTab('mesh');
  expect(await asha.page.locator('.doctor[data-state="none"]').count()).toBe(1);
  await examined(en.doctor.begin);
});

test('pressed where it is answered, it looks each time anew, and Back still leads out at once', async () => {
  for (const _ of ['once', 'again']) {
    await asha.page.locator('.top .tide').click();
    await asha.page.locator('.doctor[data-state="looking"]').waitFor();
    await asha.page.locator('.doctor[data-state="done"]').waitFor();
  }
  await asha.page.goBack();
  await asha.until('the list', ({ rooms }) => rooms.includes(room));
  await asha.showTab('mesh');
  await examined(en.doctor.begin);
});

test('asked to keep what is stored, the browser is taken at its word', async () => {
  await asha.hands.press(en.doctor.askToKeep);
  await asha.page.waitForFunction(
    (refused) => document.querySelector('.doctor[data-state="looking"]') !== null || document.body.innerText.includes(refused),
    en.doctor.notAgreed,
    { polling: 50 },
  );
  await asha.page.locator('.doctor[data-state="done"]').waitFor();
  const isKept = await asha.page.evaluate(() => navigator.storage.persisted());
  expect((await says('storage')).startsWith(isKept ? en.doctor.kept : en.doctor.notKept)).toBe(true);
});

test('the report says the same, and nobody’s name or address', async () => {
  await asha.hands.press(en.doctor.copy);
  await asha.page.getByRole('button', { name: en.common.copied }).waitFor();
  const report = await asha.page.evaluate(() => navigator.clipboard.readText());
  expect(report).toContain(`${en.doctor.names.relay}: ${await says('relay')}`);
  expect(report).toContain(en.doctor.verdicts.joined);
  for (const secret of ['Asha', 'Baraka', room, String(relay.port), 'localhost', '127.0.0.1'])
    expect(report).not.toContain(secret);
});

test('the relay is killed: what was said is called old; looked at anew: connected without it, and the line above says so', async () => {
  expect(await asha.page.getByText(en.doctor.old).count()).toBe(0);
  await relay.kill('SIGKILL');
  await asha.page.getByText(en.doctor.old).waitFor();
  expect(await examined(en.doctor.again)).toEqual(judged('without-relay', 'keep-open'));
  expect(await asha.page.getByText(en.doctor.old).count()).toBe(0);
  expect(await says('relay')).toBe(en.doctor.relays.silent);
  expect(await isWell('relay')).toBe('false');
  expect(await says('people')).toBe('1 linked directly.');
  const { tide } = await asha.seen();
  expect(tide).toBe('Relay lost, looking again · 1 neighbour still here');
});

test('the neighbour goes as well: the next step is to connect without a server', async () => {
  await baraka.hands.close();
  expect(await examined(en.doctor.again)).toEqual(judged('cut-off', 'pair'));
  expect(await says('people')).toBe(`${en.doctor.nobody} In 1 room none of the others is reached.`);
  await isOpenToAll();
  await asha.page.locator('.doctor').getByRole('button', { name: en.home.pair }).click();
  await asha.page.getByRole('dialog', { name: en.pair.title }).waitFor();
  expect([...asha.hands.complaints, ...baraka.hands.complaints]).toEqual([]);
});
