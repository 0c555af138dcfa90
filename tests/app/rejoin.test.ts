/** Leaving a room and coming back: nobody is talked past, nothing is marked that is not so. */
import { expect, test } from 'vitest';
import { appOf, createVillage, messagesOf, roomOf, textsOf } from './village.ts';

test('what is said right after coming back is heard, and not taken for what was said before', async () => {
  const { world, person, room, until } = createVillage('back again');
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  const well = await room([asha, baraka]);
  const invite = roomOf(appOf(asha), well).invite ?? '';
  for (const text of ['one', 'two']) await world.finish(appOf(baraka).send(well, text));
  await until('both heard', () => textsOf(appOf(asha), well).length === 2);
  world.paths.cut(['Baraka'], ['Asha', 'relay']);
  await world.finish(appOf(baraka).leaveRoom(well));
  await world.finish(appOf(baraka).joinRoom(invite));
  await world.finish(appOf(baraka).show(well));
  await world.finish(appOf(baraka).send(well, 'I am back'));
  world.paths.heal();
  await until('heard', () => textsOf(appOf(asha), well).includes('I am back'), 120_000);
  await until('marked', () =>
    messagesOf(appOf(baraka), well).some(({ text, mark }) => text === 'I am back' && mark?.state === 'received'),
  );
  await until('all told again', () => textsOf(appOf(baraka), well).length === 3, 120_000);
  expect(textsOf(appOf(asha), well)).toEqual(['one', 'two', 'I am back']);
  expect(textsOf(appOf(baraka), well)).toEqual(['one', 'two', 'I am back']);
});

test('coming back brings the history at once, though nobody said anything meanwhile', async () => {
  const { world, person, room, until } = createVillage('quiet return');
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  const well = await room([asha, baraka]);
  const invite = roomOf(appOf(asha), well).invite ?? '';
  await world.finish(appOf(asha).send(well, 'Stay'));
  await until('there', () => textsOf(appOf(baraka), well).includes('Stay'));
  for (const each of [asha, baraka]) {
    each.crash('killed');
    await world.finish(each.start([well]));
  }
  await until('direct', () => roomOf(appOf(asha), well).people[0]?.path === 'direct');
  await world.runFor(5_000);
  await world.finish(appOf(baraka).leaveRoom(well));
  await world.runFor(2_000);
  await world.finish(appOf(baraka).joinRoom(invite));
  await world.finish(appOf(baraka).show(well));
  await until('told again', () => textsOf(appOf(baraka), well).includes('Stay'), 5_000);
});

test('a link that broke while the relay stands is dialled again', async () => {
  const { world, person, room, until } = createVillage('broken link');
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  const well = await room([asha, baraka]);
  await until('direct', () => roomOf(appOf(asha), well).people[0]?.path === 'direct');
  // Whatever was still planned at the first meeting is over.
  await world.runFor(20_000);
  world.breakLinks('Asha', 'Baraka');
  await until('relayed', () => roomOf(appOf(asha), well).people[0]?.path === 'relayed', 5_000);
  await until('direct again', () => roomOf(appOf(asha), well).people[0]?.path === 'direct', 30_000);
});
