/** Signs, seals and hands over what one device says to a room. */
import type { Core, Self } from '../core.ts';
import { encodeContent } from '../../protocol/content.ts';
import type { Content } from '../../protocol/content.ts';
import { nonceBytes, seal } from '../../protocol/envelope.ts';
import { encodeFrame } from '../../protocol/frame.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import type { Refusal } from '../../protocol/refusal.ts';
import { sendTo } from '../mesh/peers.ts';
import type { Peer } from '../mesh/peers.ts';
import type { Room } from '../rooms/room.ts';

export const sealFor = (core: Core, room: Room, signed: Uint8Array): Uint8Array | Refusal =>
  seal(room, signed, core.entropy.bytes(nonceBytes));

export function say(core: Core, me: Self, room: Room, content: Content, peer: Peer): 'sent' | 'full' | 'closed' {
  return handOver(core, room, encodeContent(content, room.id, me.key), peer);
}

export function handOver(core: Core, room: Room, signed: Uint8Array, peer: Peer): 'sent' | 'full' | 'closed' {
  const envelope = sealFor(core, room, signed);
  if (isRefusal(envelope)) {
    core.log('not-sealed', { why: envelope.refused, room: room.id });
    return 'closed';
  }
  const result = sendTo(peer, encodeFrame({ kind: 'envelope', bytes: envelope }));
  return result === 'too-big' ? 'closed' : result;
}
