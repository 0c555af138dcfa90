/** Two devices of one room tell what they have, and each gives the other what it lacks. The wire may lose; this does not. */
import type { Core } from '../core.ts';
import { decodeText } from '../../protocol/bytes.ts';
import { abbreviate } from '../../protocol/content.ts';
import type { Summary } from '../../protocol/content.ts';
import type { DeviceId, PeerId } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import { pathOf } from '../mesh/peers.ts';
import type { Peer, Peers } from '../mesh/peers.ts';
import { keyOf, under } from '../records.ts';
import type { Room } from '../rooms/room.ts';
import { handOver, say } from './say.ts';

export interface Sync {
  /** Tells a peer what we have, once per era of its path. */
  greet(peer: Peer, room: Room): void;
  askLater(peer: Peer, room: Room): void;
  /** We are leaving this room, though the path may stay. */
  farewell(room: Room): void;
  close(): void;
  /** Gives what a summary shows to be missing. Runs in the lane. */
  answer(peer: Peer, room: Room, summary: Summary): Promise<void>;
}

export function createSync(core: Core, peers: Peers, self: PeerId): Sync {
  const asking = new Set<string>();

  const tell = (peer: Peer, room: Room, about: Summary['about']): void => {
    const me = core.me();
    if (me === null) return;
    const summary: Summary = {
      kind: 'summary',
      author: me.key.id,
      peer: self,
      name: me.name,
      about,
      heads: [...room.heads]
        .slice(-limits.devicesPerRoom)
        .map(([device, head]) => ({ device: abbreviate(device), upTo: head.upTo })),
    };
    const result = say(core, me, room, summary, peer);
    if (result === 'sent') peer.told.set(room.id, room.changes);
    if (result === 'full') askLater(peer, room);
  };

  /** Something on the way was dropped: once it is calm, begin where their next summary says. */
  const askLater = (peer: Peer, room: Room): void => {
    const { era } = peer;
    const key = `${peer.id}/${room.id}`;
    if (asking.has(key)) return;
    asking.add(key);
    core.clock.after(calmMs, () => {
      asking.delete(key);
      if (peer.era === era && pathOf(peer) !== null && core.rooms.has(room.id)) tell(peer, room, 'asks');
    });
  };

  /** What `peer` lacks of one author, as far as one go allows. Answers how many were handed over, and whether all. */
  const give = async (peer: Peer, room: Room, author: DeviceId, after: number, most: number): Promise<Given> => {
    const records = await core.storage.range({
      from: keyOf.log(room.id, author, after + 1),
      to: under(`log/${room.id}/${author}`).to,
      limit: most,
    });
    for (const [count, record] of records.entries()) {
      const kept = await core.storage.get(decodeText(record.value) ?? '');
      if (kept === null) continue;
      if (handOver(core, room, kept.value, peer) !== 'sent') return { count, isAll: false };
    }
    return { count: records.length, isAll: records.length < most };
  };

  /** Everybody hears now and then what we have by now: receipts that were lost, copies that luck left out. Idle rooms say nothing. */
  const remind = (): void => {
    for (const room of core.rooms.values()) {
      for (const peer of peers.inRoom(room.id)) if (peer.told.get(room.id) !== room.changes) tell(peer, room, 'tells');
    }
    stop = core.clock.after(remindMs, remind);
  };
  let stop = core.clock.after(remindMs, remind);

  return {
    askLater,
    farewell: (room) => {
      for (const peer of peers.inRoom(room.id)) tell(peer, room, 'leaves');
    },
    close: () => stop(),
    greet: (peer, room) => {
      if (!peer.told.has(room.id)) tell(peer, room, 'tells');
    },
    answer: async (peer, room, summary) => {
      const theirs = new Map(summary.heads.map((head) => [head.device, head.upTo]));
      let left = mostAtOnce;
      let isAll = true;
      for (const [author, head] of room.heads) {
        const after = theirs.get(abbreviate(author)) ?? 0;
        // The author has its own messages, whatever its summary says; unless it lost its disk, and then it says 0.
        if (Math.max(head.upTo, ...head.above) <= after) continue;
        const given = await give(peer, room, author, after, left);
        left -= given.count;
        isAll &&= given.isAll;
        if (left <= 0 || !given.isAll) break;
      }
      if (!isAll) tell(peer, room, 'asks');
      else if (summary.about === 'asks' || !peer.told.has(room.id) || hasMore(theirs, room)) tell(peer, room, 'tells');
    },
  };
}

const hasMore = (theirs: ReadonlyMap<string, number>, room: Room): boolean => {
  const ours = new Map([...room.heads].map(([device, head]) => [abbreviate(device), head.upTo]));
  return [...theirs].some(([device, upTo]) => upTo > (ours.get(device) ?? 0));
};

interface Given {
  readonly count: number;
  readonly isAll: boolean;
}

/** A long history goes in parts, each asked for by the summary that follows the one before. */
const mostAtOnce = 128;
const calmMs = 1_500;
const remindMs = 30_000;
