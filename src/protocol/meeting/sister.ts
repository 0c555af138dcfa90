/** What a relay says to a sister, on `/wavu/sister/1`: which topics its own pages keep, which of them are here, and bytes between two of theirs. */
import { createReader, createWriter, hexToBytes } from '../bytes.ts';
import type { Reader } from '../bytes.ts';
import type { PeerId, Topic } from '../ids.ts';
import { limits } from '../limits.ts';
import { meetRefusals } from '../meet.ts';
import { readPeer, readTopic, writePeer } from '../meet-ids.ts';
import type { MeetRefusal } from '../meet.ts';
import { isRefusal, refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';

/** "Mine" are the speaker's own pages: nobody speaks for the pages of a third relay. */
export type SisterFrame =
  /** On a link that the other opened: I opened one to you as well, so go on. */
  | { readonly kind: 'welcome' }
  /** Somebody of mine is here for these; nobody any more. */
  | { readonly kind: 'keeps' | 'drops'; readonly topics: readonly Topic[] }
  /** These of mine came for a topic that you keep; were there before you kept it; are there no more. */
  | { readonly kind: 'here' | 'there' | 'gone'; readonly topic: Topic; readonly pages: readonly PeerId[] }
  /** I introduced this page of yours to these of mine; `joined`: they came after it. */
  | { readonly kind: 'met' | 'joined'; readonly topic: Topic; readonly page: PeerId; readonly peers: readonly PeerId[] }
  /** From one of mine to one of yours. */
  | { readonly kind: 'pass'; readonly from: PeerId; readonly to: PeerId; readonly bytes: Uint8Array }
  /** What your page `from` had passed to `to`, one of mine, was not. */
  | { readonly kind: 'refused'; readonly why: MeetRefusal; readonly from: PeerId; readonly to: PeerId }
  | { readonly kind: 'ping' }
  /** How full I am: of 255. */
  | { readonly kind: 'pong'; readonly load: number };

export function encodeSister(frame: SisterFrame): Uint8Array {
  const out = createWriter()
    .u8(version)
    .u8(kinds.indexOf(frame.kind) + 1);
  switch (frame.kind) {
    case 'welcome':
    case 'ping':
      return out.done();
    case 'keeps':
    case 'drops':
      out.u16(frame.topics.length);
      for (const topic of frame.topics) out.fixed(hexToBytes(topic));
      return out.done();
    case 'here':
    case 'there':
    case 'gone':
      out.fixed(hexToBytes(frame.topic)).u8(frame.pages.length);
      for (const page of frame.pages) writePeer(out, page);
      return out.done();
    case 'met':
    case 'joined':
      writePeer(out.fixed(hexToBytes(frame.topic)), frame.page).u8(frame.peers.length);
      for (const peer of frame.peers) writePeer(out, peer);
      return out.done();
    case 'pass':
      return writePeer(writePeer(out, frame.from), frame.to).fixed(frame.bytes).done();
    case 'refused':
      return writePeer(writePeer(out.u8(meetRefusals.indexOf(frame.why) + 1), frame.from), frame.to).done();
    case 'pong':
      return out.u8(frame.load).done();
  }
}

export function decodeSister(bytes: Uint8Array): SisterFrame | Refusal {
  if (bytes.length > limits.frameBytes) return refuse('too-big');
  const read = createReader(bytes);
  if (read.u8() !== version) return refuse(bytes.length === 0 ? 'truncated' : 'unknown-version');
  const kind = kinds[read.u8() - 1];
  if (kind === undefined) return refuse(bytes.length < 2 ? 'truncated' : 'unknown-kind');
  const frame = readFields(read, kind);
  if (frame !== null && isRefusal(frame)) return frame;
  return read.isDone() ? (frame ?? refuse('bad-id')) : refuse('truncated');
}

const version = 1;
const kinds = ['welcome', 'keeps', 'drops', 'here', 'there', 'gone', 'met', 'joined', 'pass', 'refused', 'ping', 'pong'] as const;

function readFields(read: Reader, kind: SisterFrame['kind']): SisterFrame | Refusal | null {
  switch (kind) {
    case 'welcome':
    case 'ping':
      return { kind };
    case 'keeps':
    case 'drops': {
      const topics = many(read, read.u16(), limits.topicsPerFrame, readTopic);
      return topics === null || isRefusal(topics) ? topics : { kind, topics };
    }
    case 'here':
    case 'there':
    case 'gone': {
      const topic = readTopic(read);
      const pages = many(read, read.u8(), limits.pagesPerFrame, readPeer);
      if (pages === null || isRefusal(pages)) return pages;
      return topic && { kind, topic, pages };
    }
    case 'met':
    case 'joined': {
      const topic = readTopic(read);
      const page = readPeer(read);
      const peers = many(read, read.u8(), limits.peersPerTopic, readPeer);
      if (peers === null || isRefusal(peers)) return peers;
      return topic && page && { kind, topic, page, peers };
    }
    case 'pass': {
      const from = readPeer(read);
      const to = readPeer(read);
      const bytes = read.rest();
      if (bytes.length > limits.passBytes) return refuse('too-big');
      return from && to && { kind, from, to, bytes };
    }
    case 'refused': {
      const why = meetRefusals[read.u8() - 1];
      const from = readPeer(read);
      const to = readPeer(read);
      return why && from && to ? { kind, why, from, to } : null;
    }
    case 'pong':
      return { kind, load: read.u8() };
  }
}

/** A count that lies is refused before anything is read by it. */
function many<Item>(
  read: Reader,
  count: number,
  most: number,
  one: (read: Reader) => Item | null,
): readonly Item[] | Refusal | null {
  if (count > most) return refuse('too-many');
  const items = Array.from({ length: count }, () => one(read));
  return items.every((item) => item !== null) ? items : null;
}
