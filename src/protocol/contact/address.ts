/** Where to find a device, a room or a contact's box on a day: names that only those who hold the secret can connect. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { createWriter } from '../bytes.ts';
import type { PersonId, RoomId, Topic } from '../ids.ts';
import { isRefusal, refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { dayOf } from '../room-keys.ts';
import { label, labelled, nothing } from '../suite/label.ts';
import type { Suite } from '../suite/suite.ts';

/** What hops see of a device, 8 bytes. */
export const deviceAddress = (suite: Suite, addressSecret: Uint8Array, day: number): Uint8Array =>
  named(suite, addressSecret, 'address', day).slice(0, 8);

/** What hops see of a room, or of an invite's meeting place, 8 bytes. */
export const castId = (suite: Suite, castSecret: Uint8Array, day: number): Uint8Array =>
  named(suite, castSecret, 'cast', day).slice(0, 8);

/** What a relay sees of a room, or of an invite's meeting place: those who name the same meet. */
export const castTopic = (suite: Suite, castSecret: Uint8Array, day: number): Topic =>
  bytesToHex(named(suite, castSecret, 'topic', day).subarray(0, 16)) as Topic;

/** Where parcels for one contact wait, 16 bytes. */
export const boxOn = (suite: Suite, boxSecret: Uint8Array, day: number): Uint8Array =>
  named(suite, boxSecret, 'box', day).slice(0, 16);

export interface BoxSecrets {
  /** I empty it. */
  readonly mine: Uint8Array;
  /** I put into it. */
  readonly theirs: Uint8Array;
}

interface Party {
  readonly id: PersonId;
  readonly dhSecret: Uint8Array;
}

/** Both sides find the same two. */
export function boxSecretsWith(
  suite: Suite,
  me: Party,
  them: { readonly personId: PersonId; readonly personDhKey: Uint8Array },
): BoxSecrets | Refusal {
  const shared = suite.dh(me.dhSecret, them.personDhKey);
  if (shared === null) return refuse('bad-key');
  const secretOf = (owner: PersonId, depositor: PersonId): Uint8Array =>
    suite.kdf(nothing, shared, labelled('boxes', hexToBytes(owner), hexToBytes(depositor)), 32);
  return { mine: secretOf(me.id, them.personId), theirs: secretOf(them.personId, me.id) };
}

/** K9: where a room's devices of two persons meet, as a cast secret, once one of them has missed the room's own. */
export function reachSecretWith(
  suite: Suite,
  room: RoomId,
  me: Party,
  them: { readonly personId: PersonId; readonly personDhKey: Uint8Array },
): Uint8Array | Refusal {
  const boxes = boxSecretsWith(suite, me, them);
  if (isRefusal(boxes)) return boxes;
  const lower = me.id < them.personId ? boxes.mine : boxes.theirs;
  return suite.kdf(hexToBytes(room), lower, label('reach'), 32);
}

/**
 * The days whose names are listened to: today, tomorrow, because another clock may be ahead, and some back: one for a clock that
 * is behind, more for a box where parcels may have waited. Sent is to today's alone.
 */
export function daysToHear(nowMs: number, back = 1): readonly number[] {
  const today = dayOf(nowMs);
  return Array.from({ length: back + 2 }, (_, at) => today - back + at).filter((day) => day >= 0);
}

const named = (suite: Suite, secret: Uint8Array, name: string, day: number): Uint8Array =>
  suite.mac(secret, createWriter().fixed(label(name)).u32(day).done());
