/** What libp2p alone gets wrong: relays that come back, two dials at once, links that come and go. */
import { randomBytes } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { never, openPerson, until } from './people.ts';
import type { Person } from './people.ts';
import { openHouse } from './relay-house.ts';
import type { RelayHouse } from './relay-house.ts';

const cycles = process.env['WAVU_DEEP'] === undefined ? 6 : 50;
let houses: RelayHouse[] = [];
let people: Person[] = [];
afterEach(async () => {
  await Promise.all(people.map(async (person) => person.network.close()));
  await Promise.all(houses.map(async (house) => house.kill()));
  houses = [];
  people = [];
});

const keepHouse = async (...settings: Parameters<typeof openHouse>): Promise<RelayHouse> => {
  const house = await openHouse(...settings);
  houses.push(house);
  return house;
};
const keepPerson = async (): Promise<Person> => {
  const person = await openPerson();
  people.push(person);
  return person;
};

test('a relay that comes back on its identity is entered again, and introduces its pages as before', async () => {
  const identityKey = new Uint8Array(randomBytes(32));
  const first = await openHouse({ identityKey });
  const [ann, bob] = [await keepPerson(), await keepPerson()];
  await ann.enter(first.address);
  await bob.enter(first.address);
  await first.kill();
  for (const person of [ann, bob]) {
    await until(() => person.closes.length === 1);
    expect(person.network.links()).toEqual([]);
  }
  expect((await ann.network.openRelay(first.address, never())).state).toBe('refused');
  const second = await keepHouse({ identityKey, port: first.port });
  expect(second.node.peerId).toBe(first.node.peerId);
  await ann.enter(second.address);
  await bob.enter(second.address);
  expect(await ann.open(bob)).toMatchObject({ state: 'open' });
}, 30_000);

test('two who dial each other at once end with one link each, and it carries', async () => {
  const house = await keepHouse();
  for (let round = 0; round < 3; round += 1) {
    const [ann, bob] = [await openPerson(), await openPerson()];
    await ann.enter(house.address);
    await bob.enter(house.address);
    const [hers, his] = await Promise.all([ann.open(bob), bob.open(ann)]);
    expect([hers.state, his.state]).toEqual(['open', 'open']);
    if (hers.state !== 'open' || his.state !== 'open') return;
    expect([ann.peers(), bob.peers()]).toEqual([[hers.link], [his.link]]);
    hers.link.send(Uint8Array.of(1));
    his.link.send(Uint8Array.of(2));
    await until(() => ann.frames.length === 1 && bob.frames.length === 1);
    await new Promise((resolve) => void setTimeout(resolve, 300));
    expect([ann.peers().length, bob.peers().length]).toEqual([1, 1]);
    expect([...ann.closes, ...bob.closes]).toEqual([]);
    await Promise.all([ann.network.close(), bob.network.close()]);
  }
}, 60_000);

test('asking twice for the same peer is one link', async () => {
  const house = await keepHouse();
  const [ann, bob] = [await keepPerson(), await keepPerson()];
  await ann.enter(house.address);
  await bob.enter(house.address);
  const both = await Promise.all([ann.open(bob), ann.open(bob)]);
  expect(both.map((opened) => opened.state)).toEqual(['open', 'open']);
  expect(ann.peers()).toHaveLength(1);
  expect(await ann.open(bob)).toMatchObject({ state: 'open', link: ann.peers()[0] });
}, 30_000);

test(`links to a relay and to a peer come and go ${cycles} times and leave nothing behind`, async () => {
  const house = await keepHouse();
  const ann = await keepPerson();
  await ann.enter(house.address);
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    const bob = await openPerson();
    await bob.enter(house.address);
    expect(await bob.open(ann)).toMatchObject({ state: 'open' });
    await until(() => ann.peers().length === 1);
    if (cycle % 2 === 0) for (const link of bob.network.links()) link.close();
    await bob.network.close();
    await until(() => ann.peers().length === 0);
  }
  await until(() => house.node.counts()['meet_pages'] === 1);
  expect(ann.network.links()).toHaveLength(1);
  expect(house.node.counts()).toMatchObject({
    connections: 0,
    meet_topics: 1,
    socket_sockets: 1,
    socket_half_open: 0,
  });
}, 240_000);
