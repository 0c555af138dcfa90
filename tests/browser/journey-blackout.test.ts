/**
 * Proves that the relay is needed for hello alone: it is killed for good, and five people go on talking; one reloads, is back
 * through a single pairing, and is linked to all of them anew, by their introductions.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { en } from '../../src/ui/words/en.ts';
import { openChromium } from './browsers.ts';
import { openPage, openProfile } from './hands.ts';
import { pair } from './pairing.ts';
import { createPerson, tell, untilDirect } from './person.ts';
import type { Person } from './person.ts';
import { startRelay } from './relay-process.ts';
import type { RelayProcess } from './relay-process.ts';

let chromium: Browser;
let relay: RelayProcess;

beforeAll(async () => {
  chromium = await openChromium();
  relay = await startRelay();
});

afterAll(async () => {
  await chromium?.close();
  await relay?.close();
});

const names = ['Asha', 'Baraka', 'Chipo', 'Daudi', 'Eshe'] as const;
const others = (all: readonly Person[], one: Person): readonly Person[] => all.filter((each) => each !== one);

test('the relay is killed for good: chat goes on, and who reloads comes back to all through one pairing', async () => {
  const all: Person[] = [];
  for (const name of names) all.push(createPerson(name, await openPage(await openProfile(chromium))));
  const [asha, , , , eshe] = all as [Person, Person, Person, Person, Person];
  await asha.arrive(relay.url);
  const invite = await asha.startRoom('The well');
  for (const person of others(all, asha)) {
    await person.arrive(invite);
    await person.openRoom('The well');
  }
  await eshe.hands.untilInstalled();
  for (const person of all) for (const other of others(all, person)) await untilDirect(person, other.name);

  await relay.kill('SIGKILL');
  await tell(asha, others(all, asha), 'It went dark');

  await eshe.hands.reload();
  for (const person of [eshe, asha]) await person.hands.press(en.home.fresh);
  await pair(eshe, asha);
  for (const person of [eshe, asha]) await person.hands.press(en.pair.done);
  for (const person of [eshe, asha]) await person.openRoom('The well');
  for (const other of others(all, eshe)) await untilDirect(eshe, other.name);
  await tell(eshe, others(all, eshe), 'I am back');
  await tell(all[2]!, others(all, all[2]!), 'Good');
  expect(all.flatMap(({ hands }) => hands.complaints)).toEqual([]);
  await Promise.all(all.map(({ hands }) => hands.close()));
});
