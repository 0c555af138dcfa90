/** Proves rooms of members in real pages: let in by a link, talk, reload, a person put out, a word for one alone. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { en } from '../../src/ui/words/en.ts';
import { openChromium } from './browsers.ts';
import { openPage, openProfile } from './hands.ts';
import { createPerson, createSteps, said } from './person.ts';
import type { Person } from './person.ts';
import { startRelay } from './relay-process.ts';
import type { RelayProcess } from './relay-process.ts';

const room = 'Health post';

let relay: RelayProcess;
let browser: Browser;
let asha: Person;
let baraka: Person;
let neema: Person;
let invite = '';

beforeAll(async () => {
  relay = await startRelay();
  browser = await openChromium();
  const arriveAs = async (name: string): Promise<Person> => createPerson(name, await openPage(await openProfile(browser)));
  [asha, baraka, neema] = await Promise.all([arriveAs('Asha'), arriveAs('Baraka'), arriveAs('Neema')]);
});

afterAll(async () => {
  await browser?.close();
  await relay?.close();
});

beforeEach(createSteps());

const isHere = (person: Person, who: string): Promise<unknown> =>
  person.until(`${who} here`, ({ people }) => people.some(({ name, here }) => name.startsWith(who) && here));

async function tell(from: Person, to: readonly Person[], text: string): Promise<void> {
  await from.write(text);
  await Promise.all([...to.map((each) => each.hears(text)), from.marked(text, 'received')]);
}

test('who has a link knocks, and is let in by the one who is there', async () => {
  await asha.arrive(relay.url);
  invite = await asha.startRoom(room, 'members');
  await asha.write('Before anybody came');
  await baraka.arrive(invite);
  await baraka.until('the room', (seen) => seen.room === room);
  await Promise.all([isHere(asha, 'Baraka'), isHere(baraka, 'Asha')]);
  await tell(baraka, [asha], 'I have come');
  await tell(asha, [baraka], 'Come in');
  expect(said(await baraka.seen(), 'Before anybody came')).toEqual([]);
});

test('a third is let in too, and all three read each other', async () => {
  await neema.arrive(invite);
  await neema.until('the room', (seen) => seen.room === room);
  await Promise.all([isHere(asha, 'Neema'), isHere(neema, 'Baraka')]);
  await tell(neema, [asha, baraka], 'Here I am too');
  await tell(baraka, [asha, neema], 'All three');
});

test('after a reload of all, everything is there and the talk goes on', async () => {
  await Promise.all([asha, baraka, neema].map((person) => person.hands.reload()));
  for (const person of [asha, baraka, neema]) {
    await person.until('what was said', (seen) => seen.room === room && said(seen, 'All three').length === 1);
  }
  await tell(asha, [baraka, neema], 'Still here?');
  await tell(neema, [asha, baraka], 'Still here');
});

test('who is removed is told, and reads nothing more', async () => {
  await asha.hands.press('Neema');
  await asha.hands.press(en.person.remove);
  await asha.hands.press(en.person.removeYes);
  await neema.until('the word that she is out', ({ outside }) => outside?.includes(en.room.out) === true);
  await tell(asha, [baraka], 'Now we are two');
  await tell(baraka, [asha], 'Yes');
  expect(said(await neema.seen(), 'Now we are two')).toEqual([]);
  expect(said(await neema.seen(), 'All three')).toHaveLength(1);
});

test('a word for one alone goes to nobody else', async () => {
  await asha.hands.press('Baraka');
  await asha.hands.press(en.person.write);
  await asha.until('the conversation', (seen) => seen.room === 'Baraka');
  await asha.write('Only for you');
  await baraka.openRoom('Asha');
  await baraka.hears('Only for you');
  await asha.marked('Only for you', 'received');
});
