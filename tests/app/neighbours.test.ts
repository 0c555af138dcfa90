/** Neighbours introduce each other as the relay does: it dies, and chat, new connections and coming back go on. */
import { expect, test } from 'vitest';
import type { RoomId } from '../../src/protocol/ids.ts';
import type { Page } from '../simulation/page.ts';
import { appOf, createVillage, messagesOf, networkOf, pair, roomOf, textsOf } from './village.ts';
import type { Village } from './village.ts';

const pathsOf = (page: Page, room: RoomId): readonly unknown[] => roomOf(appOf(page), room).people.map(({ path }) => path);
const directIn = (page: Page, room: RoomId): number => pathsOf(page, room).filter((path) => path === 'direct').length;
const names = ['Asha', 'Baraka', 'Chipo', 'Daudi', 'Eshe'] as const;

test('the relay dies: chat goes on, and who reloads comes back through one neighbour to all', async () => {
  const village = createVillage('blackout');
  const { world, relay, person, room, until } = village;
  const people: Page[] = [];
  for (const name of names) people.push(await person(name));
  const well = await room(people);
  const areAllDirect = (): boolean => people.every((page) => directIn(page, well) === 4);
  await until('all directly linked', areAllDirect);

  relay.crash('killed');
  await world.finish(appOf(people[0]).send(well, 'It is dark here'));
  await until('read by all', () => people.every((page) => textsOf(appOf(page), well).includes('It is dark here')));

  const eshe = people[4]!;
  eshe.crash('killed');
  await world.finish(eshe.start([well]));
  await world.finish(appOf(people[1]).send(well, 'Where is Eshe?'));
  await pair(village, eshe, people[0]!);
  await until('all directly linked again', areAllDirect);
  await world.finish(appOf(eshe).send(well, 'Here'));
  await until('all have all', () =>
    people.every((page) =>
      ['It is dark here', 'Where is Eshe?', 'Here'].every((text) => textsOf(appOf(page), well).includes(text)),
    ),
  );
  const mine = (): unknown => messagesOf(appOf(eshe), well).find(({ text }) => text === 'Here')?.mark;
  await until('known to be received', () => JSON.stringify(mine()) === JSON.stringify({ state: 'received', by: 4 }));
});

test('two who cannot connect talk through a third who is not in their room, and who reads nothing', async () => {
  const village = createVillage('through');
  const { world, relay, person, room, until } = village;
  relay.crash('killed');
  const [asha, baraka, chipo] = [await person('Asha'), await person('Baraka'), await person('Chipo')];
  const well = await room([asha, chipo]);
  world.paths.cut(['Asha'], ['Chipo']);
  await pair(village, asha, baraka);
  await pair(village, baraka, chipo);
  await until('they meet', () => [asha, chipo].every((page) => pathsOf(page, well)[0] === 'through'));
  await world.finish(appOf(asha).send(well, 'Is the bridge open?'));
  await world.finish(appOf(chipo).send(well, 'It is not'));
  await until('both read both', () => [asha, chipo].every((page) => textsOf(appOf(page), well).length === 2));
  await until('and know it', () => JSON.stringify(messagesOf(appOf(asha), well)[0]?.mark) === '{"state":"received","by":1}');
  expect(appOf(baraka).view().rooms).toEqual([]);

  // They come within reach of each other: from then on they need nobody.
  world.paths.heal(['Asha'], ['Chipo']);
  baraka.crash('killed');
  await until('nobody there', () => [asha, chipo].every((page) => !roomOf(appOf(page), well).people[0]?.here));
});

test('a page that goes is gone from those it was introduced to', async () => {
  const village = createVillage('gone');
  const { world, relay, person, room, until } = village;
  const [asha, baraka, chipo] = [await person('Asha'), await person('Baraka'), await person('Chipo')];
  const well = await room([asha, baraka, chipo]);
  await until('linked', () => [asha, baraka, chipo].every((page) => directIn(page, well) === 2));
  relay.crash('killed');
  chipo.crash('killed');
  await until(
    'noticed',
    () => [asha, baraka].every((page) => roomOf(appOf(page), well).people.filter(({ here }) => here).length === 1),
    120_000,
  );
  await world.runFor(60_000);
  expect(networkOf(asha).links()).toHaveLength(1);
});

/** Each within reach of the next alone, and linked to it. */
async function chain(village: Village, names: readonly string[]): Promise<readonly Page[]> {
  village.relay.crash('killed');
  for (const [at, name] of names.entries()) village.world.paths.cut([name], names.slice(at + 2));
  const pages: Page[] = [];
  for (const name of names) pages.push(await village.person(name));
  for (const [at, page] of pages.slice(1).entries()) await pair(village, pages[at]!, page);
  return pages;
}

test('several neighbours in a row carry for two at the ends, who are of no other room', async () => {
  const village = createVillage('row');
  const { world, room, until } = village;
  const pages = await chain(village, ['A', 'B', 'C', 'D', 'E']);
  const [first, last] = [pages[0]!, pages[4]!];
  const well = await room([first, last]);
  await until('they meet', () => [first, last].every((page) => pathsOf(page, well)[0] === 'through'));
  await world.finish(appOf(first).send(well, 'Can you hear me?'));
  await until('heard', () => textsOf(appOf(last), well).length === 1);
  await until('and known', () => JSON.stringify(messagesOf(appOf(first), well)[0]?.mark) === '{"state":"received","by":1}');

  // One in the middle goes: said while nobody can carry it, it arrives once another way stands.
  pages[2]!.crash('killed');
  await world.finish(appOf(first).send(well, 'And now?'));
  await until('noticed', () => pathsOf(first, well)[0] === null, 300_000);
  const other = await village.person('F');
  await pair(village, pages[1]!, other);
  await pair(village, other, pages[3]!);
  await until('heard again', () => textsOf(appOf(last), well).includes('And now?'), 900_000);
  expect(textsOf(appOf(last), well)).toEqual(['Can you hear me?', 'And now?']);
  for (const page of [pages[1]!, pages[3]!, other]) expect(appOf(page).view().rooms).toEqual([]);
});

test('in a ring nothing runs round: each seek and each message passes each neighbour once', async () => {
  const village = createVillage('ring');
  const { world, room, until } = village;
  const pages = await chain(village, ['A', 'B', 'C', 'D', 'E', 'F']);
  world.paths.heal(['A'], ['F']);
  await pair(village, pages[5]!, pages[0]!);
  const [first, far] = [pages[0]!, pages[3]!];
  const well = await room([first, far]);
  await until('they meet', () => [first, far].every((page) => pathsOf(page, well)[0] === 'through'));
  await world.runFor(30_000);
  const before = world.events();
  await world.finish(appOf(first).send(well, 'Once'));
  await until('heard', () => textsOf(appOf(far), well).length === 1);
  await world.runFor(10_000);
  expect(world.events() - before).toBeLessThan(200);
});

test('who came by the same relay carries for others when it dies, whatever room each is in', async () => {
  const village = createVillage('strangers');
  const { world, relay, person, room, until } = village;
  const [asha, chipo, baraka, daudi] = [
    await person('Asha'),
    await person('Chipo'),
    await person('Baraka'),
    await person('Daudi'),
  ];
  world.paths.cut(['Asha'], ['Chipo']);
  const well = await room([asha, chipo]);
  await room([baraka, daudi]);
  await until('they meet at the relay', () => [asha, chipo].every((page) => pathsOf(page, well)[0] === 'relayed'));
  await until('and have strangers for neighbours', () => [asha, chipo].every((page) => networkOf(page).links().length >= 3));
  relay.crash('killed');
  await until('through whom they go on', () => [asha, chipo].every((page) => pathsOf(page, well)[0] === 'through'), 90_000);
  await world.finish(appOf(asha).send(well, 'It went dark'));
  await until('heard', () => textsOf(appOf(chipo), well).includes('It went dark'));
});
