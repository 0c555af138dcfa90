/** Says to authors that their messages are here: at once, but in a large room only by those next to the author, and by all others now and then. */
import type { Cast } from '../cast/cast.ts';
import type { Core } from '../core.ts';
import type { DeviceId, MessageId } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import type { Peer, Peers } from '../mesh/peers.ts';
import type { Room } from '../rooms/room.ts';
import type { Arrived } from './keeper.ts';
import { say } from './say.ts';

/** What arrived is on the disk. */
export type Acknowledge = (room: Room, arrived: readonly Arrived[]) => void;

/** `owe`: nobody knows a path to the author. */
export function createAcknowledge(
  core: Core,
  peers: Peers,
  cast: Cast,
  owe: (room: Room, author: DeviceId) => void,
): Acknowledge {
  const later = new WeakMap<Room, Map<DeviceId, Set<MessageId>>>();

  const send = (room: Room, author: DeviceId, ids: ReadonlySet<MessageId>, guesses: readonly Peer[]): void => {
    const me = core.me();
    if (me === null) return;
    const ends = peers.inRoom(room.id).filter((peer) => peer.device === author);
    if (ends.length === 0) owe(room, author);
    // Before their first summary nobody is bound to a path: the path it came by is the best guess.
    for (const peer of ends.length > 0 ? ends : guesses.slice(0, 1)) {
      const messages = [...ids];
      for (let at = 0; at < messages.length; at += limits.receiptIds) {
        const part = messages.slice(at, at + limits.receiptIds);
        say(core, me, room, { kind: 'receipt', author: me.key.id, messages: part }, peer);
      }
    }
  };

  const sendLater = (room: Room, author: DeviceId, ids: ReadonlySet<MessageId>): void => {
    const waiting = later.get(room) ?? new Map<DeviceId, Set<MessageId>>();
    if (waiting.size === 0) {
      later.set(room, waiting);
      core.clock.after(laterMs, () => {
        later.delete(room);
        if (core.rooms.get(room.id) !== room) return;
        for (const [each, all] of waiting) send(room, each, all, []);
      });
    }
    waiting.set(author, new Set([...(waiting.get(author) ?? []), ...ids]));
  };

  /** The author hears from some at once that it need not say it again. */
  const isNext = (room: Room, author: DeviceId): boolean =>
    Math.max(room.names.size, room.members.size) <= fewDevices ||
    cast.links.in(room.id).all.some((peer) => peer.device === author) ||
    peers.inRoom(room.id).every((peer) => peer.device !== author);

  return (room, arrived) => {
    const byAuthor = new Map<DeviceId, Set<MessageId>>();
    for (const { author, messageId, peer, body } of arrived) {
      // A copy that others passed on asks for nothing; one from its author says that our receipt was lost.
      const isAsked = body !== null || peer?.device === author || peer?.device === null;
      if (isAsked && author !== core.me()?.key.id) byAuthor.set(author, (byAuthor.get(author) ?? new Set()).add(messageId));
    }
    const guesses = arrived.flatMap(({ peer }) => (peer?.device === null ? peer : []));
    for (const [author, ids] of byAuthor) {
      if (isNext(room, author)) send(room, author, ids, guesses);
      else sendLater(room, author, ids);
    }
  };
}

/** PROTOCOL.md: up to so many devices, a receipt each; above, one in half a minute. */
const fewDevices = 16;
const laterMs = 30_000;
