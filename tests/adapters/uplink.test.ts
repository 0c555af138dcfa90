/** The whole app on real sockets, channels and a real relay: one at the relay and one without any talk by a stranger who has both. */
import { randomBytes } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { createDisk, diskRules } from '../../src/adapters/memory/disk.ts';
import { createRandom } from '../../src/adapters/memory/random.ts';
import { openNetwork } from '../../src/adapters/libp2p/page.ts';
import { nodeCryptoSuite } from '../../src/adapters/node-crypto/suite.ts';
import type { App } from '../../src/app/app.ts';
import { createHere } from '../../src/app/here/here.ts';
import { openMembersWith } from '../../src/app/members/open.ts';
import { openPairingWith } from '../../src/app/pairing/open.ts';
import { startApp } from '../../src/app/start.ts';
import type { MessageView, PersonView } from '../../src/app/view.ts';
import type { Carry, Network } from '../../src/ports/network.ts';
import type { OpenedStorage } from '../../src/ports/storage.ts';
import type { RoomId } from '../../src/protocol/ids.ts';
import { createConnection, never, until } from './people.ts';
import { openHouse, systemClock } from './relay-house.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

interface Device {
  readonly app: App;
  readonly network: Network;
}

/** Who cannot connect finds no address of its own. */
const nowhere: typeof createConnection = (configuration) => createConnection({ ...configuration, iceTransportPolicy: 'relay' });

async function openDevice(name: string, door: string | null, connect = createConnection): Promise<Device> {
  const network = await openNetwork({ log: () => {}, createConnection: connect });
  const app = await startApp({
    clock: systemClock,
    entropy: { bytes: (length) => new Uint8Array(randomBytes(length)) },
    log: () => {},
    loadMembers: async () => openMembersWith(nodeCryptoSuite),
    loadHere: async () => createHere,
    loadPairing: async () => openPairingWith(nodeCryptoSuite),
    readCard: async () => null,
    ...(door === null ? {} : { firstDoor: door }),
    network: Promise.resolve(network),
    storage: Promise.resolve(openDisk()),
  });
  closing.push(() => app.close());
  await app.nameMe(name);
  return { app, network };
}

function openDisk(): OpenedStorage {
  const disk = createDisk(diskRules, createRandom('disk'));
  return {
    state: 'open',
    storage: {
      get: async (key) => disk.get(key),
      range: async (wanted) => disk.range(wanted),
      commit: async (batch) => disk.apply(batch, systemClock.ticksMs()),
      close: async () => undefined,
    },
  };
}

/** Who came near each other, however: their signals cross by hand. */
async function link(one: Network, other: Network): Promise<void> {
  const carry =
    (from: Network, to: Network): Carry =>
    (bytes) => {
      to.takeSignal(from.self, bytes, carry(to, from));
      return true;
    };
  expect(await one.openPeer(other.self, carry(one, other), never())).toMatchObject({ state: 'open' });
}

const personIn = ({ app }: Device, room: RoomId): PersonView | undefined =>
  app.view().rooms.find(({ id }) => id === room)?.people[0];
const said = ({ app }: Device, room: RoomId, text: string): MessageView | undefined =>
  app.view().timelines[room]?.messages.find((message) => message.text === text);

test('two who cannot connect talk over the relay and a neighbour, and their marks are true', async () => {
  const house = await openHouse();
  closing.push(() => house.kill());
  const asha = await openDevice('Asha', house.address, nowhere);
  const baraka = await openDevice('Baraka', house.address);
  const chipo = await openDevice('Chipo', null);
  const room = await asha.app.startRoom('The well', 'open');
  if (room === null) throw new Error('no room');
  await asha.app.show(room);
  await chipo.app.joinRoom(asha.app.view().rooms[0]?.invite ?? '');
  await chipo.app.show(room);
  await link(baraka.network, chipo.network);
  await until(() => personIn(asha, room)?.here === true && personIn(chipo, room)?.here === true, 20_000);
  expect([personIn(asha, room)?.path, personIn(chipo, room)?.path]).toEqual(['relayed', 'through']);
  await asha.app.send(room, 'Can you hear me?');
  await chipo.app.send(room, 'Yes');
  await until(() => said(chipo, room, 'Can you hear me?') && said(asha, room, 'Yes'));
  await until(() => JSON.stringify(said(asha, room, 'Can you hear me?')?.mark) === '{"state":"received","by":1}');
  await until(() => JSON.stringify(said(chipo, room, 'Yes')?.mark) === '{"state":"received","by":1}');
  expect(baraka.app.view().rooms).toEqual([]);
  expect(house.node.counts()).toMatchObject({ meet_pages: 2, meet_guests: 1 });
  expect(house.node.counts()['meet_guests_carried']).toBeGreaterThan(0);
}, 60_000);
