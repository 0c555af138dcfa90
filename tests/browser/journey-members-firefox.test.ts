/** Proves that a room of members is one room in Chromium and in Firefox. Skipped aloud where there is no Firefox. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { en } from '../../src/ui/words/en.ts';
import { createSteps, identityOf, said, tell, untilDirect } from './person.ts';
import type { Person } from './person.ts';
import { openTwoBrowsers } from './two-browsers.ts';
import type { TwoBrowsers } from './two-browsers.ts';

const room = 'Seed bank';

let two: TwoBrowsers | { readonly absent: string };
let asha: Person;
let fatuma: Person;

beforeAll(async () => {
  two = await openTwoBrowsers();
  if (!('absent' in two)) ({ asha, fatuma } = two);
});

afterAll(async () => {
  if (two !== undefined && !('absent' in two)) await two.close();
});

const nextStep = createSteps();
beforeEach((context) => {
  if ('absent' in two) context.skip(`Firefox: ${two.absent}`);
  nextStep(context);
});

/** As its row in the list of people begins, which no row in the list of rooms does. */
const verified = (name: string): string => `${name} ${en.people.verified}`;

test('Firefox comes by the link of a room that Chromium founded, is let in, and both talk', async () => {
  await asha.arrive((two as TwoBrowsers).relay.url);
  const invite = await asha.startRoom(room, 'members');
  await asha.write('Before anybody came');
  await fatuma.arrive(invite);
  await fatuma.until('the room', (seen) => seen.room === room);
  await Promise.all([untilDirect(asha, 'Fatuma'), untilDirect(fatuma, 'Asha')]);
  await tell(fatuma, [asha], 'Hello from Firefox');
  await tell(asha, [fatuma], 'Hello from Chromium');
  expect(said(await fatuma.seen(), 'Before anybody came')).toEqual([]);
});

test('both reload: the same two persons, with their names and what was said', async () => {
  const people = [asha, fatuma];
  const before = await Promise.all(people.map(identityOf));
  await Promise.all(people.map((person) => person.hands.reload()));
  expect(await Promise.all(people.map(identityOf))).toEqual(before);
  await Promise.all(people.map((person) => person.openRoom(room)));
  await Promise.all([asha.hears('Hello from Firefox'), fatuma.hears('Hello from Chromium')]);
  await Promise.all([untilDirect(asha, 'Fatuma'), untilDirect(fatuma, 'Asha')]);
  await tell(asha, [fatuma], 'Still Chromium');
  await tell(fatuma, [asha], 'Still Firefox');
});

test('both screens show the same ten words, and each marks the other as verified', async () => {
  const wordsFor = async (person: Person, other: string): Promise<readonly string[]> => {
    await person.hands.press(other);
    await person.hands.press(en.person.compare);
    return (await person.until('ten words', ({ words }) => words.length === 10)).words;
  };
  const verify = async (person: Person, other: string): Promise<void> => {
    await person.hands.press(en.person.same);
    await person.hands.press(en.common.close);
    await person.until(`${other} verified`, ({ people }) => people.some(({ name }) => name === verified(other)));
  };
  const words = await Promise.all([wordsFor(asha, 'Fatuma'), wordsFor(fatuma, 'Asha')]);
  expect(words[1]).toEqual(words[0]);
  await Promise.all([verify(asha, 'Fatuma'), verify(fatuma, 'Asha')]);
});

test('a word for Firefox alone, and its answer', async () => {
  await asha.hands.press(verified('Fatuma'));
  await asha.hands.press(en.person.write);
  await asha.until('the conversation', (seen) => seen.room === 'Fatuma');
  await asha.write('Only for you');
  await fatuma.openRoom('Asha');
  await fatuma.hears('Only for you');
  await tell(fatuma, [asha], 'Only for you too');
});

test('Firefox is put out, and reads nothing later', async () => {
  await asha.openRoom(room);
  await asha.hands.press(verified('Fatuma'));
  await asha.hands.press(en.person.remove);
  await asha.hands.press(en.person.removeYes);
  await asha.write('Now I am alone');
  // What is said later arrives: so it was no matter of time.
  await asha.openRoom('Fatuma');
  await tell(asha, [fatuma], 'Can you read the room?');
  await fatuma.openRoom(room);
  const seen = await fatuma.until('the word that it is out', ({ outside }) => outside?.includes(en.room.out) === true);
  expect(said(seen, 'Still Chromium')).toHaveLength(1);
  expect(said(seen, 'Now I am alone')).toEqual([]);
});

test('nobody complained on the way', () => {
  expect([...asha.hands.complaints, ...fatuma.hands.complaints]).toEqual([]);
});
