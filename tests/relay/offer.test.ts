/** An offer that a page's person carries to the relay: its answer leads to a link like any page's, and hostile ones cost next to nothing. */
import { createSocket } from 'node:dgram';
import { afterEach, expect, test } from 'vitest';
import { handLimits } from '../../relay/doorkeeper.ts';
import { makeDirectCertificate, readDirectCertificate } from '../../relay/direct-certificate.ts';
import { createPairPage } from '../../relay/http/pair-page.ts';
import { createNobleKey } from '../../src/adapters/libp2p/page-key.ts';
import { decodeHandSignal, encodeHandSignal } from '../../src/adapters/libp2p/signal-bytes.ts';
import type { HandSignal } from '../../src/adapters/libp2p/signal-bytes.ts';
import { toBase64url } from '../../src/protocol/bytes.ts';
import { linkBytes } from '../../src/protocol/contact/link-text.ts';
import { encodeMeet } from '../../src/protocol/meet.ts';
import { isRefusal } from '../../src/protocol/refusal.ts';
import type { Offer } from '../../src/ports/network.ts';
import { never, openPerson, topic, until } from '../adapters/people.ts';
import type { Person } from '../adapters/people.ts';
import { openHouse } from '../adapters/relay-house.ts';
import type { RelayHouse } from '../adapters/relay-house.ts';
import { ask, freshFolder, openTestDoor, writeApp } from './http-world.ts';
import type { Told } from './http-world.ts';
import { runRelay } from './relay-process.ts';

let closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.toReversed()) await close();
  closing = [];
});

const keepPerson = async (): Promise<Person> => {
  const person = await openPerson();
  closing.push(person.network.close);
  return person;
};
const keepHouse = async (): Promise<RelayHouse> => {
  const certificate = readDirectCertificate(makeDirectCertificate(Date.now()))!;
  const house = await openHouse({ direct: { host: '127.0.0.1', port: 0, certificate } });
  closing.push(house.kill);
  return house;
};

const carry = (port: number, offer: Uint8Array): Promise<Told> =>
  ask({ port, path: `/pair?offer=${toBase64url(offer)}`, headers: { host: `127.0.0.1:${port}` } });
function answerOn(told: Told): Uint8Array {
  const bytes = linkBytes('relay', /<code>(relay\/[\w-]+)<\/code>/.exec(told.text)?.[1] ?? '');
  if (isRefusal(bytes)) throw new Error(`${told.status} ${told.text}`);
  return bytes;
}
function read(answer: Uint8Array): HandSignal {
  const signal = decodeHandSignal(answer);
  if (isRefusal(signal)) throw new Error(signal.refused);
  return signal;
}
/** Of the 2 to 6 in a hundred that libdatachannel drops none shall count here: as a person does, once more. */
async function linkByHand(person: Person, answerTo: (offer: Offer) => Promise<Uint8Array>): Promise<void> {
  for (let tries = 3; ; tries -= 1) {
    const offer = await person.network.offer(never(), 'relay');
    const opened = await offer.accept(await answerTo(offer));
    if (opened.state === 'open') return;
    if (tries === 0) throw new Error(opened.why);
  }
}

test('a page that came by no socket meets one that did, by the answer that the relay’s page shows', async () => {
  const relay = runRelay([
    ...['--host', '127.0.0.1', '--port', '0', '--webrtc-direct-port', '0', '--square', 'off', '--json'],
    ...['--app', writeApp(freshFolder()), '--data', freshFolder()],
  ]);
  const { port } = await relay.line;
  const [ann, bob] = [await keepPerson(), await keepPerson()];
  await linkByHand(ann, async ({ bytes }) => {
    const told = await carry(port, bytes);
    expect([told.status, told.headers['content-type'], told.headers['cache-control']]).toEqual([
      200,
      'text/html; charset=utf-8',
      'no-store',
    ]);
    expect(told.text).toContain('<svg class="qr"');
    expect(told.text).not.toMatch(/<script|style=|<style|\son\w+=/);
    // Opened once more it says the same.
    expect(answerOn(await carry(port, bytes))).toEqual(answerOn(told));
    return answerOn(told);
  });
  expect(ann.relay()).toMatchObject({ end: 'relay', path: 'webrtc', opener: 'us' });
  ann.relay().send(encodeMeet({ kind: 'join', topics: [topic] }));
  await until(() => ann.met.some(({ kind }) => kind === 'met'));
  await bob.enter(`/ip4/127.0.0.1/tcp/${port}/ws`);
  await until(() => ann.met.some((frame) => JSON.stringify(frame).includes(bob.network.self)));
  expect(await ann.open(bob)).toMatchObject({ state: 'open', link: { end: 'peer', path: 'webrtc' } });
  const numbers = (await ask({ port, path: '/metrics' })).text;
  expect(numbers).toMatch(/hand_sockets 1\n/);
  expect(numbers).toMatch(/hand_waiting 0\n/);
}, 60_000);

test('with webrtc-direct off this door is off, and says so', async () => {
  const relay = runRelay([
    ...['--host', '127.0.0.1', '--port', '0', '--webrtc-direct-port', 'off', '--square', 'off', '--json'],
    ...['--app', writeApp(freshFolder()), '--data', freshFolder()],
  ]);
  const { port } = await relay.line;
  const offer = await (await keepPerson()).network.offer(never(), 'relay');
  const told = await carry(port, offer.bytes);
  expect([told.status, told.headers['x-wavu-refused']]).toEqual([404, 'off']);
  expect(told.text).toContain('switched its UDP doors off');
}, 30_000);

test('garbage, huge ones, offers to people and answers are refused by name, and leave nothing behind', async () => {
  const house = await keepHouse();
  const pair = createPairPage({ answerOffer: house.node.answerOffer, otherDoors: house.node.addresses });
  const { door } = await openTestDoor({ world: { pair } });
  const person = await keepPerson();
  const { bytes: forPeople } = await person.network.offer(never());
  const { bytes: good } = await person.network.offer(never(), 'relay');
  const bad: readonly Uint8Array[] = [
    ...[1, 40, 300, 512].map((length) => new Uint8Array(length).fill(1)),
    ...[513, 4_000].map((length) => Uint8Array.of(...good, ...new Uint8Array(length - good.length))),
    ...Array.from({ length: 20 }, (_, at) => good.slice(0, Math.floor((good.length * at) / 20) + 1)).slice(0, -1),
    forPeople,
    house.node.answerOffer(good, ['127.0.0.1'], '127.0.0.1') as Uint8Array,
    // A key that is no point of the curve.
    Uint8Array.from(good, (byte, at) => (at >= 2 && at < 34 ? 255 : byte)),
  ];
  for (const each of bad) {
    const told = await carry(door.port, each);
    expect([each.length, told.status, told.headers['x-wavu-refused']]).toEqual([each.length, 400, 'bad-signal']);
  }
  for (const path of [
    '/pair',
    '/pair?',
    '/pair?offer=',
    '/pair?offer=%3Cscript%3E',
    `/pair?offer=${'A'.repeat(6_000)}`,
    '/pair?x=1',
  ]) {
    const told = await ask({ port: door.port, path });
    expect([path.slice(0, 30), told.status, told.text.includes('script')]).toEqual([path.slice(0, 30), 400, false]);
  }
  const head = await ask({ port: door.port, path: `/pair?offer=${toBase64url(forPeople)}`, method: 'HEAD' });
  const post = await ask({ port: door.port, path: '/pair', method: 'POST', body: 'x'.repeat(10_000) });
  expect([head.status, post.status]).toEqual([405, 405]);
  expect(house.node.counts()).toMatchObject({ hand_sockets: 1, hand_waiting: 1, hand_connections: 0 });
}, 30_000);

test('an offer or an answer in somebody else’s name comes to no link, and its connection ends', async () => {
  const house = await keepHouse();
  const famous = createNobleKey().publicKey;
  const inTheNameOf = (bytes: Uint8Array): Uint8Array => encodeHandSignal({ ...read(bytes), key: famous });
  const answerTo = (offer: Uint8Array): Uint8Array => house.node.answerOffer(offer, ['127.0.0.1'], '192.168.7.7') as Uint8Array;
  const ann = await keepPerson();
  const offer = await ann.network.offer(never(), 'relay');
  expect(await offer.accept(inTheNameOf(answerTo(offer.bytes)))).toEqual({ state: 'refused', why: 'unreachable' });
  const posed = await ann.network.offer(never(), 'relay');
  expect(await posed.accept(answerTo(inTheNameOf(posed.bytes)))).toEqual({ state: 'refused', why: 'bad-signal' });
  await until(() => house.node.counts()['hand_connections'] === 0, 20_000);
  expect(ann.network.links()).toEqual([]);
  expect(house.node.counts()).toMatchObject({ meet_pages: 0 });
}, 60_000);

test('a flood is bounded by house and by street, makes no native connection, and whoever waits is let in all the same', async () => {
  const house = await keepHouse();
  const ann = await keepPerson();
  const offers: Offer[] = [];
  for (let count = 0; count < handLimits.halfOpenPerAddress + 4; count += 1)
    offers.push(await ann.network.offer(never(), 'relay'));
  const answers = offers.map(({ bytes }) => house.node.answerOffer(bytes, ['127.0.0.1'], '192.168.7.7'));
  const refusedFrom = (from: typeof answers): readonly unknown[] => from.filter((each) => typeof each === 'string');
  expect(refusedFrom(answers)).toEqual(Array.from({ length: 4 }, () => 'address-full'));
  // Changed a little each is another offer.
  const flood = Array.from({ length: 1_000 }, (_, at) => Uint8Array.from([...offers[0]!.bytes.slice(0, -1), at & 127]));
  for (const [at, each] of flood.entries()) house.node.answerOffer(each, ['127.0.0.1'], `10.${at >> 6}.${at & 63}.1`);
  const counts = house.node.counts();
  expect(counts['hand_waiting']).toBeLessThanOrEqual(handLimits.halfOpen);
  expect(counts).toMatchObject({ hand_connections: 0, hand_half_open: counts['hand_waiting'] });
  const late = await keepPerson();
  await linkByHand(late, async ({ bytes }) => house.node.answerOffer(bytes, ['127.0.0.1'], '172.16.0.9') as Uint8Array);
  expect(house.node.counts()).toMatchObject({ hand_connections: 1 });
  await late.network.close();
  await until(() => house.node.counts()['hand_connections'] === 0);
}, 60_000);

test('knocks of strangers make no connection, those in a name that waits one at most; it ends, and the page gets in', async () => {
  const house = await keepHouse();
  const ann = await keepPerson();
  const socket = createSocket('udp4');
  closing.push(async () => void socket.close());
  const knock = async (port: number, name: string): Promise<void> =>
    new Promise((resolve) => socket.send(bindingRequest(`${name}:abcd`), port, '127.0.0.1', () => resolve()));
  await linkByHand(ann, async ({ bytes }) => {
    const answer = house.node.answerOffer(bytes, ['127.0.0.1'], '192.168.7.7') as Uint8Array;
    const { ufrag, candidates } = read(answer);
    const port = candidates[0]?.port ?? 0;
    for (let count = 0; count < 50; count += 1) await knock(port, `stranger${count}`);
    expect(house.node.counts()).toMatchObject({ hand_connections: 0 });
    for (let count = 0; count < 50; count += 1) await knock(port, ufrag);
    await until(() => house.node.counts()['hand_connections'] === 1);
    return answer;
  });
  // The page is in a moment before the relay knows.
  await until(() => house.node.counts()['hand_waiting'] === 0);
  expect(house.node.counts()).toMatchObject({ hand_connections: 1, hand_sockets: 1, hand_half_open: 0 });
  await ann.network.close();
  await until(() => house.node.counts()['hand_sockets'] === 0 && house.node.counts()['hand_connections'] === 0);
}, 60_000);

/** STUN as a stranger makes it: a user name, and for proof zeros. */
function bindingRequest(user: string): Uint8Array {
  const name = Buffer.from(user);
  const padded = Buffer.concat([name, Buffer.alloc((4 - (name.length % 4)) % 4)]);
  const head = Buffer.alloc(24);
  head.writeUInt16BE(1, 0);
  head.writeUInt16BE(padded.length + 28, 2);
  head.writeUInt32BE(0x2112a442, 4);
  head.writeUInt16BE(6, 20);
  head.writeUInt16BE(name.length, 22);
  return Buffer.concat([head, padded, Buffer.of(0, 8, 0, 20), Buffer.alloc(20)]);
}
