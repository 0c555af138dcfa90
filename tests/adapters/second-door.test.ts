/** The relay's second door, webrtc-direct: who comes by it meets those who came by WebSocket, and links with them. */
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { afterEach, expect, test } from 'vitest';
import { directLimits } from '../../relay/doorkeeper.ts';
import { makeDirectCertificate, readDirectCertificate } from '../../relay/direct-certificate.ts';
import type { DirectCertificate } from '../../relay/direct-certificate.ts';
import { limits } from '../../src/protocol/limits.ts';
import { encodeMeet } from '../../src/protocol/meet.ts';
import { freshFolder, writeApp } from '../relay/http-world.ts';
import { runRelay } from '../relay/relay-process.ts';
import type { RelayProcess } from '../relay/relay-process.ts';
import { never, openPerson, until } from './people.ts';
import type { Person } from './people.ts';
import { openHouse } from './relay-house.ts';
import type { HouseSettings, RelayHouse } from './relay-house.ts';

let closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.toReversed()) await close();
  closing = [];
});

const certificate = (): DirectCertificate => readDirectCertificate(makeDirectCertificate(Date.now()))!;
const keepHouse = async (settings: HouseSettings): Promise<RelayHouse> => {
  const house = await openHouse(settings);
  closing.push(house.kill);
  return house;
};
const keepPerson = async (): Promise<Person> => {
  const person = await openPerson();
  closing.push(person.network.close);
  return person;
};
const secondDoor = ({ node }: RelayHouse): string => node.addresses().find((address) => address.includes('webrtc-direct')) ?? '';

/** Frames by the relay's hand (no link of their own), then a link, then frames on it. */
async function meet(ann: Person, bob: Person): Promise<void> {
  for (const [from, to, byte] of [
    [ann, bob, 1],
    [bob, ann, 2],
  ] as const) {
    from.relay().send(encodeMeet({ kind: 'pass', to: to.network.self, bytes: Uint8Array.of(byte) }));
    await until(() =>
      to.met.some((frame) => frame.kind === 'passed' && frame.from === from.network.self && frame.bytes[0] === byte),
    );
  }
  const opened = await ann.open(bob);
  expect(opened).toMatchObject({ state: 'open', link: { path: 'webrtc', end: 'peer' } });
  await until(() => bob.peers().length === 1);
  const big = new Uint8Array(limits.frameBytes).fill(7);
  expect([ann.peers()[0]?.send(big), bob.peers()[0]?.send(big)]).toEqual(['sent', 'sent']);
  await until(() => ann.frames.length === 1 && bob.frames.length === 1);
  expect([ann.frames[0], bob.frames[0]]).toEqual([big, big]);
}

test('one by webrtc-direct alone and one by WebSocket meet, pass frames and open a link, whoever dials', async () => {
  const house = await keepHouse({ direct: { host: '127.0.0.1', port: 0, certificate: certificate() } });
  expect(secondDoor(house)).toMatch(/^\/ip4\/127\.0\.0\.1\/udp\/\d+\/webrtc-direct\/certhash\/uEi[\w-]+\/p2p\/\w+$/);
  for (const dialler of ['direct', 'socket'] as const) {
    const [ann, bob] = [await keepPerson(), await keepPerson()];
    await ann.enter(secondDoor(house));
    await bob.enter(house.address);
    expect([ann.relay().path, bob.relay().path]).toEqual(['webrtc', 'socket']);
    await (dialler === 'direct' ? meet(ann, bob) : meet(bob, ann));
    await Promise.all([ann.network.close(), bob.network.close()]);
    await until(() => house.node.counts()['connections'] === 0 && house.node.counts()['socket_sockets'] === 0);
    expect(house.node.counts()).toMatchObject({ direct_sockets: 0, direct_half_open: 0 });
  }
}, 30_000);

test('two who both came by webrtc-direct link as well', async () => {
  const house = await keepHouse({ direct: { host: '127.0.0.1', port: 0, certificate: certificate() } });
  const [ann, bob] = [await keepPerson(), await keepPerson()];
  await ann.enter(secondDoor(house));
  await bob.enter(secondDoor(house));
  expect(house.node.counts()).toMatchObject({ direct_sockets: 2, direct_half_open: 0, socket_sockets: 0 });
  await meet(ann, bob);
}, 30_000);

test('after a restart the same address leads in, and the loss was heard', async () => {
  const data = freshFolder();
  const start = (port: string): RelayProcess =>
    runRelay([
      '--host',
      '127.0.0.1',
      '--port',
      '0',
      '--webrtc-direct-port',
      port,
      '--json',
      '--app',
      writeApp(freshFolder()),
      '--data',
      data,
    ]);
  const first = start('0');
  const { addresses } = await first.line;
  const [address = ''] = addresses;
  expect(addresses).toEqual([
    expect.stringMatching(/^\/ip4\/127\.0\.0\.1\/udp\/\d+\/webrtc-direct\/certhash\/uEi[\w-]+\/p2p\/\w+$/),
  ]);
  const [ann, bob] = [await keepPerson(), await keepPerson()];
  await ann.enter(address);
  first.child.kill('SIGTERM');
  await until(() => ann.closes.length === 1);
  expect(ann.network.links()).toEqual([]);
  expect(await first.ended).toEqual({ code: 0, signal: null });

  const second = await start(/\/udp\/(\d+)\//.exec(address)?.[1] ?? '').line;
  expect(second.addresses).toEqual([address]);
  await ann.enter(address);
  await bob.enter(`/ip4/127.0.0.1/tcp/${second.port}/ws`);
  await meet(bob, ann);
}, 30_000);

test('nobody enters by a certificate hash or a name that is not theirs', async () => {
  const house = await keepHouse({ direct: { host: '127.0.0.1', port: 0, certificate: certificate() } });
  const other = await keepPerson();
  const address = secondDoor(house);
  const wrongName = await openHouse({});
  closing.push(wrongName.kill);
  for (const wrong of [
    address.replace(/certhash\/[^/]+/, `certhash/${certificate().certhash}`),
    address.replace(/p2p\/\w+$/, `p2p/${wrongName.node.peerId}`),
  ]) {
    expect(await other.network.openRelay(wrong, AbortSignal.timeout(3_000))).toMatchObject({ state: 'refused' });
  }
  for (const bad of [address.replace(/\/certhash\/[^/]+/, ''), '/ip4/127.0.0.1/udp/9', '/ip4/127.0.0.1/udp/9/quic-v1']) {
    expect([bad, (await other.network.openRelay(bad, never())).state]).toEqual([bad, 'refused']);
  }
  await until(() => house.node.counts()['direct_half_open'] === 0);
  expect(house.node.counts()).toMatchObject({ direct_sockets: 0, connections: 0 });
}, 30_000);

test('a second door that hangs does not keep the first one waiting', async () => {
  const house = await keepHouse({});
  const ann = await keepPerson();
  // Nobody is there: such a dial only ends when it is given up.
  const dead = `/ip4/127.0.0.1/udp/9/webrtc-direct/certhash/${certificate().certhash}/p2p/${house.node.peerId}`;
  const giveUp = new AbortController();
  const hanging = ann.network.openRelay(dead, giveUp.signal);
  const since = performance.now();
  await ann.enter(`${house.address}/p2p/${house.node.peerId}`);
  expect(performance.now() - since).toBeLessThan(2_000);
  giveUp.abort();
  expect(await hanging).toEqual({ state: 'refused', why: 'aborted' });
}, 30_000);

test('a crowd that knocks and never shakes hands is not let to pile up', async () => {
  const house = await keepHouse({ direct: { host: '127.0.0.1', port: 0, certificate: certificate() }, handshakeMs: 1_000 });
  const port = Number(/\/udp\/(\d+)\//.exec(secondDoor(house))?.[1]);
  const socket = createSocket('udp4');
  for (let each = 0; each < directLimits.halfOpen * 3; each += 1) socket.send(knock(each), port, '127.0.0.1');
  await until(() => (house.node.counts()['direct_refused_half-open'] ?? 0) > 0);
  expect(house.node.counts()['direct_half_open']).toBeLessThanOrEqual(directLimits.halfOpen);
  socket.close();
  await until(() => house.node.counts()['direct_half_open'] === 0);
  const ann = await keepPerson();
  await ann.enter(secondDoor(house));
}, 30_000);

/** A STUN binding request with a name nobody had before. */
function knock(each: number): Uint8Array {
  const name = `libp2p+webrtc+v1/${String(each).padStart(32, 'a')}`;
  const user = Buffer.from(`${name}:${name}`);
  const padded = Buffer.concat([user, Buffer.alloc((4 - (user.length % 4)) % 4)]);
  // A message integrity is there; whether it is right shows only later.
  const attributes = Buffer.concat([Buffer.of(0, 6, 0, user.length), padded, Buffer.of(0, 8, 0, 20), randomBytes(20)]);
  return Buffer.concat([Buffer.of(0, 1, 0, attributes.length, 0x21, 0x12, 0xa4, 0x42), randomBytes(12), attributes]);
}
