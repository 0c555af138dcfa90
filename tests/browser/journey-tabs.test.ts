/** Proves that several tabs are one person: one identity, the same rooms live, and a handover that loses and doubles nothing. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openChromium } from './browsers.ts';
import { openProfile } from './hands.ts';
import { createSteps, isDirect, openPerson, said } from './person.ts';
import type { Person, PersonOnPage } from './person.ts';
import { startRelay } from './relay-process.ts';
import type { RelayProcess } from './relay-process.ts';

const room = 'Several tabs';

let relay: RelayProcess;
let browser: Browser;
let ashas: BrowserContext;
let baraka: PersonOnPage;
/** Asha's tabs, the leader first: the browser hands the lead on in the order they were opened. */
const tabs: PersonOnPage[] = [];

beforeAll(async () => {
  relay = await startRelay();
  browser = await openChromium();
  ashas = await openProfile(browser);
  tabs.push(await openPerson('Asha', ashas));
  baraka = await openPerson('Baraka', await openProfile(browser));
  const [first] = tabs;
  await first?.arrive(relay.url);
  const invite = await first?.startRoom(room);
  await baraka.arrive(invite ?? '');
  await baraka.until('the room', (seen) => isDirect(seen, 'Asha'));
});

afterAll(async () => {
  await browser?.close();
  await relay?.close();
});

beforeEach(createSteps());

/** One more tab of Asha's, with the room open. */
async function another(): Promise<PersonOnPage> {
  const tab = await openPerson('Asha', ashas);
  await tab.hands.open(relay.url);
  await tab.openRoom(room);
  tabs.push(tab);
  return tab;
}

const tab = (at: number): PersonOnPage => {
  const found = tabs.at(at);
  if (found === undefined) throw new Error(`there is no tab ${at}`);
  return found;
};

/** How many tabs hold the lead, and how many wait for it. */
const standing = (page: Page): Promise<readonly [number, number]> =>
  page.evaluate(async () => {
    const { held = [], pending = [] } = await navigator.locks.query();
    const count = (locks: LockInfo[]): number => locks.filter(({ name }) => name === 'wavu-leader').length;
    return [count(held), count(pending)] as const;
  });

/** Everyone shows each of these exactly once, in the order they were written. */
async function agree(texts: readonly string[], people: readonly Person[]): Promise<void> {
  for (const person of people) {
    const seen = await person.until(`each of ${texts.join(', ')}`, (each) => texts.every((text) => said(each, text).length > 0));
    expect(seen.messages.map(({ text }) => text).filter((text) => texts.includes(text))).toEqual(texts);
  }
}

test('two tabs show one person and the same room, live', async () => {
  await another();
  expect(await standing(tab(0).page)).toEqual([1, 1]);
  const prints = [];
  for (const each of tabs) {
    await each.showTab('you');
    prints.push((await each.until('the fingerprint', ({ me }) => me !== null)).me);
    await each.openRoom(room);
  }
  expect(prints[1]).toEqual(prints[0]);
  await baraka.write('To both of your tabs');
  await Promise.all(tabs.map((each) => each.hears('To both of your tabs')));
  await tab(0).write('From the leader');
  await Promise.all(tabs.map((each) => each.marked('From the leader', 'received')));
});

test('what the tab that follows sends is sent once', async () => {
  await tab(1).write('From the follower');
  await Promise.all(tabs.map((each) => each.marked('From the follower', 'received')));
  await tab(0).write('And one more');
  await tab(0).marked('And one more', 'received');
  await agree(['From the leader', 'From the follower', 'And one more'], [...tabs, baraka]);
});

test('the leader closes: the other leads, and sends', async () => {
  const [leader] = tabs.splice(0, 1);
  await leader?.hands.close();
  await tab(0).write('I lead now');
  await tab(0).marked('I lead now', 'received');
  await baraka.hears('I lead now');
  await baraka.until('Asha again', (seen) => isDirect(seen, 'Asha'));
  await baraka.write('I see you');
  await tab(0).hears('I see you');
});

test.each([
  ['closes', 'the tab that takes over', 0],
  ['closes', 'a tab that follows before and after', 1],
  ['reloads', 'a tab that follows before and after', 1],
  ['crashes', 'the tab that takes over', 0],
] as const)('the leader %s while %s is sending: nothing is lost, nothing doubled', async (how, _who, at) => {
  while (tabs.length < 3) await another();
  const [leader] = tabs.splice(0, 1) as [PersonOnPage];
  const sender = tab(at);
  const texts = Array.from({ length: 9 }, (_, n) => `${how} ${at} ${n}`);
  let leaving: Promise<unknown> = Promise.resolve();
  for (const [n, text] of texts.entries()) {
    await sender.write(text);
    if (n === 3) leaving = leave(leader, how);
  }
  await leaving;
  for (const text of texts) await sender.marked(text, 'received');
  await agree(texts, [...tabs, baraka]);
  if (how === 'reloads') tabs.push(leader);
  // Another one behind them: what would come twice has come by then.
  await tab(0).write(`after ${how} ${at}`);
  await tab(0).marked(`after ${how} ${at}`, 'received');
  await agree([...texts, `after ${how} ${at}`], [...tabs, baraka]);
});

async function leave({ page, hands }: PersonOnPage, how: 'closes' | 'reloads' | 'crashes'): Promise<void> {
  if (how === 'closes') return await hands.close();
  if (how === 'reloads') return await hands.reload();
  const crashed = new Promise((seen) => page.once('crash', seen));
  (await page.context().newCDPSession(page)).send('Page.crash').catch(() => undefined);
  await crashed;
  await page.close();
}

test('nobody complained on the way', () => {
  expect([...tabs, baraka].flatMap(({ hands }) => hands.complaints)).toEqual([]);
});
