/** Two devices of one room tell what they have, and each gives the other what it lacks. The wire may lose; this does not. */
import type { Core } from '../core.ts';
import { decodeText } from '../../protocol/bytes.ts';
import { abbreviate } from '../../protocol/content.ts';
import type { Summary } from '../../protocol/content.ts';
import type { DeviceId, PeerId } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import { pathOf } from '../mesh/peers.ts';
import type { Given, Peer, Peers } from '../mesh/peers.ts';
import { keyOf, numberIn, under } from '../records.ts';
import type { Head, Room } from '../rooms/room.ts';
import { handOver, say } from './say.ts';

export interface Sync {
  /** Tells a peer what we have, once per era of its path. */
  greet(peer: Peer, room: Room): void;
  /** Everybody in the room shall say theirs. */
  ask(room: Room): void;
  /** What was handed to a path did not get there. */
  dropped(peer: Peer, room: Room): void;
  /** We are leaving this room, though the path may stay. */
  farewell(room: Room): void;
  close(): void;
  /** Gives what a summary shows to be missing, in its turn. */
  heard(peer: Peer, room: Room, summary: Summary): void;
}

export function createSync(core: Core, peers: Peers, self: PeerId): Sync {
  const asking = new Set<string>();
  /** Not answered yet: the newest of each peer and room says what those before it said. */
  const unanswered = new Map<string, Summary>();

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
  const askLater = (peer: Peer, room: Room, waitMs = calmMs): void => {
    const { era } = peer;
    const key = `${peer.id}/${room.id}`;
    if (asking.has(key)) return;
    asking.add(key);
    core.clock.after(waitMs, () => {
      asking.delete(key);
      if (peer.era === era && pathOf(peer) !== null && core.rooms.has(room.id)) tell(peer, room, 'asks');
    });
  };

  /** What `peer` lacks of one author, as far as one go allows. Answers how many were handed over, and whether all. */
  const give = async (peer: Peer, room: Room, author: DeviceId, after: number, most: number): Promise<Part> => {
    const records = await core.storage.range({
      from: keyOf.log(room.id, author, after + 1),
      to: under(`log/${room.id}/${author}`).to,
      limit: most,
    });
    let last = after;
    if (room.keys === null) {
      const kept = await Promise.all(records.map((record) => core.storage.get(decodeText(record.value) ?? '')));
      const whole = kept.flatMap((each) => each?.value ?? []);
      if (whole.length > 0 && (await core.voice()?.give(room, whole, peer)) !== 'sent') return { count: 0, last, isAll: false };
      return {
        count: records.length,
        last: records.length === 0 ? after : numberIn(records.at(-1)!.key),
        isAll: records.length < most,
      };
    }
    for (const [count, record] of records.entries()) {
      const kept = await core.storage.get(decodeText(record.value) ?? '');
      if (kept === null) continue;
      if (handOver(core, room.keys, kept.value, peer) !== 'sent') return { count, last, isAll: false };
      last = numberIn(record.key);
    }
    return { count: records.length, last, isAll: records.length < most };
  };

  /**
   * After which number to go on with an author; null: not now. A summary that has not moved since we gave says that they
   * could not keep it, or that all of it lies above a gap that we have too: then nothing is given twice.
   */
  const goOnAfter = (before: Given | undefined, head: Head, after: number): number | null => {
    if (before?.after !== after) return after;
    if (head.upTo <= after) return Math.max(after, before.last);
    return core.clock.ticksMs() - before.atMs < againMs ? null : after;
  };

  const answer = async (peer: Peer, room: Room, summary: Summary): Promise<void> => {
    const theirs = new Map(summary.heads.map((head) => [head.device, head.upTo]));
    const given = peer.given.get(room.id) ?? new Map<DeviceId, Given>();
    peer.given.set(room.id, given);
    let left = mostAtOnce;
    let isAll = true;
    let isStuck = false;
    for (const [author, head] of room.heads) {
      const after = theirs.get(abbreviate(author)) ?? 0;
      // The author has its own messages, whatever its summary says; unless it lost its disk, and then it says 0.
      if (Math.max(head.upTo, ...head.above) <= after) continue;
      const from = goOnAfter(given.get(author), head, after);
      isStuck ||= from === null;
      if (from === null) continue;
      const part = await give(peer, room, author, from, left);
      if (part.count > 0) given.set(author, { after, last: part.last, atMs: core.clock.ticksMs() });
      left -= part.count;
      isAll &&= part.isAll;
      if (left <= 0 || !part.isAll) break;
    }
    if (!isAll) tell(peer, room, 'asks');
    else if (summary.about === 'asks' || !peer.told.has(room.id) || hasMore(theirs, room)) tell(peer, room, 'tells');
    if (isAll && isStuck) askLater(peer, room, againMs);
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
    farewell: (room) => {
      for (const peer of peers.inRoom(room.id)) tell(peer, room, 'leaves');
    },
    ask: (room) => {
      for (const peer of peers.inRoom(room.id)) tell(peer, room, 'asks');
    },
    close: () => stop(),
    dropped: (peer, room) => {
      peer.given.delete(room.id);
      askLater(peer, room);
    },
    heard: (peer, room, summary) => {
      const key = `${peer.id}/${room.id}`;
      const before = unanswered.get(key);
      unanswered.set(key, before?.about === 'asks' ? { ...summary, about: 'asks' } : summary);
      if (before !== undefined) return;
      void core.lane.run(async () => {
        const newest = unanswered.get(key);
        unanswered.delete(key);
        const isThere = core.rooms.get(room.id) === room && peer.rooms.has(room.id) && pathOf(peer) !== null;
        if (newest !== undefined && isThere) await answer(peer, room, newest);
      });
    },
    greet: (peer, room) => {
      if (!peer.told.has(room.id)) tell(peer, room, 'tells');
    },
  };
}

const hasMore = (theirs: ReadonlyMap<string, number>, room: Room): boolean => {
  const ours = new Map([...room.heads].map(([device, head]) => [abbreviate(device), head.upTo]));
  return [...theirs].some(([device, upTo]) => upTo > (ours.get(device) ?? 0));
};

interface Part {
  readonly count: number;
  readonly last: number;
  readonly isAll: boolean;
}

/** A long history goes in parts, each asked for by the summary that follows the one before. */
const mostAtOnce = 128;
const calmMs = 1_500;
/** Whoever did not keep what we gave, for want of a disk, is given it again no sooner. */
const againMs = 10_000;
const remindMs = 30_000;
