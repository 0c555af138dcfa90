/** Version 1, end to end: content signed, sealed, found, opened, and the links and topics of open rooms. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeContent, encodeContent, newMessageId } from '../../src/protocol/content.ts';
import type { Content, Message } from '../../src/protocol/content.ts';
import { deriveDevice, isSigned, sign } from '../../src/protocol/device.ts';
import { envelopeIdOf, findRoom, openEnvelope, seal } from '../../src/protocol/envelope.ts';
import { decodeFrame, encodeFrame } from '../../src/protocol/frame.ts';
import { parseDeviceId, parsePeerId } from '../../src/protocol/ids.ts';
import { decodeInvite, encodeInvite } from '../../src/protocol/invite.ts';
import { limits } from '../../src/protocol/limits.ts';
import { warmUp } from '../../src/protocol/warm-up.ts';
import { deriveRoomKeys, topicOn } from '../../src/protocol/room-keys.ts';

const luck = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const room = deriveRoomKeys(luck(32));
const other = deriveRoomKeys(luck(32));
const alice = deriveDevice(luck(32));

const messageOf = (text: string): Message => ({
  kind: 'message',
  author: alice.id,
  id: newMessageId(luck(16)),
  n: 1,
  sentAtMs: 1_793_491_200_000,
  name: 'Alice',
  text,
});
const sealed = (content: Content): Uint8Array => {
  const envelope = seal(room, encodeContent(content, room.id, alice), luck(12));
  if ('refused' in envelope) throw new Error(envelope.refused);
  return envelope;
};

test('what one device seals, the room opens, and nobody else finds', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
      const message = messageOf(text);
      const envelope = sealed(message);
      expect(findRoom([other, room], envelope)).toBe(room);
      expect(findRoom([other], envelope)).toEqual({ refused: 'no-such-room' });
      const opened = openEnvelope(room, envelope) as Uint8Array;
      expect(decodeContent(opened, room.id)).toEqual(message);
      expect(decodeContent(opened, other.id)).toEqual({ refused: 'bad-signature' });
    }),
    { numRuns: 30 },
  );
});

test('a flipped bit anywhere is refused', () => {
  const envelope = sealed(messageOf('hello'));
  for (let at = 0; at < envelope.length; at += 1) {
    const bent = envelope.slice();
    bent[at]! ^= 1;
    const found = findRoom([room], bent);
    expect('refused' in found || 'refused' in openEnvelope(room, bent)).toBe(true);
  }
});

test('sizes fall into buckets: one letter or a hundred look alike', () => {
  expect(sealed(messageOf('a')).length).toBe(223);
  expect(sealed(messageOf('a'.repeat(60))).length).toBe(512);
  expect(sealed(messageOf('a'.repeat(300))).length).toBe(512);
  expect(sealed(messageOf('a'.repeat(limits.textBytes))).length).toBe(8_192);
});

test('receipts and the largest summary fit an envelope', () => {
  const ids = Array.from({ length: limits.receiptIds }, () => newMessageId(luck(16)));
  const receipt: Content = { kind: 'receipt', author: alice.id, messages: ids };
  const heads = Array.from({ length: limits.devicesPerRoom }, () => ({
    device: Buffer.from(luck(8)).toString('hex'),
    upTo: Number.MAX_SAFE_INTEGER,
  }));
  const peer = parsePeerId('A'.repeat(86))!;
  const summary: Content = { kind: 'summary', author: alice.id, peer, name: 'A'.repeat(48), about: 'asks', heads };
  for (const content of [receipt, summary]) {
    expect(decodeContent(openEnvelope(room, sealed(content)) as Uint8Array, room.id)).toEqual(content);
  }
});

test('nobody speaks with another’s voice', () => {
  const mallory = deriveDevice(luck(32));
  const forged = encodeContent(messageOf('it was me'), room.id, mallory);
  expect(decodeContent(forged, room.id)).toEqual({ refused: 'bad-signature' });
});

test('an identity-point key signs nothing', () => {
  const identityPoint = parseDeviceId('01' + '00'.repeat(31))!;
  const forged = new Uint8Array(64);
  forged[0] = 1;
  expect(isSigned(identityPoint, luck(20), forged)).toBe(false);
  expect(isSigned(alice.id, luck(20), sign(alice, luck(20)))).toBe(false);
});

test('an invite survives being a link, a fragment or a bare code, and nothing else', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 15 }), (name) => {
      const invite = { secret: luck(32), name };
      const code = encodeInvite(invite);
      for (const text of [code, `#${code}`, `https://wavu.example/#${code}`, ` ${code}\n`]) {
        expect(decodeInvite(text)).toEqual(invite);
      }
      for (const text of [code.slice(0, -4), `${code}AAAA`]) expect(decodeInvite(text)).toHaveProperty('refused');
    }),
    { numRuns: 50 },
  );
  for (const text of ['', 'https://example.com', 'join/', 'x'.repeat(5_000), 'join/AgAA']) {
    expect(decodeInvite(text)).toHaveProperty('refused');
  }
});

test('a topic says nothing of its room and changes with the day', () => {
  const topics = new Set([topicOn(room, 1), topicOn(room, 2), topicOn(other, 1)]);
  expect(topics.size).toBe(3);
  expect(topics.has(room.id as never)).toBe(false);
  expect(topicOn(room, 1)).toBe(topicOn(deriveRoomKeys(room.secret), 1));
});

test('noise on the wire is refused by name and never throws', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (noise) => {
      decodeFrame(noise);
      findRoom([room], noise);
      openEnvelope(room, noise);
      expect(decodeContent(noise, room.id)).toHaveProperty('refused');
      envelopeIdOf(noise);
    }),
    { numRuns: 500 },
  );
  const envelope = sealed(messageOf('x'));
  expect(decodeFrame(encodeFrame({ kind: 'envelope', bytes: envelope }))).toEqual({ kind: 'envelope', bytes: envelope });
  expect(decodeFrame(Uint8Array.of(9, 1))).toEqual({ refused: 'unknown-version' });
  expect(decodeFrame(Uint8Array.of(1, 9))).toEqual({ refused: 'unknown-kind' });
  expect(findRoom([room], Uint8Array.of(7, ...envelope.subarray(1)))).toEqual({ refused: 'unknown-version' });
});

test('the warm-up goes the whole way of a message', () => {
  expect(warmUp()).toBe(true);
});
