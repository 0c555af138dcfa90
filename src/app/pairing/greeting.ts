/**
 * The first word over the new link: who I am, sealed with what only the two who saw both codes have. It is a summary of a room
 * whose secret is the psk, so it is signed by the device and bound to the path it comes by; the room exists for these two words alone.
 */
import type { Self } from '../core.ts';
import { decodeContent, encodeContent } from '../../protocol/content.ts';
import { findRoom, nonceBytes, openEnvelope, seal } from '../../protocol/envelope.ts';
import { encodeFrame } from '../../protocol/frame.ts';
import type { DeviceId, PeerId } from '../../protocol/ids.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import type { RoomKeys } from '../../protocol/room-keys.ts';

export interface Greeting {
  readonly device: DeviceId;
  readonly name: string;
}

/** A whole frame for the link. */
export function greet(keys: RoomKeys, me: Self, self: PeerId, luck: (length: number) => Uint8Array): Uint8Array {
  const { key, name } = me;
  const word = { kind: 'summary', author: key.id, peer: self, name, about: 'tells', heads: [] } as const;
  const envelope = seal(keys, encodeContent(word, keys.id, key), luck(nonceBytes));
  // A name and two keys always fit.
  if (isRefusal(envelope)) throw new Error(`greeting: ${envelope.refused}`);
  return encodeFrame({ kind: 'envelope', bytes: envelope });
}

/** Null: it is no greeting of this pairing, or not by whom it came from. */
export function readGreeting(keys: RoomKeys, envelope: Uint8Array, peer: PeerId, me: DeviceId): Greeting | null {
  if (isRefusal(findRoom([keys], envelope))) return null;
  const signed = openEnvelope(keys, envelope);
  const word = isRefusal(signed) ? signed : decodeContent(signed, keys.id);
  if (isRefusal(word) || word.kind !== 'summary' || word.peer !== peer || word.author === me) return null;
  return { device: word.author, name: word.name };
}
