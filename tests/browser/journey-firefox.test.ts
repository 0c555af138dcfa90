/** Proves that Chromium and Firefox are one mesh: the same journey, shorter. Skipped aloud where there is no Firefox. */
import type { Browser, Page } from 'playwright-core';
import type { Browser as FirefoxBrowser } from 'puppeteer-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openChromium, openFirefox } from './browsers.ts';
import { openFirefoxPage, openPage, openProfile } from './hands.ts';
import { createPerson, createSteps, isDirect, isRelayOpen, said } from './person.ts';
import type { Person } from './person.ts';
import { startRelay } from './relay-process.ts';
import type { RelayProcess } from './relay-process.ts';

const room = 'Two browsers';

let firefox: FirefoxBrowser | { readonly absent: string };
let relay: RelayProcess | undefined;
let chromium: Browser | undefined;
let asha: Person & { readonly page: Page };
let fatuma: Person;

beforeAll(async () => {
  firefox = await openFirefox();
  if ('absent' in firefox) return;
  relay = await startRelay();
  chromium = await openChromium();
  const hands = await openPage(await openProfile(chromium));
  asha = { ...createPerson('Asha', hands), page: hands.page };
  fatuma = createPerson('Fatuma', await openFirefoxPage(firefox));
});

afterAll(async () => {
  await chromium?.close();
  if (firefox !== undefined && !('absent' in firefox)) await firefox.close();
  await relay?.close();
});

const nextStep = createSteps();
beforeEach((context) => {
  if ('absent' in firefox) context.skip(`Firefox: ${firefox.absent}`);
  nextStep(context);
});

async function tell(from: Person, to: Person, text: string): Promise<void> {
  await from.write(text);
  await Promise.all([to.hears(text), from.marked(text, 'received')]);
}

const untilDirect = (): Promise<unknown> =>
  Promise.all([
    asha.until('Fatuma linked directly', (seen) => isDirect(seen, 'Fatuma')),
    fatuma.until('Asha linked directly', (seen) => isDirect(seen, 'Asha')),
  ]);

test('a Chromium and a Firefox meet by an invite link, directly', async () => {
  await asha.arrive(must(relay).url);
  const invite = await asha.startRoom(room);
  await fatuma.arrive(invite);
  const seen = await fatuma.until('the room of the invite', (each) => each.room === room);
  expect(seen.address).toBe(must(relay).url);
  await untilDirect();
});

test('messages go both ways and are marked received', async () => {
  await tell(asha, fatuma, 'Hello from Chromium');
  await tell(fatuma, asha, 'Hello from Firefox');
});

test('after a reload of both the history is there, and the talk goes on', async () => {
  await Promise.all([asha.hands.reload(), fatuma.hands.reload()]);
  await Promise.all([asha.hears('Hello from Firefox'), fatuma.hears('Hello from Chromium')]);
  await tell(fatuma, asha, 'Still Firefox');
  await tell(asha, fatuma, 'Still Chromium');
});

test('the relay is killed, they talk on, and what waits is found again when it is back', async () => {
  await untilDirect();
  await must(relay).kill('SIGTERM');
  await Promise.all(
    [asha, fatuma].map((person) => person.until('the loss of the relay', ({ tide }) => tide.includes('still here'))),
  );
  await tell(asha, fatuma, 'No relay');
  await tell(fatuma, asha, 'No matter');
  await asha.hands.open('about:blank');
  await fatuma.until('that Asha is away', ({ people }) => people.some(({ name, here }) => name === 'Asha' && !here));
  await fatuma.write('For when you come back');
  await fatuma.marked('For when you come back', 'waiting');
  await must(relay).restart();
  await fatuma.until('the relay', isRelayOpen);
  await asha.hands.open(must(relay).url);
  await asha.openRoom(room);
  const seen = await asha.hears('For when you come back');
  expect(said(seen, 'For when you come back')).toHaveLength(1);
  await fatuma.marked('For when you come back', 'received');
});

test('nobody complained on the way', () => {
  expect([...asha.hands.complaints, ...fatuma.hands.complaints]).toEqual([]);
});

function must<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('not opened');
  return value;
}
