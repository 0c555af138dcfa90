/**
 * Two people whose networks let nothing through between them, and a stranger who is not in their room: with the relay gone they
 * chat through the stranger, who sees sealed bytes.
 */
import { expect, test } from 'vitest';
import { en } from '../../src/ui/words/en.ts';
import { cut } from './cut.ts';
import { openPage, openProfile } from './hands.ts';
import { createPerson, isDirect, tell } from './person.ts';
import type { Person } from './person.ts';
import { createStage } from './stage.ts';

const stage = createStage();

const names = ['Asha', 'Baraka', 'Chipo'] as const;

/** How many the Mesh tab shows to be linked page to page. */
const untilLinked = async (person: Person, count: number): Promise<void> => {
  await person.showTab('mesh');
  await person.until(
    `${count} direct links`,
    ({ links }) => links.filter(({ path }) => path.includes(en.people.direct)).length >= count,
  );
};

test('A and C cannot connect, B is not in their room and carries for them once the relay is gone', async () => {
  const contexts = [
    await openProfile(stage.chromium),
    await openProfile(stage.chromium),
    await openProfile(stage.chromium),
  ] as const;
  await cut(contexts[0], contexts[2]);
  const hands = [];
  const people: Person[] = [];
  for (const [at, context] of contexts.entries()) {
    const each = await openPage(context);
    hands.push(each);
    people.push(createPerson(names[at] ?? '', each));
  }
  const [asha, baraka, chipo] = people as [Person, Person, Person];
  await asha.arrive(stage.relay.url);
  const invite = await asha.startRoom('The well');
  await baraka.arrive(stage.relay.url);
  await chipo.arrive(invite);
  await chipo.openRoom('The well');
  await tell(asha, [chipo], 'By the relay');
  await untilLinked(baraka, 2);

  await stage.relay.kill('SIGKILL');
  const seen = await asha.until('Chipo through somebody', ({ people }) =>
    people.some(({ name, here, path }) => name.startsWith('Chipo') && here && path.includes(en.people.through)),
  );
  expect(isDirect(seen, 'Chipo')).toBe(false);
  await tell(asha, [chipo], 'Through whom?');
  await tell(chipo, [asha], 'Through somebody who cannot read it');
  expect((await baraka.seen()).rooms).not.toContain('The well');
  expect(hands.flatMap(({ complaints }) => complaints)).toEqual([]);
});
