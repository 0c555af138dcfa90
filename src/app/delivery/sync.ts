/** Two devices of one room tell what they have, and each gives the other what it lacks. The wire may lose; this does not. */
import type { Cast } from '../cast/cast.ts';
import { createStand } from '../cast/stand.ts';
import type { Stand } from '../cast/stand.ts';
import type { Core } from '../core.ts';
import { decodeText } from '../../protocol/bytes.ts';
import { abbreviate } from '../../protocol/content.ts';
import type { Summary } from '../../protocol/content.ts';
import type { DeviceId, PeerId, RoomId } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import type { Stop } from '../../ports/clock.ts';
import { countAsLost, pathOf, sendTo } from '../mesh/peers.ts';
import type { Given, Peer, Peers } from '../mesh/peers.ts';
import { keyOf, numberIn, under } from '../records.ts';
import type { Head, Room } from '../rooms/room.ts';
import { createReminders, hasMore } from './reminders.ts';
import { frameFor, say } from './say.ts';
import type { Share } from './share.ts';

export interface Sync {
  /** Tells a peer what we have, once per era of its path. Whoever told us before and comes back is compared with. */
  greet(peer: Peer, room: Room): void;
  /** Everybody in the room shall say theirs. */
  ask(room: Room): void;
  /** What was handed to a path did not get there. `isTooFast`: the relay carries no more of us for now. */
  dropped(peer: Peer, room: Room, isTooFast: boolean): void;
  /** We are leaving this room, though the path may stay. */
  farewell(room: Room): void;
  close(): void;
  readonly stand: Stand;
  /** Gives what a summary shows to be missing, in its turn. */
  heard(peer: Peer, room: Room, summary: Summary): void;
}

export function createSync(core: Core, peers: Peers, share: Share, cast: Cast, self: PeerId): Sync {
  const asking = new Map<string, { readonly atMs: number; readonly stop: Stop }>();
  /** Not answered yet: the newest of each peer and room says what those before it said. */
  const unanswered = new Map<string, Summary>();
  /** In which era of their path each was told in full, and as whom: what we are called goes with that alone. */
  const toldIn = new WeakMap<Peer, Map<RoomId, ToldAs>>();

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
    const isFirst = !peer.told.has(room.id);
    const result = say(core, me, room, summary, peer);
    if (result === 'full') askLater(peer, room);
    if (result !== 'sent') return;
    peer.told.set(room.id, room.changes);
    toldIn.set(peer, (toldIn.get(peer) ?? new Map<RoomId, ToldAs>()).set(room.id, { era: peer.era, name: me.name }));
    if (!isFirst) return;
    // Who hears it knows that we know what a cast is.
    if (about !== 'leaves') stand.say(peer, room, 'answers');
    reminders.settle(room);
  };

  const isTold = (peer: Peer, room: Room): boolean => peer.told.has(room.id) && toldIn.get(peer)?.get(room.id)?.era === peer.era;
  const isNameTold = (peer: Peer, room: Room): boolean => toldIn.get(peer)?.get(room.id)?.name === core.me()?.name;

  /** In reply to what they said: only so often, or a flood of theirs would be one of ours. */
  const reply = (peer: Peer, room: Room, about: Summary['about']): void => {
    if (share.takeWord(peer)) tell(peer, room, about);
    else askLater(peer, room);
  };

  /** Something on the way was dropped, or has to wait: once it is calm, begin where their next summary says. */
  const askLater = (peer: Peer, room: Room, waitMs = calmMs): void => {
    const { era } = peer;
    const key = `${peer.id}/${room.id}`;
    const atMs = core.clock.ticksMs() + waitMs;
    const planned = asking.get(key);
    if (planned !== undefined && planned.atMs <= atMs) return;
    planned?.stop();
    const stop = core.clock.after(waitMs, () => {
      asking.delete(key);
      if (peer.era === era && pathOf(peer) !== null && core.rooms.has(room.id)) tell(peer, room, 'asks');
    });
    asking.set(key, { atMs, stop });
  };

  /** What `peer` lacks of one author, as far as one go and our share allow. */
  const give = async (peer: Peer, room: Room, { author, after, top, most }: Wanted): Promise<Part> => {
    const logs = await core.storage.range({
      from: keyOf.log(room.id, author, after + 1),
      to: under(`log/${room.id}/${author}`).to,
      limit: most,
    });
    const together: Uint8Array[] = [];
    let [count, last] = [0, after];
    let end: Part['end'] = logs.length < most ? 'all' : 'stopped';
    for (const log of logs) {
      const n = numberIn(log.key);
      const kept = (await core.storage.get(decodeText(log.value) ?? ''))?.value ?? null;
      const frame = kept === null || room.keys === null ? kept : frameFor(core, room.keys, kept);
      // Entries of a room of members are moved over the session, many in one frame.
      const frames = room.keys === null ? (frame?.length ?? 0) / bytesTogether : 1;
      if (frame !== null && !share.take(peer, frame.length, frames, n <= top ? 'again' : 'first')) {
        end = 'spent';
        break;
      }
      if (frame !== null && room.keys === null) together.push(frame);
      if (frame !== null && room.keys !== null && sendTo(peer, frame) !== 'sent') {
        end = 'stopped';
        break;
      }
      [count, last] = [count + 1, n];
    }
    if (together.length > 0 && (await core.voice()?.give(room, together, peer)) !== 'sent')
      return { count: 0, last: after, end: 'stopped' };
    return { count, last, end };
  };

  /**
   * After which number to go on with an author; null: not now. What they had from us on this path is not given again for a while,
   * however far back they say they are: it may be on its way, or they could not keep it, or they make us work.
   */
  const goOnAfter = (before: Given | undefined, head: Head, after: number): number | null => {
    if (before === undefined) return after;
    const next = Math.max(after, before.last);
    // All of it lies above a gap that we have too: then nothing is given twice.
    if (head.upTo <= after) return next;
    if (after < before.last && core.clock.ticksMs() - before.atMs >= againMs) return after;
    // Who has not moved could not keep it, and would not keep what follows.
    return after === before.after || Math.max(head.upTo, ...head.above) <= next ? null : next;
  };

  const answer = async (peer: Peer, room: Room, summary: Summary): Promise<void> => {
    const theirs = new Map(summary.heads.map((head) => [head.device, head.upTo]));
    const given = peer.given.get(room.id) ?? new Map<DeviceId, Given>();
    peer.given.set(room.id, given);
    let left = mostAtOnce;
    let end: Part['end'] = 'all';
    let isStuck = false;
    for (const [author, head] of room.heads) {
      const after = theirs.get(abbreviate(author)) ?? 0;
      // The author has its own messages, whatever its summary says; unless it lost its disk, and then it says 0.
      if (Math.max(head.upTo, ...head.above) <= after || room.rules?.isOut(author) === true) continue;
      const before = given.get(author);
      const from = goOnAfter(before, head, after);
      isStuck ||= from === null;
      if (from === null) continue;
      const top = before?.top ?? 0;
      const part = await give(peer, room, { author, after: from, top, most: left });
      const { count, last } = part;
      if (count > 0) given.set(author, { after, last, top: Math.max(top, last), atMs: core.clock.ticksMs() });
      left -= count;
      end = part.end;
      if (left <= 0 || end !== 'all') break;
    }
    if (end === 'spent') return askLater(peer, room, spentMs);
    if (end === 'stopped') reply(peer, room, 'asks');
    else if (summary.about === 'asks' || !isTold(peer, room) || hasMore(theirs, room)) reply(peer, room, 'tells');
    if (end === 'all' && isStuck) askLater(peer, room, againMs);
  };

  const stand = createStand(core, share, self, {
    tellInFull: (peer, room) => reply(peer, room, 'tells'),
    chosenBy: cast.links.chosenBy,
  });
  const reminders = createReminders(core, peers, cast, stand, { tell, isNameTold });

  return {
    stand,
    farewell: (room) => {
      for (const peer of peers.inRoom(room.id)) tell(peer, room, 'leaves');
    },
    ask: (room) => {
      for (const peer of peers.inRoom(room.id)) tell(peer, room, 'asks');
    },
    close: () => {
      reminders.close();
      stand.close();
    },
    dropped: (peer, room, isTooFast) => {
      if (isTooFast) share.slowDown();
      countAsLost(room.id, peer);
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
        if (newest === undefined || !isThere) return;
        await answer(peer, room, newest);
        reminders.heard(peer, room, newest);
      });
    },
    greet: (peer, room) => {
      if (peer.told.has(room.id)) return;
      // Who does not know us so well begins in full, and is answered so.
      if (peer.heardAs.has(room.id) && cast.links.speaks(peer) && isNameTold(peer, room)) reminders.settle(room, soonMs);
      else tell(peer, room, 'tells');
    },
  };
}

interface ToldAs {
  readonly era: number;
  readonly name: string;
}

interface Wanted {
  readonly author: DeviceId;
  readonly after: number;
  /** They had it from us before. */
  readonly top: number;
  readonly most: number;
}

interface Part {
  /** How many of them were handed over, and up to which number. */
  readonly count: number;
  readonly last: number;
  /** `stopped`: the path takes no more, or there is more than one go. `spent`: it would be more than our share. */
  readonly end: 'all' | 'stopped' | 'spent';
}

/** A long history goes in parts, each asked for by the summary that follows the one before. */
const mostAtOnce = 128;
const calmMs = 1_500;
/** What waits for whoever comes back goes first. */
const soonMs = 300;
/** Whoever did not keep what we gave, for want of a disk, is given it again no sooner. */
const againMs = 10_000;
/** As much of our share is there again then as one go brings. */
const spentMs = 750;
/** Entries of a room of members fill the frame they are moved in. */
const bytesTogether = 4_000;
