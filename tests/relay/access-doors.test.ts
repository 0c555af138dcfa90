/** [A2] Every door of a relay for members is the same door: by webrtc-direct and by libp2p over a thin door nobody gets further than by a frame. */
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { createAccess } from '../../relay/access.ts';
import type { Access } from '../../relay/access.ts';
import { makeDirectCertificate, readDirectCertificate } from '../../relay/direct-certificate.ts';
import { createOwner, noOwner } from '../../relay/owner.ts';
import * as thin from '../../src/adapters/libp2p/thin-bytes.ts';
import { enterWith } from '../../src/protocol/access/enter.ts';
import { concat, hexToBytes } from '../../src/protocol/bytes.ts';
import { deriveDevice } from '../../src/protocol/device.ts';
import { parsePeerId } from '../../src/protocol/ids.ts';
import { encodeMeet } from '../../src/protocol/meet.ts';
import { deriveRoomKeys } from '../../src/protocol/room-keys.ts';
import { encodeOwnerWord } from '../../src/protocol/square/word.ts';
import { never, openPerson, topic, until } from '../adapters/people.ts';
import type { Person } from '../adapters/people.ts';
import { openHouse, systemClock } from '../adapters/relay-house.ts';
import type { HouseSettings, RelayHouse } from '../adapters/relay-house.ts';
import { createInbox } from '../contracts/contract.ts';

const asha = deriveDevice(new Uint8Array(32).fill(1));
const identityKey = new Uint8Array(32).fill(5);
const self = thin.peerIdOfKey(hexToBytes(deriveDevice(identityKey).id));

/** Owned by Asha. */
function createDoors(): Access {
  const { id: realm } = deriveRoomKeys(new Uint8Array(32).fill(7));
  const said = { name: 'Asha', seq: 1, atMs: 1, did: 'began', about: '', closedMs: null, clearedMs: 0 } as const;
  const word = encodeOwnerWord({ ...said, owner: asha.id, pinned: null, expelled: [] }, realm, asha);
  const entropy = { bytes: (length: number) => new Uint8Array(length) };
  const owner = createOwner(realm, parsePeerId('relay')!, entropy, { kept: { ...noOwner, word }, keep: () => undefined });
  return createAccess(self, owner, systemClock, { kept: new Uint8Array(0), keep: () => undefined });
}

async function keepHouse(settings: HouseSettings = {}): Promise<RelayHouse> {
  const house = await openHouse({ identityKey, access: createDoors(), topics: [], ...settings });
  onTestFinished(house.kill);
  return house;
}

async function visit(address: string, log?: (event: string) => void): Promise<Person> {
  const person = await openPerson(log === undefined ? {} : { log });
  onTestFinished(() => person.network.close());
  const opened = await person.network.openRelay(address, never());
  if (opened.state !== 'open') throw new Error(opened.why);
  return person;
}

test('who comes by webrtc-direct is refused until it shows a key, and its public topic reaches nobody', async () => {
  const certificate = readDirectCertificate(makeDirectCertificate(Date.now()))!;
  const house = await keepHouse({ direct: { host: '127.0.0.1', port: 0, certificate } });
  const address = house.node.addresses().find((each) => each.includes('webrtc-direct')) ?? '';
  const logged: string[] = [];
  const [stranger, other] = [await visit(address, (event) => logged.push(event)), await visit(address)];
  expect(stranger.relay().path).toBe('webrtc');
  const heard: Uint8Array[] = [];
  other.network.join('square', (bytes) => heard.push(bytes));
  stranger.network.join('square', () => undefined).publish(Uint8Array.of(1));
  stranger.relay().send(encodeMeet({ kind: 'join', topics: [topic] }));
  await until(() => stranger.met.some((frame) => frame.kind === 'refused' && frame.why === 'members-only'));
  other.relay().send(encodeMeet(enterWith(asha.seed, self, other.network.self)));
  await until(() => other.met.some((frame) => frame.kind === 'entered' && frame.as === 'owner'));
  // Nobody takes it: it is given up.
  await until(() => logged.includes('topic-dropped'), 20_000);
  expect(heard).toEqual([]);
}, 40_000);

test('a thin guest begins no libp2p connection there', async () => {
  const house = await keepHouse();
  const key = await generateKeyPairFromSeed('Ed25519', new Uint8Array(32).fill(9));
  const pageKey = key.publicKey.raw;
  const socket = new WebSocket(`ws://127.0.0.1:${house.port}`, thin.thinProtocol);
  onTestFinished(() => socket.terminate());
  const inbox = createInbox<Uint8Array>();
  socket.on('message', (data: Buffer) => inbox.push(new Uint8Array(data)));
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send(thin.encodeHello({ pageKey, nonce: new Uint8Array(32) }));
  const challenge = thin.decodeChallenge((await inbox.count(1))[0]!);
  if (typeof challenge === 'string') throw new Error(challenge);
  const signature = await key.sign(thin.pageSigns(pageKey, challenge.challenge, challenge.relayKey));
  socket.send(thin.encodeProof({ signature }));
  socket.send(concat([Uint8Array.of(thin.libp2pChannel), new Uint8Array(40)]));
  // Ended at once, and not after a handshake.
  await inbox.first((message) => message.length === 1 && message[0] === thin.libp2pChannel);
  expect(house.node.counts()).toMatchObject({ thin_connection_refused: 1, connections: 0 });
});

test('of those who wait outside the longest goes when they are too many, and nobody who is in', () => {
  const access = createDoors();
  const page = (at: number) => parsePeerId(`page${at.toString().padStart(6, '0')}`)!;
  access.entered(page(0));
  access.take(page(0), enterWith(asha.seed, self, page(0)));
  for (let at = 1; at <= 512; at += 1) access.entered(page(at));
  expect(access.surplus()).toBeNull();
  access.entered(page(513));
  expect(access.surplus()).toBe(page(1));
  access.left(page(1));
  expect(access.surplus()).toBeNull();
  expect([access.isIn(page(0)), access.isIn(page(2))]).toEqual([true, false]);
});
