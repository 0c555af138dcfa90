/** Which relays a device knows beside its own, in which order it tries them, and which it forgets. */
import { expect, test } from 'vitest';
import { createWorld } from '../../src/adapters/memory/world.ts';
import type { World } from '../../src/adapters/memory/world.ts';
import { createAddressBook } from '../../src/app/mesh/address-book.ts';
import type { AddressBook } from '../../src/app/mesh/address-book.ts';
import { createLane } from '../../src/app/lane.ts';
import { storageOf } from '../simulation/two-nodes.ts';

const door = (name: string | number): string => `/dns4/relay-${name}.example/tcp/443/wss`;
const dayMs = 86_400_000;

/** As after a start of this device. */
async function bookIn(world: World): Promise<AddressBook> {
  const life = world.node('a').start();
  const storage = await storageOf(world, life);
  const commit = async (writes: Parameters<typeof storage.commit>[0]['writes'], durability: 'strict' | 'relaxed') =>
    (await storage.commit({ writes, durability })).state === 'committed';
  const book = createAddressBook({ clock: life.clock, lane: createLane(), storage, commit });
  await world.finish(book.load());
  return book;
}
const names = (book: AddressBook): readonly string[] => book.doors().map(({ address }) => address);
async function again(world: World): Promise<AddressBook> {
  await world.runFor(1_000);
  world.node('a').crash('killed');
  return bookIn(world);
}

test('whoever answered last comes first, also after a start; whoever did not comes last', async () => {
  const world = createWorld({ seed: 'order' });
  const book = await bookIn(world);
  expect(book.learn([door(1), door(2), door(3)], 'invite')).toBe(true);
  expect(book.learn([door(2)], 'mesh')).toBe(false);
  book.failed(door(1));
  expect(names(book)).toEqual([door(2), door(3), door(1)]);
  void book.answered(door(3));
  expect(names(await again(world))).toEqual([door(3), door(2), door(1)]);
});

test('one of our mesh that a person names as well is a person’s from then on, and not the other way round', async () => {
  const book = await bookIn(createWorld({ seed: 'named' }));
  book.learn([door(1), door(2)], 'mesh');
  expect(book.learn([door(1)], 'invite')).toBe(true);
  expect(book.learn([door(1)], 'mesh')).toBe(false);
  expect(book.doors().map(({ address, from }) => `${from} ${address}`)).toEqual([`invite ${door(1)}`, `mesh ${door(2)}`]);
});

test('invites that name relay after relay do not make us forget those that answered, nor these keep out new ones', async () => {
  const world = createWorld({ seed: 'crowded out' });
  const book = await bookIn(world);
  for (const at of [1, 2, 3, 4, 5, 6]) {
    book.learn([door(at)], 'invite');
    void book.answered(door(at));
  }
  for (let at = 10; at < 30; at += 4)
    book.learn(
      [0, 1, 2, 3].map((more) => door(at + more)),
      'invite',
    );
  const left = [door(26), door(27), door(28), door(29), door(6), door(5), door(4), door(3)];
  expect(names(book)).toEqual(left);
  const later = await again(world);
  expect(names(later)).toEqual(left);
  later.learn([door(40), door(41), door(42), door(43)], 'invite');
  expect(names(later)).toEqual([40, 41, 42, 43, 6, 5, 4, 3].map(door));
});

test('what has not answered for a month is forgotten', async () => {
  const world = createWorld({ seed: 'month' });
  let book = await bookIn(world);
  book.learn([door(1), door(2)], 'invite');
  await world.runFor(20 * dayMs);
  void book.answered(door(2));
  await world.runFor(11 * dayMs);
  book = await again(world);
  expect(names(book)).toEqual([door(2)]);
  void book.forget((each) => each === door(2));
  expect(names(await again(world))).toEqual([]);
});

test('many are named: the newest eight of each kind stay, and neither pushes the other out', async () => {
  const world = createWorld({ seed: 'many' });
  const book = await bookIn(world);
  book.learn([door('friend')], 'invite');
  for (let at = 0; at < 100; at += 1) book.learn([door(at)], 'mesh');
  const doors = (await again(world)).doors();
  expect(doors.map(({ address, from }) => `${from} ${address}`)).toEqual([
    ...[99, 98, 97, 96, 95, 94, 93, 92].map((at) => `mesh ${door(at)}`),
    `invite ${door('friend')}`,
  ]);
});

test('what is no address is not kept, and neither is one twice under the name behind it', async () => {
  const world = createWorld({ seed: 'no address' });
  const book = await bookIn(world);
  expect(book.learn(['', 'https://x', `/dns4/${'w'.repeat(200)}/tcp/1/ws`, '/dns4/a b/tcp/1/ws'], 'mesh')).toBe(false);
  expect(book.learn([door(1), `${door(1)}/p2p/12D3KooWx`], 'mesh')).toBe(true);
  expect(book.learn([`${door(1)}/p2p/12D3KooWx`], 'mesh')).toBe(false);
  expect(names(book)).toEqual([door(1)]);
});

test('a list of an earlier version, and one that is spoiled, are read as far as they go', async () => {
  const world = createWorld({ seed: 'old list' });
  const storage = await storageOf(world, world.node('a').start());
  const text = `${door(1)}\n${door(2)} mesh nonsense\nspoiled\n${door(3)} mesh 9999999`;
  const put = { op: 'put', key: 'relay/others', value: new TextEncoder().encode(text) } as const;
  await world.finish(storage.commit({ writes: [put], durability: 'strict' }));
  world.node('a').crash('killed');
  const book = await bookIn(world);
  expect(book.doors().map(({ address, from }) => `${from} ${address}`)).toEqual([`invite ${door(1)}`, `mesh ${door(3)}`]);
  await world.runFor(31 * dayMs);
  void book.answered(door(1));
  expect(names(await again(world))).toEqual([door(1)]);
});
