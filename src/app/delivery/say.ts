/** Signs, seals and hands over what one device says to a room. */
import type { Core, Self } from '../core.ts';
import type { Link } from '../../ports/network.ts';
import { encodeContent } from '../../protocol/content.ts';
import type { Content } from '../../protocol/content.ts';
import type { DeviceId, OperationId } from '../../protocol/ids.ts';
import { nonceBytes, seal } from '../../protocol/envelope.ts';
import { encodeFrame } from '../../protocol/frame.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import type { Refusal } from '../../protocol/refusal.ts';
import type { RoomKeys } from '../../protocol/room-keys.ts';
import { sendBack } from '../mesh/peers.ts';
import type { Peer } from '../mesh/peers.ts';
import type { Head, Room } from '../rooms/room.ts';

export type Handed = 'sent' | 'full' | 'closed';

/** How rooms of members speak: with keys that move on, so each word takes its turn at the disk. */
export interface Voice {
  /** `sent`: it will be, in its turn. */
  say(room: Room, content: Exclude<Content, { kind: 'message' }>, peer: Peer): Handed;
  /** The last operations of it. */
  headsOf(room: Room): readonly OperationId[];
  /** What its members have, and nobody else since the last of them went: the newest first. */
  secretsOf(room: Room): readonly Uint8Array[];
  /** What this device has of mine, as it says for the first time: what I said before it came it never had. Null: it is nobody's here. */
  firstHead(room: Room, device: DeviceId, before: Head | undefined): Promise<Head | undefined | null>;
  /** In the lane: entries as they lie on the disk, moved over the session with this peer's device. */
  give(room: Room, kept: readonly Uint8Array[], peer: Peer): Promise<Handed>;
}

export const sealFor = (core: Core, keys: RoomKeys, signed: Uint8Array): Uint8Array | Refusal =>
  seal(keys, signed, core.entropy.bytes(nonceBytes));

/** `back`: an answer to what came by these. */
export function say(
  core: Core,
  me: Self,
  room: Room,
  content: Exclude<Content, { kind: 'message' }>,
  peer: Peer,
  back: readonly Link[] = [],
): Handed {
  if (room.keys === null) return core.voice()?.say(room, content, peer) ?? 'closed';
  const frame = frameFor(core, room.keys, encodeContent(content, room.id, me.key));
  const result = frame === null ? 'closed' : sendBack(peer, back, frame);
  return result === 'too-big' ? 'closed' : result;
}

/** Null: it cannot be sealed. */
export function frameFor(core: Core, keys: RoomKeys, signed: Uint8Array): Uint8Array | null {
  const envelope = sealFor(core, keys, signed);
  if (!isRefusal(envelope)) return frameOf(envelope);
  core.log('not-sealed', { why: envelope.refused, room: keys.id });
  return null;
}

/** Version 1 begins with its number alone; of version 2 there is a hop header in front. */
export const frameOf = (sealed: Uint8Array): Uint8Array =>
  encodeFrame({ kind: sealed[0] === 1 ? 'envelope' : 'hop', bytes: sealed });
