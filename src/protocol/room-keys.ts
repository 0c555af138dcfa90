/** What follows from a room's secret: its id, its keys, and the topic a relay sees. */
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { createWriter } from './bytes.ts';
import type { RoomId, Topic } from './ids.ts';

export interface RoomKeys {
  readonly id: RoomId;
  readonly secret: Uint8Array;
  /** AES-256-GCM. */
  readonly seal: Uint8Array;
  readonly tag: Uint8Array;
  readonly topic: Uint8Array;
}

export const secretBytes = 32;

/** The secret is the capability: whoever holds it reads and writes. */
export function deriveRoomKeys(secret: Uint8Array): RoomKeys {
  const derive = (what: string, length: number): Uint8Array =>
    hkdf(sha512, secret, undefined, utf8ToBytes(`wavu/1 room ${what}`), length);
  return {
    id: bytesToHex(derive('id', 16)) as RoomId,
    secret,
    seal: derive('seal', 32),
    tag: derive('tag', 32),
    topic: derive('topic', 32),
  };
}

/** Days since 1970: topics change with them, so a relay cannot follow a room from day to day. */
export const dayOf = (timeMs: number): number => Math.floor(timeMs / dayMs);

export function topicOn(keys: RoomKeys, day: number): Topic {
  return bytesToHex(hmac(sha256, keys.topic, createWriter().u64(day).done()).subarray(0, 16)) as Topic;
}

const dayMs = 86_400_000;
