/** The thin door, spoken byte by byte: who proves a key is let in, and everybody else is refused by name and counted. */
import { generateKeyPairFromSeed, publicKeyFromRaw } from '@libp2p/crypto/keys';
import { peerIdFromPublicKey } from '@libp2p/peer-id';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createNobleKey } from '../../src/adapters/libp2p/page-key.ts';
import { toPeerId } from '../../src/adapters/libp2p/peer-ids.ts';
import * as thin from '../../src/adapters/libp2p/thin-bytes.ts';
import type { Challenge } from '../../src/adapters/libp2p/thin-bytes.ts';
import type { PageKey } from '../../src/adapters/libp2p/thin-page.ts';
import { concat } from '../../src/protocol/bytes.ts';
import { decodeMeet, encodeMeet } from '../../src/protocol/meet.ts';
import { limits } from '../../src/protocol/limits.ts';
import { createInbox } from '../contracts/contract.ts';
import type { Inbox } from '../contracts/contract.ts';
import { openPerson, topic, until } from '../adapters/people.ts';
import { openHouse } from '../adapters/relay-house.ts';
import type { RelayHouse } from '../adapters/relay-house.ts';

const identityKey = new Uint8Array(32).fill(5);
const nonce = new Uint8Array(32).fill(7);
let house: RelayHouse;
beforeEach(async () => {
  house = await openHouse({ identityKey, handshakeMs: 600 });
});
afterEach(async () => {
  await house.kill();
});
const counts = (): Record<string, number> => house.node.counts();

interface Guest {
  readonly socket: WebSocket;
  readonly inbox: Inbox<Uint8Array>;
  readonly closed: Promise<{ readonly code: number; readonly why: string }>;
}

async function knock(): Promise<Guest> {
  const socket = new WebSocket(`ws://127.0.0.1:${house.port}`, thin.thinProtocol);
  const inbox = createInbox<Uint8Array>();
  socket.on('message', (data: Buffer) => inbox.push(new Uint8Array(data)));
  socket.on('error', () => {});
  const closed = new Promise<{ code: number; why: string }>((resolve) => {
    socket.on('close', (code, why) => resolve({ code, why: why.toString() }));
  });
  await new Promise((resolve) => socket.once('open', resolve));
  return { socket, inbox, closed };
}

async function ask({ socket, inbox }: Guest, pageKey: Uint8Array): Promise<Challenge> {
  socket.send(thin.encodeHello({ pageKey, nonce }));
  const challenge = thin.decodeChallenge((await inbox.count(1))[0]!);
  if (typeof challenge === 'string') throw new Error(challenge);
  return challenge;
}

const prove = async (key: PageKey, pageKey: Uint8Array, { challenge, relayKey }: Challenge): Promise<Uint8Array> =>
  thin.encodeProof({ signature: await key.sign(thin.pageSigns(pageKey, challenge, relayKey)) });

/** All the way in. */
async function enter(key: PageKey): Promise<Guest> {
  const guest = await knock();
  guest.socket.send(await prove(key, key.publicKey, await ask(guest, key.publicKey)));
  return guest;
}
const onMeet = (bytes: Uint8Array): Uint8Array => concat([Uint8Array.of(thin.meetChannel), bytes]);
const onLibp2p = (bytes: Uint8Array): Uint8Array => concat([Uint8Array.of(thin.libp2pChannel), bytes]);
const ping = onMeet(encodeMeet({ kind: 'ping', token: 7 }));

test('who proves a key is let in, under the name libp2p gives that key, and is heard from its first frame on', async () => {
  const key = createNobleKey();
  const guest = await knock();
  const challenge = await ask(guest, key.publicKey);
  const relay = await generateKeyPairFromSeed('Ed25519', identityKey);
  expect(challenge.relayKey).toEqual(relay.publicKey.raw);
  expect(thin.libp2pNameOfKey(challenge.relayKey)).toBe(house.node.peerId);
  const said = thin.relaySigns({ pageKey: key.publicKey, nonce }, challenge.challenge);
  expect(await key.verify(challenge.relayKey, challenge.signature, said)).toBe(true);
  // Without waiting for an answer to the proof.
  guest.socket.send(await prove(key, key.publicKey, challenge));
  guest.socket.send(onMeet(encodeMeet({ kind: 'join', topics: [topic] })));
  guest.socket.send(ping);
  const heard = (await guest.inbox.count(3)).slice(1);
  expect(heard.map((message) => message[0])).toEqual([thin.meetChannel, thin.meetChannel]);
  expect(heard.map((message) => decodeMeet(message.subarray(1)))).toEqual([
    { kind: 'met', topic, peers: [] },
    { kind: 'pong', token: 7 },
  ]);
  expect(counts()).toMatchObject({ handshake_upgraded: 1, socket_half_open: 0, meet_pages: 1, connections: 0 });

  const person = await openPerson();
  await person.enter(house.address);
  const libp2pName = peerIdFromPublicKey(publicKeyFromRaw(key.publicKey));
  expect(person.met.find((frame) => frame.kind === 'met')).toMatchObject({ peers: [toPeerId(libp2pName)] });
  await person.network.close();
  guest.socket.close();
  await until(() => counts()['meet_pages'] === 0 && counts()['socket_sockets'] === 0);
});

describe('refused by name', () => {
  const refusals: Readonly<Record<string, (key: PageKey, guest: Guest) => Promise<readonly (string | Uint8Array)[]>>> = {
    text: async () => ['hello?'],
    short: async ({ publicKey }) => [thin.encodeHello({ pageKey: publicKey, nonce }).subarray(0, 64)],
    long: async ({ publicKey }) => [concat([thin.encodeHello({ pageKey: publicKey, nonce }), Uint8Array.of(0)])],
    'unknown-version': async () => [new Uint8Array(65).fill(2)],
    late: async () => [],
    'short, the proof': async (key, guest) => [(await prove(key, key.publicKey, await ask(guest, key.publicKey))).subarray(0, 9)],
    'long, the proof': async (key, guest) => [concat([await prove(key, key.publicKey, await ask(guest, key.publicKey)), nonce])],
    'unknown-version, of the proof': async (key, guest) => {
      await ask(guest, key.publicKey);
      return [new Uint8Array(65).fill(9)];
    },
    'text, as proof': async (key, guest) => {
      await ask(guest, key.publicKey);
      return ['proof'];
    },
    'late, the proof': async (key, guest) => {
      await ask(guest, key.publicKey);
      return [];
    },
    'bad-signature, of nobody': async (key, guest) => {
      await ask(guest, key.publicKey);
      return [concat([Uint8Array.of(1), new Uint8Array(64)]), ping];
    },
    'bad-signature, of a key that is no point': async (key, guest) => {
      const noPoint = new Uint8Array(32).fill(0xff);
      return [await prove(key, noPoint, await ask(guest, noPoint))];
    },
    'bad-signature, by a page that claims another page’s key': async (key, guest) => {
      const { publicKey } = createNobleKey();
      return [await prove(key, publicKey, await ask(guest, publicKey)), ping];
    },
    'bad-signature, over the relay’s context': async (key, guest) => {
      const { challenge } = await ask(guest, key.publicKey);
      return [thin.encodeProof({ signature: await key.sign(thin.relaySigns({ pageKey: key.publicKey, nonce }, challenge)) })];
    },
    'bad-signature, a proof heard before': async (key, guest) => {
      const before = await knock();
      const proof = await prove(key, key.publicKey, await ask(before, key.publicKey));
      before.socket.terminate();
      await until(() => counts()['thin_refused_gone'] === 1);
      await ask(guest, key.publicKey);
      return [proof, ping];
    },
  };
  for (const [name, says] of Object.entries(refusals)) {
    test(name, async () => {
      const why = name.split(',')[0]!;
      const guest = await knock();
      for (const message of await says(createNobleKey(), guest)) guest.socket.send(message);
      expect(await guest.closed).toEqual({ code: 4_400, why });
      const outcome = why === 'text' ? 'handshake_junk' : 'handshake_failed';
      await until(() => counts()['socket_sockets'] === 0);
      expect(counts()).toMatchObject({
        [`thin_refused_${why}`]: 1,
        socket_half_open: 0,
        meet_pages: 0,
      });
      expect(counts()[outcome]).toBeGreaterThan(0);
      expect(counts()['handshake_upgraded']).toBeUndefined();
    });
  }
});

describe('once inside', () => {
  const breaches: Readonly<Record<string, readonly (string | Uint8Array)[]>> = {
    'a channel nobody knows': [Uint8Array.of(2, 1)],
    'a message without a channel': [new Uint8Array(0)],
    'a frame too long': [onMeet(new Uint8Array(limits.frameBytes + 1))],
    'the end of a connection that was not begun': [onLibp2p(new Uint8Array(0))],
    text: ['hello?'],
  };
  for (const [name, messages] of Object.entries(breaches)) {
    test(`${name} ends the link`, async () => {
      const guest = await enter(createNobleKey());
      await until(() => counts()['meet_pages'] === 1);
      for (const message of messages) guest.socket.send(message);
      await guest.closed;
      await until(() => counts()['meet_pages'] === 0 && counts()['socket_sockets'] === 0);
      if (name !== 'text') expect(counts()).toMatchObject({ bad_frame: 1 });
    });
  }

  test('junk in place of libp2p ends that connection alone, unless it comes again and again', async () => {
    const guest = await enter(createNobleKey());
    const junk = onLibp2p(new Uint8Array(80).fill(0xff));
    const end = onLibp2p(new Uint8Array(0));
    guest.socket.send(junk);
    await guest.inbox.first((message) => message.length === 1 && message[0] === thin.libp2pChannel);
    guest.socket.send(end);
    guest.socket.send(ping);
    await guest.inbox.first((message) => message[0] === thin.meetChannel);
    expect(counts()).toMatchObject({ meet_pages: 1, thin_connection_failed: 1, connections: 0 });
    for (let again = 0; again < 8 && guest.socket.readyState === WebSocket.OPEN; again += 1) {
      guest.socket.send(junk);
      guest.socket.send(end);
    }
    await guest.closed;
    await until(() => counts()['meet_pages'] === 0 && counts()['socket_sockets'] === 0);
  });

  test('who comes again replaces its older door', async () => {
    const key = createNobleKey();
    const [older, newer] = [await enter(key), await enter(key)];
    await older.closed;
    newer.socket.send(ping);
    await newer.inbox.first((message) => message[0] === thin.meetChannel);
    expect(counts()).toMatchObject({ meet_pages: 1 });
    newer.socket.terminate();
    await until(() => counts()['meet_pages'] === 0);
  });
});
