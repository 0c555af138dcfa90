/** Proves that an old version beside a new one talks on where both can, and says so where the old one cannot. */
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { en } from '../../src/ui/words/en.ts';
import { openChromium } from './browsers.ts';
import { openPage, openProfile } from './hands.ts';
import { buildOf } from './old-build.ts';
import { createPerson, createSteps, isRelayOpen, said } from './person.ts';
import type { Person } from './person.ts';
import { startRelay } from './relay-process.ts';
import type { RelayProcess } from './relay-process.ts';

/** The last that spoke version 1 alone, and with the relay through libp2p. */
const lastOfVersionOne = '39019bf';
const room = 'Old well';

let old: string | null = null;
let relay: RelayProcess | undefined;
let browser: Browser | undefined;
let asha: Person;
let baraka: Person;

beforeAll(async () => {
  old = await buildOf(lastOfVersionOne);
  if (old === null) return;
  relay = await startRelay({ app: old });
  const chromium = (browser = await openChromium());
  const someone = async (name: string): Promise<Person> => createPerson(name, await openPage(await openProfile(chromium)));
  [asha, baraka] = await Promise.all([someone('Asha'), someone('Baraka')]);
});

afterAll(async () => {
  await browser?.close();
  await relay?.close();
});

const dist = fileURLToPath(new URL('../../dist', import.meta.url));

/** The words are the same in both. */
async function open(person: Person, invite: string): Promise<void> {
  await person.hands.press(en.home.join);
  await person.hands.fill('#invite-link', invite);
  await person.hands.press(en.join.enter);
}

beforeEach(createSteps());
beforeEach(({ skip }) => skip(old === null, `${lastOfVersionOne} is not in this clone`));

test('a page of the old version goes on when its relay became a new one', async () => {
  await asha.arrive(relay?.url ?? '');
  await asha.until('the relay', isRelayOpen);
  await relay?.kill('SIGTERM');
  await relay?.restart(dist);
  await asha.until('the relay again', isRelayOpen);
});

test('old and new talk in an open room, both ways', async () => {
  await baraka.arrive(relay?.url ?? '');
  const invite = await baraka.startRoom(room, 'open');
  await open(asha, invite);
  await asha.until('the room', (seen) => seen.room === room);
  await baraka.write('From the new one');
  await asha.hears('From the new one');
  await asha.write('From the old one');
  await baraka.hears('From the old one');
  await asha.marked('From the old one', 'received');
});

test('a room of members is nothing the old one can join: it says so, and nothing else breaks', async () => {
  await baraka.showTab('rooms');
  await baraka.hands.press(en.home.fresh);
  const invite = await baraka.startRoom('New well', 'members');
  await asha.showTab('rooms');
  await asha.hands.press(en.home.fresh);
  await open(asha, invite);
  await asha.until('the word that this is no invite it knows', ({ refusal }) => refusal !== null && refusal !== '');
  await asha.hands.reload();
  // By its service worker it is still the old one.
  await asha.until('the frame', ({ screen }) => screen === 'frame');
  await baraka.openRoom(room);
  await asha.openRoom(room);
  await baraka.write('Still with us?');
  const seen = await asha.hears('Still with us?');
  expect(said(seen, 'From the new one')).toHaveLength(1);
});
