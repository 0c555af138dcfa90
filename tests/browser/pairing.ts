/** Two people connect by codes, as the screens ask them to. */
import { expect } from 'vitest';
import { en } from '../../src/ui/words/en.ts';
import type { Person } from './person.ts';
import { readScreen } from './read-screen.ts';

export async function shown(person: Person, title: string): Promise<string> {
  const { code } = await person.until(`"${title}"`, (seen) => seen.dialog === title && seen.code !== null);
  if (code === null) throw new Error('no code');
  expect(code.size).toBeLessThanOrEqual(17 + 4 * 15 + 8);
  return readScreen(code);
}

export async function paste(person: Person, code: string): Promise<void> {
  await person.hands.fill('#pair-code', code);
  await person.hands.press(en.pair.enter);
}

export const untilDialog = (person: Person, title: string): Promise<unknown> =>
  person.until(`"${title}"`, ({ dialog }) => dialog === title);

export async function offer(person: Person): Promise<string> {
  await person.hands.press(en.home.pair);
  await person.hands.press(en.pair.show);
  return await shown(person, en.pair.offering);
}

/** Asha offers, the other answers; between the two it takes as long as is said. */
export async function pair(asha: Person, other: Person, carriedMs = 0): Promise<void> {
  const question = await offer(asha);
  await other.hands.press(en.home.pair);
  await other.hands.press(en.pair.scan);
  await paste(other, question);
  const answer = await shown(other, en.pair.answering);
  await new Promise((passed) => setTimeout(passed, carriedMs));
  await asha.hands.press(en.pair.toAnswer);
  await paste(asha, answer);
  await Promise.all([
    asha.until('who it is', ({ dialog }) => dialog === en.pair.connected(other.name), connectedWithinMs),
    other.until('who it is', ({ dialog }) => dialog === en.pair.connected(asha.name), connectedWithinMs),
  ]);
}
const connectedWithinMs = 16_000;
