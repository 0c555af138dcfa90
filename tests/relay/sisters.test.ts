/** Relays that name each other, over real sockets: pages of either meet, and a stranger who poses as one gets nothing. */
import { afterEach, expect, test } from 'vitest';
import { openRelayHost } from '../../src/adapters/libp2p/relay-host.ts';
import { encodeMeet } from '../../src/protocol/meet.ts';
import { encodeSister } from '../../src/protocol/meeting/sister.ts';
import { isRefusal } from '../../src/protocol/refusal.ts';
import { readRelayCard } from '../../src/protocol/relay-card.ts';
import { never, openPerson, topic, until } from '../adapters/people.ts';
import type { Person } from '../adapters/people.ts';
import { openHouse } from '../adapters/relay-house.ts';
import type { RelayHouse } from '../adapters/relay-house.ts';
import { freePort } from './free-port.ts';
import { ask, freshFolder, writeApp } from './http-world.ts';
import { runRelay } from './relay-process.ts';
import type { RelayProcess } from './relay-process.ts';

const doorOf = (port: number): string => `/ip4/127.0.0.1/tcp/${port}/ws`;
const houses: RelayHouse[] = [];
const people: Person[] = [];
afterEach(async () => {
  await Promise.all(people.splice(0).map(({ network }) => network.close()));
  await Promise.all(houses.splice(0).map((house) => house.kill()));
});

async function house(port: number, sisters: readonly number[], identity: number): Promise<RelayHouse> {
  const opened = await openHouse({ port, sisters: sisters.map(doorOf), identityKey: new Uint8Array(32).fill(identity) });
  houses.push(opened);
  return opened;
}

async function person(at: RelayHouse): Promise<Person> {
  const one = await openPerson();
  people.push(one);
  await one.enter(at.address);
  return one;
}

const standing = ({ node }: RelayHouse): number => node.sisters().length;
const names = ({ met }: Person, other: Person): boolean =>
  met.some((frame) =>
    frame.kind === 'met'
      ? frame.peers.includes(other.network.self)
      : frame.kind === 'joined' && frame.peer === other.network.self,
  );
const leaves = ({ met }: Person, other: Person): boolean =>
  met.some((frame) => frame.kind === 'left' && frame.peer === other.network.self);

test('pages of two relays are introduced, whoever came first, and connect by what the relays pass on', async () => {
  const [eastPort, westPort] = [await freePort(), await freePort()];
  const east = await house(eastPort, [westPort], 1);
  const ann = await person(east);
  const west = await house(westPort, [eastPort], 2);
  await until(() => standing(east) === 1 && standing(west) === 1);
  const bob = await person(west);
  await until(() => names(ann, bob) && names(bob, ann));
  const opened = await ann.open(bob);
  expect(opened.state).toBe('open');
  expect(east.node.counts()).toMatchObject({ meet_sisters: 1, meet_sister_pages: 1 });
  await bob.network.close();
  await until(() => leaves(ann, bob));
  expect(east.node.counts()).toMatchObject({ meet_sister_pages: 0 });
});

test('a relay that dies takes its pages along, and is found again once it is back', async () => {
  const [eastPort, westPort] = [await freePort(), await freePort()];
  const [east, west] = [await house(eastPort, [westPort], 1), await house(westPort, [eastPort], 2)];
  await until(() => standing(east) === 1 && standing(west) === 1);
  const [ann, bob] = [await person(east), await person(west)];
  await until(() => names(ann, bob) && names(bob, ann));
  houses.splice(houses.indexOf(west), 1);
  await west.kill();
  await until(() => leaves(ann, bob) && standing(east) === 0);
  ann.met.length = 0;
  const again = await house(westPort, [eastPort], 2);
  await until(() => standing(east) === 1 && standing(again) === 1);
  await bob.enter(again.address);
  await until(() => names(ann, bob));
});

test('who is not named is no sister: it is let wait, heard in nothing, and let go', async () => {
  const [eastPort, westPort] = [await freePort(), await freePort()];
  const east = await house(eastPort, [westPort], 1);
  const west = await house(westPort, [], 2);
  const ann = await person(east);
  const bob = await person(west);
  // Naming is not enough, if the other does not.
  await until(() => east.node.counts()['handshake_upgraded'] === 1);
  const mallory = await openRelayHost({
    identityKey: new Uint8Array(32).fill(3),
    publicAddresses: [],
    direct: null,
    topics: [],
    maxPages: 8,
    mayConnect: true,
    handshakeMs: 5_000,
    log: () => {},
  });
  const opened = await mallory.openSister(doorOf(eastPort), never());
  if (opened.state !== 'open') throw new Error(opened.why);
  opened.link.send(encodeSister({ kind: 'keeps', topics: [topic] }));
  await until(() => opened.link.state() === 'closed');
  expect(east.node.counts()).toMatchObject({ meet_sisters: 0, meet_sister_pages: 0 });
  ann.relay().send(encodeMeet({ kind: 'ping', token: 5 }));
  await until(() => ann.met.some((frame) => frame.kind === 'pong'));
  expect([names(ann, bob), standing(east), standing(west)]).toEqual([false, 0, 0]);
  await mallory.close();
});

test('two processes with --sisters: pages meet, each card says where the other is, and no more once it is killed', async () => {
  const [eastPort, westPort] = [await freePort(), await freePort()];
  const start = (port: number, sister: number): RelayProcess =>
    runRelay([
      ...['--host', '127.0.0.1', '--port', `${port}`, '--webrtc-direct-port', 'off', '--json'],
      ...['--app', writeApp(freshFolder()), '--data', freshFolder(), '--sisters', `http://127.0.0.1:${sister}`],
    ]);
  const sistersOf = async (port: number): Promise<readonly string[]> => {
    const card = readRelayCard(JSON.parse((await ask({ port, path: '/.well-known/wavu.json' })).text));
    return isRefusal(card) ? [card.refused] : card.sisters;
  };
  const cardSays = async (port: number, expected: readonly string[]): Promise<void> => {
    for (let at = 0; at < 100; at += 1) {
      if ((await sistersOf(port)).join() === expected.join()) return;
      await new Promise((resolve) => void setTimeout(resolve, 100));
    }
    throw new Error(`the card at ${port} says ${(await sistersOf(port)).join()}`);
  };
  const [east, west] = [start(eastPort, westPort), start(westPort, eastPort)];
  await Promise.all([east.line, west.line]);
  await cardSays(eastPort, [doorOf(westPort)]);
  await cardSays(westPort, [doorOf(eastPort)]);
  const [ann, bob] = [await openPerson(), await openPerson()];
  people.push(ann, bob);
  await ann.enter(doorOf(eastPort));
  await bob.enter(doorOf(westPort));
  await until(() => names(ann, bob) && names(bob, ann));
  expect((await ann.open(bob)).state).toBe('open');
  west.child.kill('SIGKILL');
  await until(() => leaves(ann, bob));
  await cardSays(eastPort, []);
});
