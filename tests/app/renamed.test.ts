/** What somebody is called in an open room is heard by all, also by those who have the same otherwise, and by who was away. */
import { test } from 'vitest';
import { appOf, createVillage, roomOf } from './village.ts';

test.each([2, 6])('of %i in an open room all see a new name within a minute, and then the next', async (size) => {
  const { world, person, room, until } = createVillage(`renamed ${size}`);
  const pages = await Promise.all(Array.from({ length: size }, (_, at) => person(`Page ${at}`)));
  const well = await room(pages);
  await world.runFor(60_000);
  const [asha, ...others] = pages;
  for (const name of ['Asha A.', 'Asha']) {
    await world.finish(appOf(asha!).nameMe(name));
    const isSeen = (): boolean =>
      others.every((page) => roomOf(appOf(page), well).people.some((each) => each.name === name && each.here));
    await until(name, isSeen, 60_000);
  }
});

test('who comes back under another name than they left is called so', async () => {
  const { world, relay, person, room, until } = createVillage('renamed away');
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  const well = await room([asha, baraka]);
  await world.runFor(60_000);
  relay.crash('killed');
  world.paths.cut(['Baraka'], ['Asha']);
  await until('away', () => roomOf(appOf(asha), well).people.every(({ here }) => !here), 120_000);
  await world.finish(appOf(baraka).nameMe('Baraka B.'));
  world.paths.heal();
  relay.start();
  await until('back', () => roomOf(appOf(asha), well).people.some(({ here }) => here), 60_000);
  await until('called so', () => roomOf(appOf(asha), well).people[0]?.name === 'Baraka B.', 5_000);
});
