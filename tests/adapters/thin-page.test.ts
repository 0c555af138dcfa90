/** A page at a thin door: where it may be used, whom it believes, and that libp2p comes later, over the same socket. */
import { generateKeyPair, publicKeyFromRaw } from '@libp2p/crypto/keys';
import { peerIdFromPublicKey } from '@libp2p/peer-id';
import { afterEach, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import type { WebSocket as Accepted } from 'ws';
import type { AddressInfo } from 'node:net';
import { createKey, makeHeadStart } from '../../src/adapters/libp2p/head-start.ts';
import { openNetwork } from '../../src/adapters/libp2p/page.ts';
import type { LoadNode } from '../../src/adapters/libp2p/page.ts';
import { createNobleKey } from '../../src/adapters/libp2p/page-key.ts';
import { toPeerId } from '../../src/adapters/libp2p/peer-ids.ts';
import * as thin from '../../src/adapters/libp2p/thin-bytes.ts';
import { thinPlaceOf } from '../../src/adapters/libp2p/thin-place.ts';
import { encodeMeet } from '../../src/protocol/meet.ts';
import { createConnection, never, openPerson, until } from './people.ts';
import type { Person } from './people.ts';
import { openHouse } from './relay-house.ts';
import type { RelayHouse } from './relay-house.ts';

let closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.toReversed()) await close();
  closing = [];
});
const keep = <Kept>(kept: Kept, close: (kept: Kept) => Promise<unknown>): Kept => {
  closing.push(() => close(kept));
  return kept;
};
const keepHouse = async (): Promise<RelayHouse> => keep(await openHouse(), (house) => house.kill());
const loadNode: LoadNode = () => import('../../src/adapters/libp2p/node.ts');

test('only where nobody on the way can read is the door thin: wss, or this machine', () => {
  const relay = '12D3KooWGC6TvWhfapngX6wvJHMYvKpDMXPb3ZnCZ6dMoaMtimQ5';
  const places = {
    '/ip4/127.0.0.1/tcp/8470/ws': 'ws://127.0.0.1:8470/',
    '/dns4/localhost/tcp/8470/ws': 'ws://localhost:8470/',
    '/ip6/::1/tcp/8470/ws': 'ws://[::1]:8470/',
    '/dns4/wavu.example/tcp/443/wss': 'wss://wavu.example/',
    '/dns4/wavu.example/tcp/8470/tls/ws': 'wss://wavu.example:8470/',
    '/ip4/192.168.1.4/tcp/443/tls/sni/wavu.example/ws': 'wss://wavu.example/',
  };
  for (const [address, url] of Object.entries(places)) {
    expect(thinPlaceOf(address)).toEqual({ url, relay: null, address });
    expect(thinPlaceOf(`${address}/p2p/${relay}`)).toEqual({ url, relay, address });
  }
  for (const address of [
    '/ip4/192.168.1.4/tcp/8470/ws',
    '/dns4/wavu.example/tcp/80/ws',
    '/dns4/localhost.wavu.example/tcp/80/ws',
    '/dns4/127.0.0.1.wavu.example/tcp/80/ws',
    '/dns4/localhost:1@wavu.example/tcp/80/ws',
    '/ip6/fe80::1/tcp/8470/ws',
    '/ip4/127.0.0.1/udp/8470/webrtc-direct/certhash/uEiAAAA',
    '/ip4/127.0.0.1/tcp/8470/ws/p2p/QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N',
    '/ip4/127.0.0.1/tcp/99999/ws',
    'no address at all',
  ]) {
    expect([address, thinPlaceOf(address)]).toEqual([address, null]);
  }
});

test('names of keys are those libp2p computes', async () => {
  for (let round = 0; round < 20; round += 1) {
    const { publicKey } = await generateKeyPair('Ed25519');
    const id = peerIdFromPublicKey(publicKeyFromRaw(publicKey.raw));
    expect(thin.peerIdOfKey(publicKey.raw)).toBe(toPeerId(id));
    expect(thin.libp2pNameOfKey(publicKey.raw)).toBe(id.toString());
  }
});

test('the browser’s keys and noble’s vouch for each other', async () => {
  const [theirs, noble] = [await createKey(), createNobleKey()];
  if (theirs === null) throw new Error('this Node makes no Ed25519 keys');
  const bytes = new Uint8Array(70).fill(3);
  for (const [one, other] of [
    [theirs, noble],
    [noble, theirs],
  ] as const) {
    const signature = await one.sign(bytes);
    expect(await other.verify(one.publicKey, signature, bytes)).toBe(true);
    expect(await other.verify(other.publicKey, signature, bytes)).toBe(false);
  }
});

test('a relay that is not the one the address names is not entered', async () => {
  const [house, other] = [await keepHouse(), await keepHouse()];
  const { network } = keep(await openPerson(), (person) => person.network.close());
  const wrong = await network.openRelay(`${house.address}/p2p/${other.node.peerId}`, never());
  expect(wrong).toEqual({ state: 'refused', why: 'unreachable' });
  await until(() => house.node.counts()['socket_sockets'] === 0);
  expect(network.links()).toEqual([]);
  expect(await network.openRelay(`${house.address}/p2p/${house.node.peerId}`, never())).toMatchObject({ state: 'open' });
});

test('a relay that does not prove its key hears no proof of ours', async () => {
  const [mine, famous] = [createNobleKey(), createNobleKey()];
  const challenge = new Uint8Array(32).fill(1);
  const answers: ((hello: Uint8Array) => Promise<Uint8Array | string>)[] = [
    // The key of another.
    async (hello) => {
      const read = thin.decodeHello(hello);
      if (typeof read === 'string') throw new Error(read);
      const signature = await mine.sign(thin.relaySigns(read, challenge));
      return thin.encodeChallenge({ challenge, relayKey: famous.publicKey, signature });
    },
    // A true word, said to another page.
    async () => {
      const heard = { pageKey: famous.publicKey, nonce: challenge };
      const signature = await mine.sign(thin.relaySigns(heard, challenge));
      return thin.encodeChallenge({ challenge, relayKey: mine.publicKey, signature });
    },
    async () => new Uint8Array(129).fill(9),
    async () => new Uint8Array(128).fill(1),
    async () => 'text',
  ];
  for (const answer of answers) {
    const heard: Uint8Array[] = [];
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    server.on('connection', (socket: Accepted) => {
      socket.on('message', (data: Buffer) => {
        heard.push(new Uint8Array(data));
        if (heard.length === 1) void answer(heard[0]!).then((bytes) => socket.send(bytes));
      });
    });
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const { network } = await openPerson();
    expect(await network.openRelay(`/ip4/127.0.0.1/tcp/${port}/ws`, never())).toEqual({ state: 'refused', why: 'refused-there' });
    expect(heard).toHaveLength(1);
    await network.close();
    await new Promise((resolve) => server.close(resolve));
  }
});

test('frames and libp2p share one socket, and libp2p waits for a topic and until the first words are out', async () => {
  const house = await keepHouse();
  let loads = 0;
  const network = await openNetwork({
    log: () => {},
    createConnection,
    loadNode: () => {
      loads += 1;
      return loadNode();
    },
  });
  closing.push(network.close);
  const pongs: Uint8Array[] = [];
  network.listen({ onOpen: () => {}, onFrame: (_link, frame) => pongs.push(frame), onClose: () => {} });
  const opened = await network.openRelay(house.address, never());
  if (opened.state !== 'open') throw new Error(opened.why);
  network.join('square', () => {});
  opened.link.send(encodeMeet({ kind: 'ping', token: 1 }));
  await until(() => pongs.length === 1);
  expect([loads, house.node.counts()['connections']]).toEqual([0, 0]);
  await until(() => house.node.counts()['connections'] === 1);
  expect(loads).toBe(1);
  expect(house.node.counts()).toMatchObject({ socket_sockets: 1, socket_admitted: 1, meet_pages: 1 });
  opened.link.close();
  await until(() => house.node.counts()['connections'] === 0 && house.node.counts()['socket_sockets'] === 0);
});

test('without a topic libp2p is never loaded: not for a relay, not for a peer, not by hand', async () => {
  const house = await keepHouse();
  const loaded: string[] = [];
  const open = async (name: string): Promise<Person> =>
    keep(
      await openPerson({
        loadNode: () => {
          loaded.push(name);
          return loadNode();
        },
      }),
      (person) => person.network.close(),
    );
  const [ann, bob] = [await open('ann'), await open('bob')];
  await ann.enter(house.address);
  await bob.enter(house.address);
  expect(await ann.open(bob)).toMatchObject({ state: 'open' });
  const eve = await open('eve');
  const offer = await eve.network.offer(never());
  const answer = await ann.network.answer(offer.bytes, never());
  if (answer.state !== 'answered') throw new Error(answer.why);
  expect(await offer.accept(answer.bytes)).toMatchObject({ state: 'open' });
  expect(await answer.opened).toMatchObject({ state: 'open' });
  expect([loaded, house.node.counts()['connections']]).toEqual([[], 0]);
});

test('closing while libp2p is loaded or made leaves nothing behind', async () => {
  const house = await keepHouse();
  for (const when of ['before', 'loading', 'making'] as const) {
    const asked = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const network = await openNetwork({
      log: () => {},
      createConnection,
      loadNode: async () => {
        asked.resolve();
        if (when === 'loading') await goOn.promise;
        return loadNode();
      },
    });
    const opened = await network.openRelay(house.address, never());
    expect(opened.state).toBe('open');
    network.join('square', () => {});
    if (when !== 'before') await asked.promise;
    const opening = network.openPeer(thin.peerIdOfKey(createNobleKey().publicKey), () => true, never());
    const closed = network.close();
    goOn.resolve();
    await closed;
    expect(await opening).toMatchObject({ state: 'refused', why: 'closed' });
    expect(network.links()).toEqual([]);
    await until(() => house.node.counts()['socket_sockets'] === 0);
    expect(house.node.counts()).toMatchObject({ connections: 0, meet_pages: 0 });
  }
});

test('when libp2p cannot be had, all but topics goes on; the next who needs it tries again', async () => {
  const house = await keepHouse();
  let isOffline = true;
  const network = await openNetwork({
    log: () => {},
    createConnection,
    loadNode: async () => {
      if (isOffline) throw new TypeError('Failed to fetch dynamically imported module');
      return loadNode();
    },
  });
  closing.push(network.close);
  const opened = await network.openRelay(house.address, never());
  if (opened.state !== 'open') throw new Error(opened.why);
  const plain = '/ip4/192.0.2.1/tcp/8470/ws';
  expect(await network.openRelay(plain, never())).toEqual({ state: 'refused', why: 'unreachable' });
  const topic = network.join('square', () => {});
  topic.publish(Uint8Array.of(1));
  expect(opened.link.state()).toBe('open');
  isOffline = false;
  topic.publish(Uint8Array.of(2));
  await until(() => house.node.counts()['connections'] === 1);
  topic.leave();
});

test('a door begun in the shell is taken once, by whoever asks for that very place', async () => {
  const house = await keepHouse();
  const headStart = makeHeadStart(`http://localhost:${house.port}`);
  expect(headStart.takeDoor(`ws://127.0.0.1:${house.port}/`)).toBe(null);
  const network = await openNetwork({ log: () => {}, createConnection, headStart });
  closing.push(network.close);
  expect(await network.openRelay(`/dns4/localhost/tcp/${house.port}/ws`, never())).toMatchObject({ state: 'open' });
  expect(headStart.takeDoor(`ws://localhost:${house.port}/`)).toBe(null);
  await until(() => house.node.counts()['meet_pages'] === 1);
  expect(house.node.counts()).toMatchObject({ socket_admitted: 1 });
  expect(makeHeadStart('http://192.0.2.1').takeDoor('ws://192.0.2.1/')).toBe(null);
});
