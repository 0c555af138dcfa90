/** What a relay's socket must survive: strangers, junk, crowds that never shake hands. */
import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { noise } from '@libp2p/noise';
import type { Libp2p } from '@libp2p/interface';
import { webSockets } from '@libp2p/websockets';
import { yamux } from '@libp2p/yamux';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { encodeMeet } from '../../src/protocol/meet.ts';
import { never, openPerson, until } from '../adapters/people.ts';
import { openHouse } from '../adapters/relay-house.ts';
import type { RelayHouse } from '../adapters/relay-house.ts';

const handshakeMs = 800;
let house: RelayHouse;
beforeEach(async () => {
  house = await openHouse({ handshakeMs });
});
afterEach(async () => {
  await house.kill();
});
const counts = (): Record<string, number> => house.node.counts();

/** The relay still serves whoever comes properly. */
const provesWell = async (): Promise<void> => {
  const person = await openPerson();
  await person.enter(house.address);
  person.relay().send(encodeMeet({ kind: 'ping', token: 7 }));
  await until(() => person.met.some((frame) => frame.kind === 'pong' && frame.token === 7));
  await person.network.close();
};

test('a socket that talks text, bytes of no meaning, or far too many is closed and counted', async () => {
  for (const junk of ['hello?', new Uint8Array(100).fill(0xff), new Uint8Array(1_048_576)]) {
    const socket = await openSocket();
    socket.send(junk);
    await until(() => socket.readyState === WebSocket.CLOSED);
  }
  await until(() => (counts()['handshake_junk'] ?? 0) + (counts()['handshake_failed'] ?? 0) === 3);
  expect(counts()).toMatchObject({ handshake_junk: 1, handshake_failed: 2, socket_half_open: 0 });
  await until(() => counts()['socket_sockets'] === 0);
  await provesWell();
});

test('HTTP that only pretends to be a WebSocket is refused by name and counted', async () => {
  const answer = await sendRaw('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  expect(answer).toContain('400 Bad Request');
  expect(answer).toContain('X-Wavu-Refused: bad-upgrade');
  expect(counts()).toMatchObject({ 'refused_bad-upgrade': 1 });
  await until(() => counts()['socket_sockets'] === 0);
  await provesWell();
});

test('1,000 sockets that never shake hands: refused by name, counted, timed out, and the memory comes back', async () => {
  await provesWell();
  const before = heapBytes();
  const sockets = Array.from({ length: 1_000 }, () => {
    const socket = new WebSocket(house.address.replace(/.*tcp\/(\d+).*/, 'ws://127.0.0.1:$1'));
    socket.on('error', () => {});
    return socket;
  });
  let named = 0;
  for (const socket of sockets) {
    socket.on('unexpected-response', (_request, response) => {
      if (response.statusCode === 503 && response.headers['x-wavu-refused'] === 'half-open') named += 1;
      socket.terminate();
    });
  }
  await until(() => (counts()['socket_admitted'] ?? 0) + (counts()['socket_refused_half-open'] ?? 0) >= 1_001);
  expect(counts()['socket_half_open']).toBeLessThanOrEqual(256);
  await until(() => counts()['socket_sockets'] === 0 && sockets.every((socket) => socket.readyState === WebSocket.CLOSED));
  expect(named).toBe(counts()['socket_refused_half-open']);
  // On a busy machine some come so late that earlier ones are timed out already.
  expect(named).toBeGreaterThan(100);
  expect(counts()).toMatchObject({ socket_half_open: 0, connections: 0 });
  await provesWell();
  sockets.length = 0;
  await until(() => heapBytes() - before < 8_388_608);
}, 30_000);

test('a crowd of one address that never shakes hands gives way to who comes from another', async () => {
  await house.kill();
  house = await openHouse({ handshakeMs: 30_000 });
  const crowd = Array.from({ length: 256 }, () => {
    const socket = new WebSocket(`ws://127.0.0.1:${house.port}`, { localAddress: '127.0.0.2' });
    socket.on('error', () => {});
    return socket;
  });
  await until(() => counts()['socket_half_open'] === 256);
  await provesWell();
  expect(counts()).toMatchObject({ 'socket_dropped_half-open': 1 });
  for (const socket of crowd) socket.terminate();
  await until(() => counts()['socket_sockets'] === 0);
  expect(counts()).toMatchObject({ socket_half_open: 0, connections: 0 });
});

test('a stranger who shakes hands but speaks no meet is told so; broken framing ends the link and is counted', async () => {
  const stranger = await openStranger();
  const connection = await stranger.dial(multiaddr(house.address));
  await expect(connection.newStream('/wavu/meet/2')).rejects.toThrow();
  await expect(connection.newStream('/ipfs/kad/1.0.0')).rejects.toThrow();
  const stream = await connection.newStream('/wavu/meet/1');
  stream.send(Uint8Array.of(0xff, 0xff, 0xff, 0x7f, 1, 2, 3));
  await until(() => connection.status !== 'open');
  expect(counts()).toMatchObject({ bad_frame: 1, meet_pages: 0 });
  await stranger.stop();
  await provesWell();
});

test('meet frames of wrong version, kind and shape are refused by name; who goes on is closed', async () => {
  const person = await openPerson();
  await person.network.openRelay(house.address, never());
  for (const bytes of [Uint8Array.of(2, 1, 0), Uint8Array.of(1, 200), Uint8Array.of(1, 1, 9, 9)]) person.relay().send(bytes);
  await until(() => person.met.length === 3);
  expect(person.met.map((frame) => frame.kind === 'refused' && frame.why)).toEqual(['unknown-version', 'malformed', 'malformed']);
  const relay = person.relay();
  for (let at = 0; at < 20; at += 1) relay.send(Uint8Array.of(9));
  await until(() => relay.state() === 'closed');
  expect(counts()).toMatchObject({ meet_closed_strikes: 1, meet_pages: 0 });
  await person.network.close();
});

test('a flood from one page is refused and ended; another page is answered meanwhile', async () => {
  const [flood, calm] = [await openPerson(), await openPerson()];
  await flood.enter(house.address);
  await calm.enter(house.address);
  const relay = flood.relay();
  for (let token = 0; token < 5_000 && relay.send(encodeMeet({ kind: 'ping', token })) !== 'closed'; token += 1);
  calm.relay().send(encodeMeet({ kind: 'ping', token: 1 }));
  await until(() => calm.met.some((frame) => frame.kind === 'pong'));
  await until(() => relay.state() === 'closed');
  expect(counts()['meet_refused_too-fast']).toBeGreaterThan(100);
  expect(calm.relay().state()).toBe('open');
  await Promise.all([flood.network.close(), calm.network.close()]);
});

test('nothing is passed to a page that was not introduced, and so no link comes of it', async () => {
  const [ann, bob] = [await openPerson(), await openPerson()];
  await ann.network.openRelay(house.address, never());
  await bob.network.openRelay(house.address, never());
  const opening = ann.open(bob);
  await until(() =>
    ann.met.some((frame) => frame.kind === 'refused' && frame.why === 'not-met' && frame.peer === bob.network.self),
  );
  await ann.network.close();
  expect(await opening).toEqual({ state: 'refused', why: 'closed' });
  expect([bob.met, bob.peers()]).toEqual([[], []]);
  await bob.network.close();
});

test('pages that come and go leave no connections and no names', async () => {
  for (let at = 0; at < 10; at += 1) {
    const person = await openPerson();
    person.network.join('square', () => {});
    await person.enter(house.address);
    await until(() => counts()['connections'] === 1);
    await person.network.close();
    await until(() => counts()['connections'] === 0);
  }
  expect(counts()).toMatchObject({ meet_pages: 0, meet_introductions: 0, socket_sockets: 0 });
});

async function openSocket(): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${house.port}`);
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('open', resolve));
  return socket;
}

async function sendRaw(text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(house.port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (bytes) => (answer += bytes.toString('latin1')));
    socket.on('close', () => resolve(answer));
  });
}

async function openStranger(): Promise<Libp2p> {
  return createLibp2p({
    transports: [webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: { denyDialMultiaddr: () => false },
  });
}

function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}
