/**
 * What neighbours in a room tell each other about it beside its envelopes, in a few bytes and unsealed: whoever carries them sees the
 * envelopes pass as well, and learns no more. Nothing here is believed but as a hint: what it brings is an envelope, or a summary, that
 * speaks for itself.
 */
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, createReader, createWriter } from './bytes.ts';
import type { EnvelopeId, PeerId, RoomId } from './ids.ts';
import { limits } from './limits.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';

/** The first 8 bytes of an envelope's id, hex. */
export type CastId = string;

export type CastWord =
  /**
   * `have`: I have these, and you may ask. `want`: give me these, and what follows of their author at once. `rather`: only what follows.
   * `enough`: of these I had a copy before yours, and give me none that follows.
   */
  | { readonly kind: 'have' | 'want' | 'rather' | 'enough'; readonly ids: readonly CastId[] }
  /** A frame with an envelope in it; and who has it from me beside you, or gave it to me: by the beginning of their place in the room. */
  | { readonly kind: 'given'; readonly to: readonly number[]; readonly frame: Uint8Array }
  /**
   * How I stand in a room, as one number: yours is the same where we have the same. `asks`: say how you stand; `answers`: nothing is to
   * be said if it is the same; `wants`: say it in full, whether it is the same or not.
   */
  | { readonly kind: 'stand'; readonly about: 'asks' | 'answers' | 'wants'; readonly room: string; readonly root: string }
  /** Who is in a large room, sealed to it (`here/sealed.ts`). */
  | { readonly kind: 'here'; readonly bytes: Uint8Array };

export const castIdOf = (id: EnvelopeId): CastId => id.slice(0, 2 * idBytes);

/** Where somebody is on a room's ring, the same for all who are in it. */
export function placeOf(room: RoomId, peer: PeerId): number {
  const hash = sha256(concat([utf8ToBytes('wavu/1 ring'), hexToBytes(room), utf8ToBytes(peer)]));
  return new DataView(hash.buffer, hash.byteOffset).getUint32(0);
}

/** By which `given` names them. */
export const shortPlace = (place: number): number => place >>> 16;

/** What `peer` calls a room beside its sealed words: nobody outside it can tell which it is. */
export const roomMark = (room: RoomId, peer: PeerId): string =>
  bytesToHex(sha256(concat([utf8ToBytes('wavu/1 mark'), hexToBytes(room), utf8ToBytes(peer)])).subarray(0, markBytes));

/** `state`: all that two who are equal have alike, in one order. */
export const rootOf = (room: RoomId, state: Uint8Array): string =>
  bytesToHex(sha256(concat([utf8ToBytes('wavu/1 root'), hexToBytes(room), state])).subarray(0, rootBytes));

export function encodeCast(word: CastWord): Uint8Array {
  const out = createWriter().u8(kinds.indexOf(word.kind) + 1);
  switch (word.kind) {
    case 'given':
      out.u8(word.to.length);
      for (const place of word.to) out.u16(place);
      out.fixed(word.frame);
      break;
    case 'stand':
      out
        .u8(abouts.indexOf(word.about) + 1)
        .fixed(hexToBytes(word.room))
        .fixed(hexToBytes(word.root));
      break;
    case 'here':
      out.fixed(word.bytes);
      break;
    default:
      for (const id of word.ids) out.fixed(hexToBytes(id));
  }
  return out.done();
}

export function decodeCast(bytes: Uint8Array): CastWord | Refusal {
  const read = createReader(bytes);
  const kind = kinds[read.u8() - 1];
  if (!read.isGood()) return refuse('truncated');
  switch (kind) {
    case undefined:
      return refuse('unknown-kind');
    case 'given': {
      const count = read.u8();
      if (count > limits.castPeers) return refuse('too-many');
      const to = Array.from({ length: count }, () => read.u16());
      return read.isGood() ? { kind, to, frame: read.rest() } : refuse('truncated');
    }
    case 'stand': {
      const about = abouts[read.u8() - 1];
      const room = bytesToHex(read.fixed(markBytes));
      const root = bytesToHex(read.fixed(rootBytes));
      if (!read.isGood() || !read.isDone()) return refuse('truncated');
      return about === undefined ? refuse('bad-number') : { kind, about, room, root };
    }
    case 'here':
      return { kind, bytes: read.rest() };
    default: {
      const count = (bytes.length - 1) / idBytes;
      if (count > limits.castIds) return refuse('too-many');
      if (count === 0 || !Number.isInteger(count)) return refuse('truncated');
      return { kind, ids: Array.from({ length: count }, () => bytesToHex(read.fixed(idBytes))) };
    }
  }
}

const idBytes = 8;
const markBytes = 8;
const rootBytes = 16;
const kinds = ['have', 'want', 'rather', 'enough', 'given', 'stand', 'here'] as const;
const abouts = ['asks', 'answers', 'wants'] as const;
