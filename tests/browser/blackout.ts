/**
 * What happens to five people when the relay is killed for good: they go on talking, two whose link breaks make another, one reloads,
 * and is back with all through a single pairing.
 */
import type { Browser } from 'playwright-core';
import { expect } from 'vitest';
import { en } from '../../src/ui/words/en.ts';
import { openProfile } from './hands.ts';
import { dropLink, keepLinks, newLink, sharedLink } from './kept-links.ts';
import { pair } from './pairing.ts';
import { openPerson, tell, untilDirect } from './person.ts';
import type { Person, PersonOnPage } from './person.ts';
import type { RelayProcess } from './relay-process.ts';

export async function liveThroughBlackout(chromium: Browser, relay: RelayProcess): Promise<void> {
  const all: PersonOnPage[] = [];
  for (const name of names) {
    const context = await openProfile(chromium);
    await context.addInitScript(keepLinks);
    all.push(await openPerson(name, context));
  }
  const [asha, baraka, chipo, , eshe] = all as [PersonOnPage, PersonOnPage, PersonOnPage, PersonOnPage, PersonOnPage];
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

  const broken = await sharedLink(baraka.page, chipo.page);
  await dropLink(baraka.page, broken);
  expect(await newLink(baraka.page, chipo.page, broken)).not.toBeNull();
  await Promise.all([untilDirect(baraka, 'Chipo'), untilDirect(chipo, 'Baraka')]);

  await eshe.hands.reload();
  for (const person of [eshe, asha]) await person.hands.press(en.home.fresh);
  await pair(eshe, asha);
  for (const person of [eshe, asha]) await person.hands.press(en.pair.done);
  for (const person of [eshe, asha]) await person.openRoom('The well');
  for (const other of others(all, eshe)) await untilDirect(eshe, other.name);
  await tell(eshe, others(all, eshe), 'I am back');
  await tell(chipo, others(all, chipo), 'Good');
  expect(all.flatMap(({ hands }) => hands.complaints)).toEqual([]);
  await Promise.all(all.map(({ hands }) => hands.close()));
}

const names = ['Asha', 'Baraka', 'Chipo', 'Daudi', 'Eshe'] as const;
const others = (all: readonly Person[], one: Person): readonly Person[] => all.filter((each) => each !== one);
