/** What a page and a relay say to each other, read back, cut, and made up. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toBase64url } from '../../src/protocol/bytes.ts';
import { limits } from '../../src/protocol/limits.ts';
import { decodeMeet, encodeMeet, seekIdBytes } from '../../src/protocol/meet.ts';
import type { MeetFrame } from '../../src/protocol/meet.ts';
import { parsePeerId, parseTopic } from '../../src/protocol/ids.ts';

const topic = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => parseTopic(Buffer.from(bytes).toString('hex'))!);
const peer = fc.uint8Array({ minLength: 2, maxLength: limits.peerIdBytes }).map((bytes) => parsePeerId(toBase64url(bytes))!);
const bytes = fc.uint8Array({ maxLength: 400 });
const token = fc.nat();
const frame: fc.Arbitrary<MeetFrame> = fc.oneof(
  fc.record({ kind: fc.constant('join' as const), topics: fc.array(topic, { maxLength: limits.topicsPerPage }) }),
  fc.record({ kind: fc.constant('leave' as const), topics: fc.array(topic, { maxLength: limits.topicsPerPage }) }),
  fc.record({ kind: fc.constant('pass' as const), to: peer, bytes }),
  fc.record({ kind: fc.constant('passed' as const), from: peer, bytes }),
  fc.record({ kind: fc.constant('ping' as const), token }),
  fc.record({ kind: fc.constant('pong' as const), token }),
  fc.record({ kind: fc.constant('met' as const), topic, peers: fc.array(peer, { maxLength: limits.peersPerTopic }) }),
  fc.record({ kind: fc.constant('joined' as const), topic, peer }),
  fc.record({ kind: fc.constant('left' as const), topic, peer }),
  fc.record({
    kind: fc.constant('refused' as const),
    why: fc.constantFrom('malformed', 'not-met', 'too-fast', 'overloaded', 'members-only'),
    peer: fc.option(peer),
  }),
  fc.record({
    kind: fc.constant('seek' as const),
    id: fc.uint8Array({ minLength: seekIdBytes, maxLength: seekIdBytes }),
    ttl: fc.nat(4),
    hops: fc.nat(4),
    from: peer,
    topics: fc.array(topic, { maxLength: limits.topicsPerPage }),
  }),
  fc.record({ kind: fc.constant('found' as const), to: peer, hops: fc.nat(limits.hops), topic, peer }),
  fc.record({ kind: fc.constant('carry' as const), from: peer, to: peer, ttl: fc.nat(limits.hops), bytes }),
  fc.record({ kind: fc.constant('lost' as const), to: peer, peer }),
  fc.record({ kind: fc.constant('square' as const), word: bytes }),
  fc.record({
    kind: fc.constant('claim' as const),
    key: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    signature: fc.uint8Array({ minLength: 64, maxLength: 64 }),
    word: bytes,
  }),
  fc.record({ kind: fc.constant('claimed' as const), outcome: fc.constantFrom('yours', 'used', 'unknown', 'behind', 'refused') }),
  fc.record({
    kind: fc.constant('enter' as const),
    key: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    signature: fc.uint8Array({ minLength: 64, maxLength: 64 }),
  }),
  fc.record({ kind: fc.constant('entered' as const), as: fc.constantFrom('nobody', 'member', 'owner'), word: bytes }),
  fc.record({ kind: fc.constant('access' as const), word: bytes }),
  fc.record({ kind: fc.constant('directory' as const), word: bytes }),
);

test('every frame is read back as it was said', () => {
  fc.assert(
    fc.property(frame, (said) => {
      expect(decodeMeet(encodeMeet(said))).toEqual(said);
    }),
  );
});

test('a frame cut anywhere is refused by name', () => {
  fc.assert(
    fc.property(frame, fc.nat(), (said, cut) => {
      const whole = encodeMeet(said);
      const part = whole.subarray(0, cut % whole.length);
      const read = decodeMeet(part);
      // `pass` and a word carry the rest of the frame: cut there it is a shorter one, and whole.
      const isShorterPass =
        'kind' in read && ['pass', 'passed', 'carry', 'square', 'claim', 'entered', 'access', 'directory'].includes(read.kind);
      expect('refused' in read || isShorterPass).toBe(true);
    }),
  );
});

test('other versions, unknown kinds, too many and too big are refused by name', () => {
  expect(decodeMeet(Uint8Array.of(2, 1, 0))).toEqual({ refused: 'unknown-version' });
  expect(decodeMeet(Uint8Array.of(1, 99, 0))).toEqual({ refused: 'unknown-kind' });
  expect(decodeMeet(Uint8Array.of(1, 0, 0))).toEqual({ refused: 'unknown-kind' });
  expect(decodeMeet(new Uint8Array(0))).toEqual({ refused: 'truncated' });
  expect(decodeMeet(Uint8Array.of(1, 1, 255))).toEqual({ refused: 'too-many' });
  expect(decodeMeet(new Uint8Array(limits.frameBytes + 1))).toEqual({ refused: 'too-big' });
  const pass = encodeMeet({ kind: 'pass', to: parsePeerId('AAAA')!, bytes: new Uint8Array(limits.passBytes + 1) });
  expect(decodeMeet(pass)).toEqual({ refused: 'too-big' });
});

test('nothing is sought, found or carried further than so many hops', () => {
  const far = parsePeerId('AAAA')!;
  const seek = { kind: 'seek', id: new Uint8Array(seekIdBytes), from: far, topics: [] } as const;
  expect(decodeMeet(encodeMeet({ ...seek, ttl: limits.hops, hops: 1 }))).toEqual({ refused: 'too-far' });
  expect(decodeMeet(encodeMeet({ kind: 'carry', from: far, to: far, ttl: limits.hops + 1, bytes: seek.id }))).toEqual({
    refused: 'too-far',
  });
});

test('noise never throws', () => {
  const isAnswered = fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => typeof decodeMeet(noise) === 'object');
  expect(fc.check(isAnswered, { numRuns: 2_000 }).failed).toBe(false);
});
