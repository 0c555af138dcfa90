/** Says to authors that their messages are here: at once, but in a large room as it takes it over. */
import type { Core } from '../core.ts';
import type { Link } from '../../ports/network.ts';
import type { DeviceId, MessageId } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import type { Peer, Peers } from '../mesh/peers.ts';
import type { Room } from '../rooms/room.ts';
import type { Arrived } from './keeper.ts';
import { say } from './say.ts';

/** What arrived is on the disk. */
export type Acknowledge = (room: Room, arrived: readonly Arrived[]) => void;

/** For one author. */
export interface Acknowledged {
  readonly author: DeviceId;
  readonly ids: ReadonlySet<MessageId>;
  /** To every path that leads to it. */
  say(ids: ReadonlySet<MessageId>): void;
}

/** `takesOver`: answers whether it will be said later, and knows what to do where no path leads to the author (`here/`). */
export type TakesOver = (room: Room, acknowledged: Acknowledged) => boolean;

export function createAcknowledge(core: Core, peers: Peers, takesOver: TakesOver): Acknowledge {
  const send = (
    room: Room,
    author: DeviceId,
    ids: ReadonlySet<MessageId>,
    ways: readonly Link[],
    guesses: readonly Peer[],
  ): void => {
    const me = core.me();
    if (me === null) return;
    const ends = peers.inRoom(room.id).filter((peer) => peer.device === author);
    // Before their first summary nobody is bound to a path: the path it came by is the best guess.
    for (const peer of ends.length > 0 ? ends : guesses.slice(0, 1)) {
      const messages = [...ids];
      for (let at = 0; at < messages.length; at += limits.receiptIds) {
        const part = messages.slice(at, at + limits.receiptIds);
        say(core, me, room, { kind: 'receipt', author: me.key.id, messages: part }, peer, ways);
      }
    }
  };

  return (room, arrived) => {
    const byAuthor = new Map<DeviceId, { readonly ids: Set<MessageId>; readonly ways: Set<Link> }>();
    for (const { author, messageId, peer, way, body } of arrived) {
      // A copy that others passed on asks for nothing; one from its author says that our receipt was lost.
      const isAsked = body !== null || peer?.device === author || peer?.device === null;
      if (!isAsked || author === core.me()?.key.id) continue;
      const each = byAuthor.get(author) ?? { ids: new Set(), ways: new Set() };
      byAuthor.set(author, each);
      each.ids.add(messageId);
      if (way !== null) each.ways.add(way);
    }
    const guesses = arrived.flatMap(({ peer }) => (peer?.device === null ? peer : []));
    for (const [author, { ids, ways }] of byAuthor) {
      if (!takesOver(room, { author, ids, say: (all) => send(room, author, all, [], []) }))
        send(room, author, ids, [...ways], guesses);
    }
  };
}
