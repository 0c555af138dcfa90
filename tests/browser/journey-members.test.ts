/** Proves rooms of members in real pages: let in by a link, talk, reload, a person put out, a word for one alone. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { en } from '../../src/ui/words/en.ts';
import { openChromium } from './browsers.ts';
import { openPage, openProfile } from './hands.ts';
import { createPerson, createSteps, said, tell, untilHere } from './person.ts';
import type { Person } from './person.ts';
import { startRelay } from './relay-process.ts';
import type { RelayProcess } from './relay-process.ts';
import type { Seen } from './seen.ts';

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

/** What others said, who said it, and their knot, where a name stands. */
const authorsIn = ({ messages }: Seen): readonly (readonly [string, string, string | null])[] =>
  messages.flatMap(({ text, by, knot }) => (by === null ? [] : [[text, by, knot] as const]));

test('who has a link knocks, and is let in by the one who is there', async () => {
  await asha.arrive(relay.url);
  invite = await asha.startRoom(room, 'members');
  await asha.write('Before anybody came');
  await baraka.arrive(invite);
  await baraka.until('the room', (seen) => seen.room === room);
  await Promise.all([untilHere(asha, 'Baraka'), untilHere(baraka, 'Asha')]);
  await tell(baraka, [asha], 'I have come');
  await tell(asha, [baraka], 'Come in');
  expect(said(await baraka.seen(), 'Before anybody came')).toEqual([]);
});

test('a third is let in too, and all three read each other', async () => {
  await neema.arrive(invite);
  await neema.until('the room', (seen) => seen.room === room);
  await Promise.all([untilHere(asha, 'Neema'), untilHere(neema, 'Baraka')]);
  await tell(neema, [asha, baraka], 'Here I am too');
  await tell(baraka, [asha, neema], 'All three');
});

test('after a reload of all, everything is there and the talk goes on', async () => {
  const people = [asha, baraka, neema];
  const before = await Promise.all(people.map(async (person) => authorsIn(await person.seen())));
  expect(before[0]).toEqual([
    ['I have come', 'Baraka', expect.stringMatching(/^M/)],
    ['Here I am too', 'Neema', expect.stringMatching(/^M/)],
    ['All three', 'Baraka', before[0]?.[0]?.[2]],
  ]);
  await Promise.all(people.map((person) => person.hands.reload()));
  for (const [at, person] of people.entries()) {
    const seen = await person.until('what was said', (each) => each.room === room && said(each, 'All three').length === 1);
    // At once: nobody is nameless for a moment, or has another face.
    expect(authorsIn(seen)).toEqual(before[at]);
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
  // What she said stays hers.
  const neemas = authorsIn(await baraka.seen()).filter(([, by]) => by === 'Neema');
  expect(neemas).toHaveLength(2);
  await baraka.hands.reload();
  const again = await baraka.until('what was said', (seen) => said(seen, 'Yes').length === 1);
  expect(authorsIn(again).filter(([, by]) => by === 'Neema')).toEqual(neemas);
});

test('a word for one alone goes to nobody else', async () => {
  await asha.hands.press('Baraka');
  await asha.hands.press(en.person.write);
  const begun = await asha.until('the empty conversation', (seen) => seen.room === 'Baraka' && seen.empty !== null);
  expect(begun).toMatchObject({ kind: en.home.kinds.direct, empty: en.room.quiet });
  await asha.write('Only for you');
  await baraka.openRoom('Asha');
  await baraka.hears('Only for you');
  await asha.marked('Only for you', 'received');
});

test('a new name reaches the room and the conversation, and what was said before is by it', async () => {
  await asha.showTab('you');
  await asha.hands.fill('#name', 'Asha the elder');
  await asha.hands.press(en.you.save);
  await baraka.until('it above the conversation', (seen) => seen.room === 'Asha the elder');
  expect(said(await baraka.seen(), 'Only for you')[0]).toMatchObject({ by: 'Asha the elder' });
  await baraka.openRoom(room);
  await baraka.until(
    'it in the room',
    (seen) => seen.kind === en.home.kinds.members && said(seen, 'Come in')[0]?.by === 'Asha the elder',
  );
});

test('a conversation of two is deleted, not left', async () => {
  await baraka.openRoom('Asha the elder');
  await baraka.hands.press(en.people.leaveTwo);
  await baraka.until('the question', ({ dialog }) => dialog === en.leaving.twoTitle('Asha the elder'));
  await baraka.hands.press(en.leaving.twoYes);
  await baraka.until('no conversation any more', ({ rooms }) => !rooms.includes('Asha the elder'));
});

test('the maker of a link goes: who came in by it lets the next one in', async () => {
  const arriveAs = async (name: string): Promise<Person> => createPerson(name, await openPage(await openProfile(browser)));
  const [dalili, ebo, faraji] = await Promise.all([arriveAs('Dalili'), arriveAs('Ebo'), arriveAs('Faraji')]);
  await dalili.arrive(relay.url);
  const link = await dalili.startRoom('Night shift', 'members');
  await ebo.arrive(link);
  await Promise.all([untilHere(dalili, 'Ebo'), untilHere(ebo, 'Dalili')]);
  await dalili.hands.close();
  await faraji.arrive(link);
  await Promise.all([untilHere(ebo, 'Faraji'), untilHere(faraji, 'Ebo')]);
  await tell(faraji, [ebo], 'Nobody but us');
  await tell(ebo, [faraji], 'Come in');
  expect([ebo, faraji].flatMap(({ hands }) => hands.complaints)).toEqual([]);
});
