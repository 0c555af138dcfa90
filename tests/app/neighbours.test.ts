/** Neighbours introduce each other as the relay does: it dies, and chat, new connections and coming back go on. */
import { expect, test } from 'vitest';
import type { Network } from '../../src/ports/network.ts';
import type { RoomId } from '../../src/protocol/ids.ts';
import type { Page } from '../simulation/page.ts';
import { appOf, createVillage, messagesOf, roomOf, textsOf } from './village.ts';
import type { Village } from './village.ts';

const networkOf = (page: Page): Network => {
  const running = page.running();
  if (running === null) throw new Error('nobody is running there');
  return running.life.network();
};

/** Two codes, shown and scanned. */
async function pair({ world }: Village, one: Page, other: Page): Promise<void> {
  const offer = await world.finish(networkOf(one).offer(never()));
  const answer = await world.finish(networkOf(other).answer(offer.bytes, never()));
  if (answer.state !== 'answered') throw new Error(answer.why);
  const [here, there] = await world.finish(Promise.all([offer.accept(answer.bytes), answer.opened]));
  expect([here.state, there.state]).toEqual(['open', 'open']);
}

const never = (): AbortSignal => new AbortController().signal;
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
