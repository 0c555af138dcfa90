/** Bytes peers agree on. Where one of these changes, old and new no longer understand each other: change the version with it. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { expect, test } from 'vitest';
import { enterWith } from '../../src/protocol/access/enter.ts';
import { encodeAccessWord } from '../../src/protocol/access/word.ts';
import { encodeContent, newMessageId } from '../../src/protocol/content.ts';
import { deriveDevice } from '../../src/protocol/device.ts';
import { findEffort, placeOf } from '../../src/protocol/directory/contact.ts';
import { encodeDirectory } from '../../src/protocol/directory/message.ts';
import { encodeRecord } from '../../src/protocol/directory/record.ts';
import { keyOfWhereabouts, sealWhereabouts } from '../../src/protocol/directory/whereabouts.ts';
import { envelopeIdOf, seal } from '../../src/protocol/envelope.ts';
import { encodeFrame } from '../../src/protocol/frame.ts';
import { parsePeerId } from '../../src/protocol/ids.ts';
import type { PeerId } from '../../src/protocol/ids.ts';
import { encodeInvite } from '../../src/protocol/invite.ts';
import { encodeMeet } from '../../src/protocol/meet.ts';
import { deriveRoomKeys, topicOn } from '../../src/protocol/room-keys.ts';
import { claimWith } from '../../src/protocol/square/claim.ts';
import { encodeOwnerLink } from '../../src/protocol/square/owner-link.ts';
import { encodeOwnerWord } from '../../src/protocol/square/word.ts';
import { nobleSuite } from '../../src/protocol/suite/noble.ts';

const fill = (length: number, byte: number): Uint8Array => new Uint8Array(length).fill(byte);
const room = deriveRoomKeys(fill(32, 1));
const device = deriveDevice(fill(32, 2));
const peer: PeerId = parsePeerId('AAECAwQF') ?? ('' as PeerId);
const author = device.id;
const id = newMessageId(fill(16, 3));
const message = { kind: 'message', author, id, n: 300, sentAtMs: 1_795_000_000_000, name: 'Asha', text: 'Hodi! 👋' } as const;
const heads = [{ device: author.slice(0, 16), upTo: 300 }];
const summary = { kind: 'summary', author, peer, name: 'Asha', about: 'asks', heads } as const;
const topic = topicOn(room, 20_775);
const envelope = seal(room, encodeContent(message, room.id, device), fill(12, 4)) as Uint8Array;

const hashOf = (bytes: Uint8Array): string => bytesToHex(sha256(bytes)).slice(0, 16);

test('every noun of version 1 has the bytes it always had', () => {
  expect({
    room: room.id,
    topic,
    device: author,
    invite: encodeInvite({ secret: room.secret, name: 'The well' }),
    message: hashOf(encodeContent(message, room.id, device)),
    receipt: hashOf(encodeContent({ kind: 'receipt', author, messages: [id] }, room.id, device)),
    summary: hashOf(encodeContent(summary, room.id, device)),
    envelope: envelopeIdOf(envelope),
    frames: [
      hashOf(encodeFrame({ kind: 'envelope', bytes: envelope })),
      bytesToHex(encodeFrame({ kind: 'ping', token: 300 })),
      bytesToHex(encodeFrame({ kind: 'pong', token: 1 })),
    ],
    meet: [
      bytesToHex(encodeMeet({ kind: 'join', topics: [topic] })),
      bytesToHex(encodeMeet({ kind: 'leave', topics: [topic] })),
      bytesToHex(encodeMeet({ kind: 'pass', to: peer, bytes: fill(2, 9) })),
      bytesToHex(encodeMeet({ kind: 'ping', token: 300 })),
      bytesToHex(encodeMeet({ kind: 'pong', token: 300 })),
      bytesToHex(encodeMeet({ kind: 'met', topic, peers: [peer] })),
      bytesToHex(encodeMeet({ kind: 'joined', topic, peer })),
      bytesToHex(encodeMeet({ kind: 'left', topic, peer })),
      bytesToHex(encodeMeet({ kind: 'passed', from: peer, bytes: fill(2, 9) })),
      bytesToHex(encodeMeet({ kind: 'refused', why: 'not-met', peer })),
      bytesToHex(encodeMeet({ kind: 'refused', why: 'overloaded', peer: null })),
    ],
  }).toMatchSnapshot();
});

test('the word of a Square’s owner, its link and its frames have the bytes they always had', () => {
  const owner = deriveDevice(fill(32, 5));
  const pinned = encodeContent(message, room.id, device);
  const expelled = [{ device: author, name: 'Baraka' }];
  const times = { atMs: 1_795_000_000_000, closedMs: 1_795_000_001_000, clearedMs: 1_794_999_999_000 };
  const said = { owner: owner.id, name: 'Asha', seq: 300, did: 'expelled', about: 'Baraka', pinned, expelled, ...times } as const;
  const word = encodeOwnerWord(said, room.id, owner);
  expect({
    word: [word.length, hashOf(word)],
    empty: bytesToHex(
      encodeOwnerWord(
        { ...said, did: 'began', about: '', closedMs: null, clearedMs: 0, pinned: null, expelled: [] },
        room.id,
        owner,
      ),
    ),
    link: encodeOwnerLink(fill(32, 6)),
    frame: bytesToHex(encodeFrame({ kind: 'square', bytes: fill(2, 9) })),
    meet: [
      bytesToHex(encodeMeet({ kind: 'square', word: fill(2, 9) })),
      bytesToHex(encodeMeet(claimWith(fill(32, 6), peer, fill(2, 9)))),
      bytesToHex(encodeMeet({ kind: 'claimed', outcome: 'yours' })),
    ],
  }).toMatchSnapshot();
});

test('the owner’s word on access, a page’s proof and their frames have the bytes they always had', () => {
  const owner = deriveDevice(fill(32, 5));
  const other = parsePeerId('AAECAwQG') ?? peer;
  expect({
    word: bytesToHex(encodeAccessWord({ owner: owner.id, seq: 300, untilHour: 498_611, keys: [author, owner.id] }, peer, owner)),
    meet: [
      bytesToHex(encodeMeet(enterWith(fill(32, 2), peer, other))),
      bytesToHex(encodeMeet({ kind: 'entered', as: 'nobody', word: new Uint8Array(0) })),
      bytesToHex(encodeMeet({ kind: 'entered', as: 'owner', word: fill(2, 9) })),
      bytesToHex(encodeMeet({ kind: 'access', word: fill(2, 9) })),
      bytesToHex(encodeMeet({ kind: 'refused', why: 'members-only', peer: null })),
    ],
  }).toMatchSnapshot();
});

test('what servers of the directory and a relay and its pages say of it has the bytes it always had', () => {
  const effort = findEffort(nobleSuite, peer, 8, 0, 10_000) ?? fill(8, 0);
  const contact = { peer, address: '/dns4/wavu.example/tcp/443/tls/ws', effort };
  const slot = { secret: fill(32, 7), day: 20_775, slot: 1 };
  const relays = ['/dns4/wavu.example/tcp/443/tls/ws', '/dns4/west.example/tcp/8470/tls/ws'];
  const record = sealWhereabouts(nobleSuite, slot, relays, 1_795_000_000_000, (length) => fill(length, 4));
  const bytes = encodeRecord(record);
  expect({
    effort: bytesToHex(effort),
    place: bytesToHex(placeOf(nobleSuite, contact)),
    key: bytesToHex(keyOfWhereabouts(nobleSuite, slot)),
    record: [bytes.length, hashOf(bytes)],
    messages: [
      bytesToHex(encodeDirectory({ kind: 'find', number: 300, place: fill(32, 8), from: null })),
      bytesToHex(encodeDirectory({ kind: 'find', number: 300, place: fill(32, 8), from: contact })),
      hashOf(encodeDirectory({ kind: 'put', number: 300, record })),
      hashOf(encodeDirectory({ kind: 'near', number: 300, contacts: [contact], record })),
      bytesToHex(encodeDirectory({ kind: 'near', number: 300, contacts: [], record: null })),
      bytesToHex(encodeDirectory({ kind: 'kept', number: 300 })),
      bytesToHex(encodeDirectory({ kind: 'not-kept', number: 300 })),
      bytesToHex(encodeDirectory({ kind: 'awake', number: 0 })),
      bytesToHex(encodeDirectory({ kind: 'not-now', number: 300, why: 'asleep' })),
      bytesToHex(encodeDirectory({ kind: 'not-now', number: 300, why: 'too-fast' })),
    ],
    meet: bytesToHex(encodeMeet({ kind: 'directory', word: fill(2, 9) })),
  }).toMatchSnapshot();
});
