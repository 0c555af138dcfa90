/** What a page says to whoever introduces it, a relay on `/wavu/meet/1` or a neighbour: topics kept, peers named and sought, sealed bytes passed on; and the word of its Square's owner. */
import { hexToBytes } from '@noble/hashes/utils.js';
import { createReader, createWriter, toBase64url } from './bytes.ts';
import type { Reader } from './bytes.ts';
import { signatureBytes } from './device.ts';
import { entrances } from './access/entrance.ts';
import type { EnteredAs } from './access/entrance.ts';
import { parsePeerId } from './ids.ts';
import type { PeerId, Topic } from './ids.ts';
import { limits } from './limits.ts';
import { readPeer, readTopic, writePeer } from './meet-ids.ts';
import { readPassing, writePassing } from './meet-passing.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';

export type MeetFrame =
  /** Page: I am here for these. The relay answers each with `met`, and tells the named of me with `joined`. */
  | { readonly kind: 'join'; readonly topics: readonly Topic[] }
  | { readonly kind: 'leave'; readonly topics: readonly Topic[] }
  /** Page: hand this to a peer you named to me. */
  | { readonly kind: 'pass'; readonly to: PeerId; readonly bytes: Uint8Array }
  /** Either side; the answer carries the same token. */
  | { readonly kind: 'ping'; readonly token: number }
  | { readonly kind: 'pong'; readonly token: number }
  | { readonly kind: 'met'; readonly topic: Topic; readonly peers: readonly PeerId[] }
  | { readonly kind: 'joined'; readonly topic: Topic; readonly peer: PeerId }
  | { readonly kind: 'left'; readonly topic: Topic; readonly peer: PeerId }
  | { readonly kind: 'passed'; readonly from: PeerId; readonly bytes: Uint8Array }
  /** `peer` names whom a refused pass was for; absent otherwise. */
  | { readonly kind: 'refused'; readonly why: MeetRefusal; readonly peer: PeerId | null }
  /**
   * These four between neighbours, and between a relay and a page that stands in there for those behind it.
   * `from`, so many hops away, looks for whoever keeps these; it goes on for `ttl` hops.
   */
  | {
      readonly kind: 'seek';
      readonly id: Uint8Array;
      readonly ttl: number;
      readonly hops: number;
      readonly from: PeerId;
      readonly topics: readonly Topic[];
    }
  /** Back along the way of a seek: `peer`, so many hops away, keeps this. */
  | { readonly kind: 'found'; readonly to: PeerId; readonly hops: number; readonly topic: Topic; readonly peer: PeerId }
  /** `passed`, with hops still before it. */
  | { readonly kind: 'carry'; readonly from: PeerId; readonly to: PeerId; readonly ttl: number; readonly bytes: Uint8Array }
  /** To `to`, along its way: what it had carried to `peer` came no further. */
  | { readonly kind: 'lost'; readonly to: PeerId; readonly peer: PeerId }
  /** Either side: the word of the Square's owner (`square/word.ts`). A relay says it to all, and takes it from any. */
  | { readonly kind: 'square'; readonly word: Uint8Array }
  /** Page: I hold this owner link (`square/claim.ts`), and this word's device becomes the owner. The relay answers `claimed`. */
  | { readonly kind: 'claim'; readonly key: Uint8Array; readonly signature: Uint8Array; readonly word: Uint8Array }
  | { readonly kind: 'claimed'; readonly outcome: ClaimOutcome }
  /** Page, at a relay for members: I hold this key (`access/enter.ts`). The relay answers `entered`. */
  | { readonly kind: 'enter'; readonly key: Uint8Array; readonly signature: Uint8Array }
  /** `word`: for its owner what the relay keeps of theirs (`access/word.ts`), otherwise nothing. */
  | { readonly kind: 'entered'; readonly as: EnteredAs; readonly word: Uint8Array }
  /** The owner's page: who may come in from now on. */
  | { readonly kind: 'access'; readonly word: Uint8Array }
  /** Either side: what is left at the directory and looked up there (`directory/message.ts`). A page says it to a relay that said `awake`. */
  | { readonly kind: 'directory'; readonly word: Uint8Array };

/** `used`: by somebody else. `unknown`: no link of this relay, or not the newest. `behind`: the word must have a higher number. */
export type ClaimOutcome = (typeof outcomes)[number];

export type Passed = Extract<MeetFrame, { readonly kind: 'passed' }>;
/** What is said for somebody further away. */
export type FarFrame = Extract<MeetFrame, { readonly kind: 'seek' | 'found' | 'carry' | 'lost' }>;
export type Seek = Extract<FarFrame, { readonly kind: 'seek' }>;
export type Carry = Extract<FarFrame, { readonly kind: 'carry' }>;
export const isFar = (frame: MeetFrame): frame is FarFrame =>
  frame.kind === 'seek' || frame.kind === 'found' || frame.kind === 'carry' || frame.kind === 'lost';

/** `members-only`: not before `entered`. */
export type MeetRefusal = (typeof meetRefusals)[number];

export function encodeMeet(frame: MeetFrame): Uint8Array {
  const number = kinds.indexOf(frame.kind) + 1;
  if (frame.kind === 'pass') return writePassing(version, number, frame.to, frame.bytes);
  if (frame.kind === 'passed') return writePassing(version, number, frame.from, frame.bytes);
  const out = createWriter().u8(version).u8(number);
  switch (frame.kind) {
    case 'join':
    case 'leave':
      out.u8(frame.topics.length);
      for (const topic of frame.topics) out.fixed(hexToBytes(topic));
      return out.done();
    case 'ping':
    case 'pong':
      return out.varint(frame.token).done();
    case 'met':
      out.fixed(hexToBytes(frame.topic)).u8(frame.peers.length);
      for (const each of frame.peers) writePeer(out, each);
      return out.done();
    case 'joined':
    case 'left':
      return writePeer(out.fixed(hexToBytes(frame.topic)), frame.peer).done();
    case 'refused':
      out.u8(meetRefusals.indexOf(frame.why) + 1);
      return (frame.peer === null ? out.u8(0) : writePeer(out, frame.peer)).done();
    case 'seek':
      writePeer(out.fixed(frame.id).u8(frame.ttl).u8(frame.hops), frame.from).u8(frame.topics.length);
      for (const topic of frame.topics) out.fixed(hexToBytes(topic));
      return out.done();
    case 'found':
      return writePeer(writePeer(out, frame.to).u8(frame.hops).fixed(hexToBytes(frame.topic)), frame.peer).done();
    case 'carry':
      return writePeer(writePeer(out, frame.from), frame.to).u8(frame.ttl).fixed(frame.bytes).done();
    case 'lost':
      return writePeer(writePeer(out, frame.to), frame.peer).done();
    case 'square':
    case 'access':
    case 'directory':
      return out.fixed(frame.word).done();
    case 'claim':
      return out.fixed(frame.key).fixed(frame.signature).fixed(frame.word).done();
    case 'claimed':
      return out.u8(outcomes.indexOf(frame.outcome) + 1).done();
    case 'enter':
      return out.fixed(frame.key).fixed(frame.signature).done();
    case 'entered':
      return out
        .u8(entrances.indexOf(frame.as) + 1)
        .fixed(frame.word)
        .done();
  }
}

export function decodeMeet(bytes: Uint8Array): MeetFrame | Refusal {
  if (bytes.length > limits.frameBytes) return refuse('too-big');
  const passing = decodePassing(bytes);
  if (passing !== null) return passing;
  const read = createReader(bytes);
  if (read.u8() !== version) return refuse(bytes.length === 0 ? 'truncated' : 'unknown-version');
  const kind = kinds[read.u8() - 1] ?? null;
  if (kind === null) return refuse(bytes.length < 2 ? 'truncated' : 'unknown-kind');
  const frame = readFields(read, kind);
  return read.isDone() ? (frame ?? refuse('bad-id')) : refuse('truncated');
}

const version = 1;
const kinds: readonly (MeetFrame['kind'] | null)[] = [
  'join',
  'leave',
  'pass',
  'ping',
  'pong',
  'met',
  'joined',
  'left',
  'passed',
  'refused',
  'seek',
  'found',
  'carry',
  'lost',
  'square',
  // It was a claim that showed the secret itself.
  null,
  'claimed',
  'enter',
  'entered',
  'access',
  'claim',
  'directory',
];
const outcomes = ['yours', 'used', 'unknown', 'behind', 'refused'] as const;
export const seekIdBytes = 8;
export const meetRefusals = [
  'malformed',
  'unknown-version',
  'too-many-topics',
  'not-met',
  'too-fast',
  'too-big',
  'overloaded',
  'members-only',
] as const;

function readFields(read: Reader, kind: MeetFrame['kind']): MeetFrame | Refusal | null {
  switch (kind) {
    case 'join':
    case 'leave': {
      const count = read.u8();
      if (count > limits.topicsPerPage) return rest(read, refuse('too-many'));
      const topics = Array.from({ length: count }, () => readTopic(read));
      return topics.every((topic) => topic !== null) ? { kind, topics } : null;
    }
    case 'pass':
    case 'passed': {
      const who = readPeer(read);
      const bytes = read.rest();
      if (bytes.length > limits.passBytes) return refuse('too-big');
      if (who === null) return null;
      return kind === 'pass' ? { kind, to: who, bytes } : { kind, from: who, bytes };
    }
    case 'ping':
    case 'pong':
      return { kind, token: read.varint() };
    case 'met': {
      const topic = readTopic(read);
      const count = read.u8();
      if (count > limits.peersPerTopic) return rest(read, refuse('too-many'));
      const peers = Array.from({ length: count }, () => readPeer(read));
      return topic !== null && peers.every((each) => each !== null) ? { kind, topic, peers } : null;
    }
    case 'joined':
    case 'left': {
      const topic = readTopic(read);
      const who = readPeer(read);
      return topic !== null && who !== null ? { kind, topic, peer: who } : null;
    }
    case 'refused': {
      const why = meetRefusals[read.u8() - 1];
      const who = read.capped(limits.peerIdBytes);
      if (why === undefined) return null;
      return { kind, why, peer: who.length === 0 ? null : parsePeerId(toBase64url(who)) };
    }
    case 'seek': {
      const id = read.fixed(seekIdBytes);
      const ttl = read.u8();
      const hops = read.u8();
      const from = readPeer(read);
      const count = read.u8();
      if (count > limits.topicsPerPage) return rest(read, refuse('too-many'));
      const topics = Array.from({ length: count }, () => readTopic(read));
      if (ttl + hops > limits.hops) return refuse('too-far');
      return from !== null && topics.every((topic) => topic !== null) ? { kind, id, ttl, hops, from, topics } : null;
    }
    case 'found': {
      const to = readPeer(read);
      const hops = read.u8();
      const topic = readTopic(read);
      const who = readPeer(read);
      if (hops > limits.hops) return refuse('too-far');
      return to !== null && topic !== null && who !== null ? { kind, to, hops, topic, peer: who } : null;
    }
    case 'carry': {
      const from = readPeer(read);
      const to = readPeer(read);
      const ttl = read.u8();
      const bytes = read.rest();
      if (bytes.length > limits.passBytes) return refuse('too-big');
      if (ttl > limits.hops) return refuse('too-far');
      return from !== null && to !== null ? { kind, from, to, ttl, bytes } : null;
    }
    case 'lost': {
      const to = readPeer(read);
      const who = readPeer(read);
      return to !== null && who !== null ? { kind, to, peer: who } : null;
    }
    case 'directory': {
      const word = read.rest();
      return word.length > limits.directoryWordBytes ? refuse('too-big') : { kind, word };
    }
    case 'square':
    case 'claim': {
      const proof = kind === 'claim' ? { key: read.fixed(32), signature: read.fixed(signatureBytes) } : null;
      const word = read.rest();
      if (word.length > limits.ownerWordBytes) return refuse('too-big');
      return proof === null ? { kind: 'square', word } : { kind: 'claim', ...proof, word };
    }
    case 'claimed': {
      const outcome = outcomes[read.u8() - 1];
      return outcome === undefined ? null : { kind, outcome };
    }
    case 'enter':
      return { kind, key: read.fixed(32), signature: read.fixed(signatureBytes) };
    case 'entered':
    case 'access': {
      const as = kind === 'entered' ? entrances[read.u8() - 1] : 'owner';
      const word = read.rest();
      if (word.length > limits.accessWordBytes) return refuse('too-big');
      if (as === undefined) return null;
      return kind === 'entered' ? { kind, as, word } : { kind, word };
    }
  }
}

/** Null: to be looked at field by field. */
function decodePassing(frame: Uint8Array): MeetFrame | null {
  const kind = kinds[(frame[1] ?? 0) - 1];
  const passing = frame[0] === version && (kind === 'pass' || kind === 'passed') ? readPassing(frame) : null;
  if (passing === null) return null;
  return kind === 'pass'
    ? { kind, to: passing.who, bytes: passing.bytes }
    : { kind: 'passed', from: passing.who, bytes: passing.bytes };
}

const rest = (read: Reader, refusal: Refusal): Refusal => {
  read.rest();
  return refusal;
};
