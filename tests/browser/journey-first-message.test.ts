/** Proves that what is sent at once after joining is never lost: fresh devices join and speak before anything has settled. */
import { env } from 'node:process';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
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

/** A new device follows the invite, and writes the moment there is somewhere to write. */
async function joinAndSpeak(at: number): Promise<readonly string[]> {
  const context = await openProfile(browser);
  const guest = createPerson(`Guest ${at}`, await openPage(context));
  await guest.arrive(invite);
  await guest.write(`First words of ${at}`);
  const [seen] = await Promise.all([asha.hears(`First words of ${at}`), guest.marked(`First words of ${at}`, 'received')]);
  expect(said(seen, `First words of ${at}`)).toHaveLength(1);
  await context.close();
  return guest.hands.complaints;
}

test(`${joins} fresh devices join and speak at once: every message arrives`, { timeout: joins * eachMs }, async () => {
  const complaints: string[] = [];
  for (let at = 1; at <= joins; at += 1) complaints.push(...(await joinAndSpeak(at)));
  // The last of them, still in sight, came once.
  const { messages } = await asha.seen();
  expect(new Set(messages.map(({ text }) => text)).size).toBe(messages.length);
  expect([...complaints, ...asha.hands.complaints]).toEqual([]);
});
