/** People of two relays: an invite says where to meet, and of the two either may die. */
import { expect, test } from 'vitest';
import type { Core } from '../../src/app/core.ts';
import { createRelays } from '../../src/app/mesh/relays.ts';
import type { Network } from '../../src/ports/network.ts';
import type { RoomId } from '../../src/protocol/ids.ts';
import { createPage, createRelay } from '../simulation/page.ts';
import type { Page } from '../simulation/page.ts';
import { address, appOf, createVillage, hereIn, linksOf, roomOf, textsOf, withRelays } from './village.ts';
import type { Village } from './village.ts';

const farAddress = '/memory/far-relay';
const deadAddress = '/memory/nobody';

const relaysOf = (page: Page): number => linksOf(page).filter((end) => end === 'relay').length;

interface Story {
  readonly village: Village;
  readonly far: ReturnType<typeof createRelay>;
  /** Came by the village's relay, and knows the far one by an invite. */
  readonly asha: Page;
  /** Came by the far relay, and knows no other. */
  readonly baraka: Page;
  readonly room: RoomId;
}

async function met(seed: string, relays: readonly string[]): Promise<Story> {
  const village = createVillage(seed);
  const { world, person, until } = village;
  const far = createRelay(world, 'far relay', { address: farAddress });
  far.start();
  const asha = await person('Asha');
  const baraka = createPage(world, 'Baraka', farAddress, () => undefined);
  await world.finish((await world.finish(baraka.start([]))).app.nameMe('Baraka'));
  const room = await world.finish(appOf(baraka).startRoom('The well', 'members'));
  if (room === null) throw new Error('no room');
  await world.finish(appOf(baraka).show(room));
  await world.finish(appOf(asha).joinRoom(withRelays(village, await world.finish(appOf(baraka).invite(room)), relays)));
  await until('let in', () =>
    appOf(asha)
      .view()
      .rooms.some(({ id, stage }) => id === room && stage === 'in'),
  );
  await world.finish(appOf(asha).show(room));
  await until('both there', () => [asha, baraka].every((page) => hereIn(page, room) === 1));
  return { village, far, asha, baraka, room };
}

async function talk({ village: { world, until }, asha, baraka, room }: Story, text: string): Promise<void> {
  await world.finish(appOf(asha).send(room, `${text} of Asha`));
  await world.finish(appOf(baraka).send(room, `${text} of Baraka`));
  await until(`${text}: heard`, () =>
    [asha, baraka].every((page) => ['Asha', 'Baraka'].every((name) => textsOf(appOf(page), room).includes(`${text} of ${name}`))),
  );
}

test('where others meet a page it says without its own relay, while that does not let it in', async () => {
  const { world } = createVillage('shut');
  const life = world.node('page').start();
  const relays = createRelays({ ...life, log: () => undefined } as unknown as Core, life.network(), {
    onOpen: () => undefined,
    onChange: () => undefined,
  });
  relays.lookAt([address]);
  expect(await world.runUntil(() => relays.own() !== null, 10_000)).toBe(true);
  expect([relays.metAt(false), relays.metAt(true)]).toEqual([[address], []]);
  relays.close();
});

test('they meet at the relay that the invite names, one that is dead before it', async () => {
  const story = await met('two relays', [deadAddress, farAddress]);
  expect([relaysOf(story.asha), relaysOf(story.baraka)]).toEqual([2, 1]);
  await talk(story, 'Hello');
});

test('the own relay dies: who comes back without any link left meets the others at the other, which it kept', async () => {
  const story = await met('own dies', [farAddress]);
  const { village, asha, room } = story;
  village.relay.crash('killed');
  asha.crash('killed');
  await village.world.finish(asha.start([room]));
  await village.until('back', () => hereIn(asha, room) === 1, 30_000);
  // It says whose place it takes, until our own is there again.
  expect(appOf(asha).view().mesh).toMatchObject({
    relay: { address: farAddress, state: 'open', standIn: { away: address, how: 'open' } },
    others: [{ address: farAddress, state: 'open' }],
  });
  await talk(story, 'After the night');
  village.relay.start();
  await village.until('its own again', () => appOf(asha).view().mesh.relay?.address === address);
  expect(appOf(asha).view().mesh.relay).toMatchObject({ state: 'open', standIn: null });
});

test('the other dies: they go on, and it is found again once it is back', async () => {
  const story = await met('other dies', [farAddress]);
  const { village, far, asha, baraka, room } = story;
  await village.until('linked', () => linksOf(baraka).includes('peer'));
  far.crash('killed');
  await talk(story, 'In the dark');
  expect([relaysOf(asha), relaysOf(baraka)]).toEqual([1, 0]);
  far.start();
  await village.until('both relays again', () => relaysOf(asha) === 2 && relaysOf(baraka) === 1, 60_000);
  expect(hereIn(asha, room)).toBe(1);
});

const otherName = '/memory/relay-by-another-name';
/** A relay behind a second name, as hosts and proxies give it one. */
const byBothNames = (network: Network): Network => ({
  ...network,
  openRelay: (at, signal) => network.openRelay(at === otherName ? address : at, signal),
});

test.each([address, otherName])('an invite that names our own relay, as %s, opens no second link there', async (named) => {
  let opened = 0;
  const count = (network: Network): Network => ({
    ...network,
    openRelay: (at, signal) => {
      opened += 1;
      return network.openRelay(at, signal);
    },
  });
  const village = createVillage(`own again, ${named}`, { page: () => ({ network: (network) => count(byBothNames(network)) }) });
  const { world, person, until } = village;
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  const room = await world.finish(appOf(baraka).startRoom('The well', 'members'));
  const link = await world.finish(appOf(baraka).invite(room!));
  await world.finish(appOf(asha).joinRoom(withRelays(village, link, [named])));
  await until('let in', () =>
    appOf(asha)
      .view()
      .rooms.some(({ stage }) => stage === 'in'),
  );
  await world.runFor(60_000);
  expect(relaysOf(asha)).toBe(1);
  // Each its own; and once more where its name did not tell, which closed the first.
  expect(opened).toBeLessThanOrEqual(named === address ? 2 : 4);
  village.relay.crash('killed');
  await world.runFor(60_000);
  opened = 0;
  village.relay.start();
  await until('its relay again', () => relaysOf(asha) === 1 && relaysOf(baraka) === 1);
  await world.runFor(60_000);
  expect([opened, relaysOf(asha)]).toEqual([2, 1]);
});

test('a dead relay is asked ever more rarely', async () => {
  const refused: number[] = [];
  const village = createVillage('dead relay');
  const { world, person } = village;
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  const room = await world.finish(appOf(baraka).startRoom('The well', 'members'));
  const link = await world.finish(appOf(baraka).invite(room!));
  const before = village.refusals().length;
  await world.finish(appOf(asha).joinRoom(withRelays(village, link, [deadAddress])));
  for (let minute = 0; minute < 60; minute += 1) {
    await world.runFor(60_000);
    refused.push(
      village
        .refusals()
        .slice(before)
        .filter((why) => why === 'unreachable').length,
    );
  }
  expect(refused[9]).toBeGreaterThan(3);
  expect(refused[59]! - refused[19]!).toBeLessThanOrEqual(8);
});

/** Two people of two relays, no invite between them yet. */
async function apart(seed: string): Promise<Omit<Story, 'room'>> {
  const village = createVillage(seed);
  const { world, person } = village;
  const far = createRelay(world, 'far relay', { address: farAddress });
  far.start();
  const asha = await person('Asha');
  const baraka = createPage(world, 'Baraka', farAddress, () => undefined);
  await world.finish((await world.finish(baraka.start([]))).app.nameMe('Baraka'));
  return { village, far, asha, baraka };
}
const othersOf = (page: Page): unknown => appOf(page).view().mesh.others;

test('a relay that a person names is linked at once, and they meet whom its own people know; it is remembered, and forgotten', async () => {
  const story = await apart('named by hand');
  const { village, asha, baraka } = story;
  const { world, until } = village;
  expect(await world.finish(appOf(asha).addRelay(farAddress))).toBeNull();
  expect(othersOf(asha)).toEqual([{ address: farAddress, state: 'open' }]);
  const room = await world.finish(appOf(asha).startRoom('The well', 'open'));
  await world.finish(appOf(asha).show(room!));
  await world.finish(appOf(baraka).joinRoom(roomOf(appOf(asha), room!).invite!));
  await world.finish(appOf(baraka).show(room!));
  await until('both there', () => [asha, baraka].every((page) => hereIn(page, room!) === 1));
  await talk({ ...story, room: room! }, 'Hello');
  asha.crash('killed');
  await world.finish(asha.start([room!]));
  await until('linked again', () => relaysOf(asha) === 2, 30_000);
  expect(othersOf(asha)).toEqual([{ address: farAddress, state: 'open' }]);
  await world.finish(appOf(asha).forgetRelay(farAddress));
  await until('the link gone', () => relaysOf(asha) === 1);
  expect(othersOf(asha)).toEqual([]);
  asha.crash('killed');
  await world.finish(asha.start([room!]));
  await world.runFor(10_000);
  expect([relaysOf(asha), othersOf(asha)]).toEqual([1, []]);
});

test('what does not answer, is our own or no address is refused by name, and not remembered', async () => {
  const { village, asha } = await apart('refused');
  const { world } = village;
  const add = (text: string): Promise<unknown> => world.finish(appOf(asha).addRelay(text));
  expect(await add(deadAddress)).toBe('unreachable');
  expect(await add(address)).toBe('own');
  expect(await add('hello')).toBe('unreadable');
  expect(await add('x'.repeat(100_000))).toBe('unreadable');
  expect(othersOf(asha)).toEqual([]);
  expect(relaysOf(asha)).toBe(1);
});

test('asking is called off, also by asking again; the last one named is the one that is linked', async () => {
  const { village, far, asha } = await apart('called off');
  const { world, until } = village;
  const third = createRelay(world, 'third relay', { address: '/memory/third' });
  third.start();
  const first = appOf(asha).addRelay(farAddress);
  const second = appOf(asha).addRelay('/memory/third');
  expect(await world.finish(first)).toBe('stopped');
  expect(await world.finish(second)).toBeNull();
  expect(othersOf(asha)).toEqual([{ address: '/memory/third', state: 'open' }]);
  expect(await world.finish(appOf(asha).addRelay(farAddress))).toBeNull();
  expect(othersOf(asha)).toEqual([
    { address: farAddress, state: 'open' },
    { address: '/memory/third', state: 'resting' },
  ]);
  const called = appOf(asha).addRelay(deadAddress);
  void appOf(asha).stopAddingRelay();
  expect(await world.finish(called)).toBe('stopped');
  // One dies: the other remembered one takes its place.
  far.crash('killed');
  await until('the third', () => JSON.stringify(othersOf(asha)).includes('{"address":"/memory/third","state":"open"}'), 60_000);
  expect(relaysOf(asha)).toBe(2);
});

test('an invite makes nobody knock at the machines of their own house, however it spells them', async () => {
  const knocked: string[] = [];
  const note = (network: Network): Network => ({
    ...network,
    openRelay: (at, signal) => {
      knocked.push(at);
      return network.openRelay(at, signal);
    },
  });
  const village = createVillage('round the house', { page: () => ({ network: note }) });
  const { world, person } = village;
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  const room = await world.finish(appOf(baraka).startRoom('The well', 'members'));
  const link = await world.finish(appOf(baraka).invite(room!));
  const hosts = [
    ...[
      'ip4/192.168.1.1',
      'ip4/127.0.0.1',
      'ip4/0.0.0.0',
      'ip4/100.64.0.1',
      'ip4/0300.0250.1.1',
      'ip6/::1',
      'ip6/::ffff:192.168.1.1',
    ],
    ...[
      'ip6/0:0:0:0:0:0:0:1',
      'dns4/localhost',
      'dns4/LOCALHOST.',
      'dns/app.localhost',
      'dns4/printer',
      'dns6/router.lan',
      'dns4/a.home.arpa',
    ],
    ...['dns4/127.1', 'dns4/0x7f.1', 'dns4/2130706433', 'dns4/192.168.1.1', 'dnsaddr/nas.local'],
    // What stands first is not always where a browser goes.
    ...['ip4/8.8.8.8/tcp/443/tls/sni/router.lan', 'dns4/wavu.example/tcp/443/tls/sni/192.168.1.1'],
    ...['ip6zone/x/ip6/fd00::1', 'dns4/192.168.1.%31'],
  ];
  for (let at = 0; at < hosts.length; at += 2) {
    const relays = hosts.slice(at, at + 2).map((host) => `/${host.includes('/tcp/') ? host : `${host}/tcp/8470/tls`}/ws`);
    await world.finish(appOf(asha).joinRoom(withRelays(village, link, relays)));
  }
  await world.runFor(600_000);
  expect(knocked.filter((at) => at !== address)).toEqual([]);
  const fair = '/dns4/wavu.example/tcp/443/tls/ws';
  await world.finish(appOf(asha).joinRoom(withRelays(village, link, [fair, '/ip4/192.0.2.7/tcp/443/tls/ws'])));
  await world.runFor(60_000);
  expect(knocked).toContain(fair);
});
