/** Relays that name each other are one mesh: whoever came by one meets those of the others, and of the relays any may die. */
import { expect, test } from 'vitest';
import type { RoomId } from '../../src/protocol/ids.ts';
import { encodeSister } from '../../src/protocol/meeting/sister.ts';
import { createWorld } from '../../src/adapters/memory/world.ts';
import type { World } from '../../src/adapters/memory/world.ts';
import { createPage, createRelay } from '../simulation/page.ts';
import type { Page, Relay } from '../simulation/page.ts';
import { appOf, hereIn, linksOf, meetingsIn, textsOf } from './village.ts';

const addressOf = (name: string): string => `/memory/${name}`;

interface Town extends ReturnType<typeof meetingsIn> {
  readonly world: World;
  readonly relays: ReadonlyMap<string, Relay>;
  readonly logged: { readonly node: string; readonly event: string; readonly why: unknown }[];
  person(name: string, relay: string): Promise<Page>;
}

/** Each relay, and whom it names. */
function createTown(seed: string, sisters: Readonly<Record<string, readonly string[]>>, maxPages = 100): Town {
  const logged: Town['logged'] = [];
  const world = createWorld({ seed, onLog: (node, event, facts) => void logged.push({ node, event, why: facts?.['why'] }) });
  const relays = new Map(
    Object.entries(sisters).map(([name, named]) => {
      const relay = createRelay(world, name, { address: addressOf(name), sisters: named.map(addressOf), maxPages });
      relay.start();
      return [name, relay] as const;
    }),
  );
  return {
    world,
    relays,
    logged,
    person: async (name, relay) => {
      const page = createPage(world, name, addressOf(relay), () => undefined);
      await world.finish((await world.finish(page.start([]))).app.nameMe(name));
      return page;
    },
    // A link of an open room names no relay.
    ...meetingsIn(world),
  };
}

async function talk({ world, until }: Town, pages: readonly Page[], room: RoomId, text: string): Promise<void> {
  for (const page of pages) await world.finish(appOf(page).send(room, `${text} of ${page.node.name}`));
  await until(`${text}: heard by all`, () =>
    pages.every((page) => pages.every(({ node }) => textsOf(appOf(page), room).includes(`${text} of ${node.name}`))),
  );
}

test('a page of each of two relays meet in a room, with no word of a relay in the link, and get a direct link', async () => {
  const town = createTown('two sisters', { east: ['west'], west: ['east'] });
  const [asha, baraka] = [await town.person('Asha', 'east'), await town.person('Baraka', 'west')];
  const room = await town.room([asha, baraka]);
  await town.until('both there', () => [asha, baraka].every((page) => hereIn(page, room) === 1));
  await talk(town, [asha, baraka], room, 'Hello');
  await town.until('linked', () => [asha, baraka].every((page) => linksOf(page).includes('peer')));
});

test('naming is not enough: where one of two names the other and is not named, pages stay apart, and it asks ever more rarely', async () => {
  const town = createTown('one names', { east: ['west'], west: [] });
  const [asha, baraka] = [await town.person('Asha', 'east'), await town.person('Baraka', 'west')];
  const room = await town.room([asha, baraka]);
  await town.world.runFor(60_000);
  expect([hereIn(asha, room), hereIn(baraka, room)]).toEqual([0, 0]);
  const asked = (): number => town.logged.filter(({ event }) => event === 'sister-closed' || event === 'sister-not-open').length;
  await town.world.runFor(600_000);
  const before = asked();
  await town.world.runFor(600_000);
  expect([before > 3, asked() - before <= 4]).toEqual([true, true]);
});

test('three relays that all name each other, one of them itself as well: everybody is there once', async () => {
  const town = createTown('three', { east: ['west', 'south', 'east'], west: ['south', 'east'], south: ['east', 'west'] });
  const pages = [await town.person('Asha', 'east'), await town.person('Baraka', 'west'), await town.person('Chiku', 'south')];
  const room = await town.room(pages);
  await town.until('all there', () => pages.every((page) => hereIn(page, room) === 2));
  await talk(town, pages, room, 'Hello');
  for (const page of pages) {
    for (const { node } of pages) {
      expect(textsOf(appOf(page), room).filter((text) => text === `Hello of ${node.name}`)).toHaveLength(1);
    }
  }
});

test('one of two dies: who came by it goes on by the other, new ones as well, and goes back to its own when that returns', async () => {
  const town = createTown('one dies', { east: ['west'], west: ['east'] });
  const { world, relays, until } = town;
  const [asha, baraka] = [await town.person('Asha', 'east'), await town.person('Baraka', 'west')];
  const room = await town.room([asha, baraka]);
  await until('both there', () => [asha, baraka].every((page) => hereIn(page, room) === 1));
  // It knows where else to go from the card alone.
  await world.runFor(5_000);
  expect(linksOf(baraka).filter((end) => end === 'relay')).toHaveLength(1);
  relays.get('west')!.crash('killed');
  // Without any link left, and without its relay.
  baraka.crash('killed');
  await world.finish(baraka.start([room]));
  await until('back', () => hereIn(baraka, room) === 1, 15_000);
  expect(appOf(baraka).view().mesh.relay).toMatchObject({ address: addressOf('east'), state: 'open' });
  await talk(town, [asha, baraka], room, 'In the dark');
  relays.get('west')!.start();
  await until('home', () => appOf(baraka).view().mesh.relay?.address === addressOf('west'), 30_000);
  await world.runFor(60_000);
  expect(linksOf(baraka).filter((end) => end === 'relay')).toHaveLength(1);
  expect(hereIn(baraka, room)).toBe(1);
  await talk(town, [asha, baraka], room, 'In the morning');
});

test('a sister cut off and healed is found again, and rooms are whole', async () => {
  const town = createTown('cut', { east: ['west'], west: ['east'] });
  const { world, until } = town;
  const [asha, baraka] = [await town.person('Asha', 'east'), await town.person('Baraka', 'west')];
  world.paths.cut(['east', 'Asha'], ['west', 'Baraka']);
  const room = await town.room([asha, baraka]);
  await world.runFor(120_000);
  expect(hereIn(asha, room)).toBe(0);
  world.paths.heal();
  await until('met', () => [asha, baraka].every((page) => hereIn(page, room) === 1), 180_000);
  await talk(town, [asha, baraka], room, 'At last');
});

test('a relay that has no room for one more: they come in by the other, and everybody meets', async () => {
  const town = createTown('no room', { east: ['west'], west: ['east'] }, 2);
  const pages = [await town.person('Asha', 'east'), await town.person('Baraka', 'east')];
  await town.world.runFor(5_000);
  pages.push(await town.person('Chiku', 'east'));
  const room = await town.room(pages);
  await town.until('all there', () => pages.every((page) => hereIn(page, room) === 2), 20_000);
  expect(appOf(pages[2]).view().mesh.relay).toMatchObject({ address: addressOf('west'), state: 'open' });
  await talk(town, pages, room, 'Hello');
});

test('a sister that babbles is closed, blamed by name, and asked again only minutes later; those who came here go on', async () => {
  const town = createTown('babble', { east: ['west'] });
  const { world, logged, until } = town;
  const [asha, baraka] = [await town.person('Asha', 'east'), await town.person('Baraka', 'east')];
  const room = await town.room([asha, baraka]);
  const network = world
    .node('west', { role: 'relay', address: addressOf('west') })
    .start()
    .network();
  let dials = 0;
  network.listen({
    onOpen: (link) => {
      if (link.opener === 'us') return;
      dials += 1;
      link.send(encodeSister({ kind: 'welcome' }));
    },
    onFrame: () => undefined,
    onClose: () => undefined,
  });
  const opened = await world.finish(network.openRelay(addressOf('east'), new AbortController().signal));
  if (opened.state !== 'open') throw new Error(opened.why);
  await until('stands', () => logged.some(({ event }) => event === 'sister-stands'));
  for (let at = 0; at < 20; at += 1) opened.link.send(Uint8Array.of(7, at));
  await until('closed', () => logged.some(({ event, why }) => event === 'sister-closed' && why === 'strikes'), 5_000);
  const { link } = opened;
  await until('told', () => link.state() === 'closed', 5_000);
  const before = dials;
  await world.runFor(120_000);
  expect(dials).toBe(before);
  await talk(town, [asha, baraka], room, 'Hello');
});
