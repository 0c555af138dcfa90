/** The same word as it goes over links: only the room can read it, and whoever carries it learns no more than that it passes. */
import { gcm } from '@noble/ciphers/aes.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concat, createWriter, hexToBytes } from '../bytes.ts';
import { roomMark } from '../cast.ts';
import type { PeerId, RoomId } from '../ids.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { decodeHereWord, encodeHereWord } from './word.ts';
import type { HereWord } from './word.ts';

/** Of an open room the secret of its link, of a room of members its cast secret: who was put out does not have the next. */
export interface HereWay {
  readonly room: RoomId;
  readonly secret: Uint8Array;
  /** Who says it: nobody else's words open as theirs. */
  readonly from: PeerId;
}

/** Fresh luck each time. */
export const hereNonceBytes = 12;

export function sealHere(way: HereWay, word: HereWord, nonce: Uint8Array): Uint8Array {
  const plain = encodeHereWord(word);
  const padded = new Uint8Array(paddedTo(plain.length + 2));
  new DataView(padded.buffer).setUint16(0, plain.length);
  padded.set(plain, 2);
  const head = createWriter()
    .fixed(hexToBytes(roomMark(way.room, way.from)))
    .fixed(nonce)
    .done();
  return concat([head, gcm(keyOf(way), nonce, head).encrypt(padded)]);
}

/** Which room it is about; null: these bytes are none of it. */
export const markOfHere = (bytes: Uint8Array): string | null =>
  bytes.length < headBytes + macBytes + 2 ? null : bytesToHex(bytes.subarray(0, markBytes));

export function openHere(way: HereWay, bytes: Uint8Array): HereWord | Refusal {
  const head = bytes.subarray(0, headBytes);
  try {
    const plain = gcm(keyOf(way), head.slice(markBytes), head).decrypt(bytes.subarray(headBytes));
    const length = new DataView(plain.buffer, plain.byteOffset, plain.byteLength).getUint16(0);
    return length > plain.length - 2 ? refuse('truncated') : decodeHereWord(plain.slice(2, 2 + length));
  } catch {
    return refuse('bad-seal');
  }
}

const markBytes = 8;
const headBytes = markBytes + hereNonceBytes;
const macBytes = 16;

/** A key for each page that speaks: so none is used by many, nor longer than a page lives. */
const keyOf = ({ room, secret, from }: HereWay): Uint8Array =>
  hmac(sha256, secret, concat([new TextEncoder().encode('wavu/1 here key'), hexToBytes(room), new TextEncoder().encode(from)]));

/** 32, 48, 64, 96, 128 …: how many a room has shows only so roughly. */
function paddedTo(length: number): number {
  let size = 32;
  while (size < length) {
    if (size + size / 2 >= length) return size + size / 2;
    size *= 2;
  }
  return size;
}
