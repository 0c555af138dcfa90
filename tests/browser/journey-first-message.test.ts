/** Proves that what is sent at once after joining is never lost: fresh devices join and speak before anything has settled. */
import { env } from 'node:process';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { en } from '../../src/ui/words/en.ts';
import { openChromium } from './browsers.ts';
import { openPage, openProfile } from './hands.ts';
import { createPerson, said } from './person.ts';
import type { Person } from './person.ts';
import { startRelay } from './relay-process.ts';
import type { RelayProcess } from './relay-process.ts';

const joins = Number(env['WAVU_JOINS'] ?? (env['WAVU_DEEP'] === '1' ? 200 : 20));
const eachMs = 60_000;

let relay: RelayProcess;
let browser: Browser;
let asha: Person;
let invite: string;

beforeAll(async () => {
  relay = await startRelay();
  browser = await openChromium();
  asha = createPerson('Asha', await openPage(await openProfile(browser)));
  await asha.arrive(relay.url);
  invite = await asha.startRoom('First words');
});

afterAll(async () => {
  await browser?.close();
  await relay?.close();
});

/** A new device comes in, and writes the moment there is somewhere to write. Answers what it complained about. */
async function comeAndSpeak(name: string, comeIn: (guest: Person) => Promise<void>): Promise<readonly string[]> {
  const context = await openProfile(browser);
  const guest = createPerson(name, await openPage(context));
  await comeIn(guest);
  await guest.write(`First words of ${name}`);
  const [seen] = await Promise.all([asha.hears(`First words of ${name}`), guest.marked(`First words of ${name}`, 'received')]);
  expect(said(seen, `First words of ${name}`)).toHaveLength(1);
  await context.close();
  return guest.hands.complaints;
}

/** What is in sight came once each, and nobody complained. */
async function isClean(complaints: readonly string[]): Promise<void> {
  const { messages } = await asha.seen();
  expect(new Set(messages.map(({ text }) => text)).size).toBe(messages.length);
  expect([...complaints, ...asha.hands.complaints]).toEqual([]);
}

test(
  `${joins} fresh devices join by the invite and speak at once: every message arrives`,
  { timeout: joins * eachMs },
  async () => {
    const complaints: string[] = [];
    for (let at = 1; at <= joins; at += 1)
      complaints.push(...(await comeAndSpeak(`Guest ${at}`, (guest) => guest.arrive(invite))));
    await isClean(complaints);
  },
);

test('so it is in the Square, for who comes without an invite', { timeout: joins * eachMs }, async () => {
  await asha.openRoom(en.home.squareName);
  const complaints: string[] = [];
  const enter = async (guest: Person): Promise<void> => {
    await guest.arrive(relay.url);
    await guest.hands.press(en.home.squareName);
  };
  for (let at = 1; at <= joins / 5; at += 1) complaints.push(...(await comeAndSpeak(`Passer-by ${at}`, enter)));
  await isClean(complaints);
});
