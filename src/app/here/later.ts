/** Receipts in a large room: an author hears at once from those next to it, and of all others one word now and then. */
import type { Core } from '../core.ts';
import type { DeviceId, MessageId } from '../../protocol/ids.ts';
import type { LinkBook } from '../cast/links.ts';
import type { Acknowledged, TakesOver } from '../delivery/acknowledge.ts';
import type { Peers } from '../mesh/peers.ts';
import type { Room } from '../rooms/room.ts';

export function createLater(core: Core, peers: Peers, links: LinkBook): TakesOver {
  const later = new WeakMap<Room, Map<DeviceId, { readonly ids: Set<MessageId>; readonly say: Acknowledged['say'] }>>();

  /** The author hears from some at once that it need not say it again. */
  const isNext = (room: Room, author: DeviceId): boolean =>
    Math.max(room.names.size, room.members.size) <= fewDevices ||
    links.in(room.id).near.some((peer) => peer.device === author) ||
    peers.inRoom(room.id).every((peer) => peer.device !== author);

  return (room, { author, ids, say }) => {
    if (isNext(room, author)) return false;
    const waiting = later.get(room) ?? new Map<DeviceId, { readonly ids: Set<MessageId>; readonly say: Acknowledged['say'] }>();
    if (waiting.size === 0) {
      later.set(room, waiting);
      core.clock.after(laterMs, () => {
        later.delete(room);
        if (core.rooms.get(room.id) === room) for (const each of waiting.values()) each.say(each.ids);
      });
    }
    waiting.set(author, { ids: new Set([...(waiting.get(author)?.ids ?? []), ...ids]), say });
    return true;
  };
}

/** PROTOCOL.md: up to so many devices, a receipt each; above, one in half a minute. */
const fewDevices = 16;
export const laterMs = 30_000;
