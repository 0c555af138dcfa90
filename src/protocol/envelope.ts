/** Turns content into bytes only its room can read: AES-256-GCM, padded to a bucket, found by a tag. */
import { gcm } from '@noble/ciphers/aes.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { concat } from './bytes.ts';
import type { EnvelopeId } from './ids.ts';
import { limits } from './limits.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import type { RoomKeys } from './room-keys.ts';

export const nonceBytes = 12;

/** The nonce must be fresh luck: 96 random bits, never used twice under a room's key. */
export function seal(keys: RoomKeys, content: Uint8Array, nonce: Uint8Array): Uint8Array | Refusal {
  const size = bucketFor(content.length + overheadBytes);
  if (size === null) return refuse('too-big');
  const plain = new Uint8Array(size - headBytes - macBytes);
  new DataView(plain.buffer).setUint16(0, content.length);
  plain.set(content, 2);
  const head = concat([Uint8Array.of(version), tagOf(keys, nonce), nonce]);
  return concat([head, gcm(keys.seal, nonce, head).encrypt(plain)]);
}

/** Whose envelope this is, among the rooms we hold. Cheap: one HMAC each. */
export function findRoom<Keys extends RoomKeys>(rooms: Iterable<Keys>, envelope: Uint8Array): Keys | Refusal {
  if (envelope.length > limits.envelopeBytes) return refuse('too-big');
  if (envelope.length > 0 && envelope[0] !== version) return refuse('unknown-version');
  if (envelope.length < overheadBytes) return refuse('truncated');
  const tag = bytesToHex(envelope.subarray(1, 1 + tagBytes));
  const nonce = envelope.subarray(1 + tagBytes, headBytes);
  for (const keys of rooms) if (bytesToHex(tagOf(keys, nonce)) === tag) return keys;
  return refuse('no-such-room');
}

export function openEnvelope(keys: RoomKeys, envelope: Uint8Array): Uint8Array | Refusal {
  const head = envelope.subarray(0, headBytes);
  try {
    const plain = gcm(keys.seal, head.slice(1 + tagBytes), head).decrypt(envelope.subarray(headBytes));
    const length = new DataView(plain.buffer, plain.byteOffset, plain.byteLength).getUint16(0);
    return length > plain.length - 2 ? refuse('truncated') : plain.slice(2, 2 + length);
  } catch {
    return refuse('bad-seal');
  }
}

/** E5: computed by whoever has the bytes, of either version, never carried. A retry resends identical bytes, and so has the same. */
export const envelopeIdOf = (envelope: Uint8Array): EnvelopeId => bytesToHex(sha256(envelope).subarray(0, 16)) as EnvelopeId;

const version = 1;
const tagBytes = 8;
const macBytes = 16;
const headBytes = 1 + tagBytes + nonceBytes;
const overheadBytes = headBytes + 2 + macBytes;
const buckets = [223, 512, 1_024, 2_048, 4_096, 8_192, limits.envelopeBytes];

const bucketFor = (bytes: number): number | null => buckets.find((size) => bytes <= size) ?? null;

const tagOf = (keys: RoomKeys, nonce: Uint8Array): Uint8Array => hmac(sha256, keys.tag, nonce).subarray(0, tagBytes);
