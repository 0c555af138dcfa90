/**
 * Proves that the relay is needed for hello alone: it is killed for good, and five people go on talking; one reloads, is back
 * through a single pairing, and is linked to all of them anew, by their introductions.
 */
import { expect, test } from 'vitest';
import { en } from '../../src/ui/words/en.ts';
import { openPage, openProfile } from './hands.ts';
import { pair } from './pairing.ts';
import { createPerson, tell, untilDirect } from './person.ts';
import type { Person } from './person.ts';
import { createStage } from './stage.ts';

const stage = createStage();

const names = ['Asha', 'Baraka', 'Chipo', 'Daudi', 'Eshe'] as const;
const others = (all: readonly Person[], one: Person): readonly Person[] => all.filter((each) => each !== one);

test('the relay is killed for good: chat goes on, and who reloads comes back to all through one pairing', async () => {
  const all: Person[] = [];
  for (const name of names) all.push(createPerson(name, await openPage(await openProfile(stage.chromium))));
  const [asha, , , , eshe] = all as [Person, Person, Person, Person, Person];
  await asha.arrive(stage.relay.url);
  const invite = await asha.startRoom('The well');
  for (const person of others(all, asha)) {
    await person.arrive(invite);
    await person.openRoom('The well');
  }
  await eshe.hands.untilInstalled();
  for (const person of all) for (const other of others(all, person)) await untilDirect(person, other.name);

  await stage.relay.kill('SIGKILL');
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
