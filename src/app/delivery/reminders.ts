/** Neighbours in a room hear now and then how we stand in it: copies that were left out, receipts that were lost. Idle rooms say nothing. */
import type { Cast } from '../cast/cast.ts';
import type { Stand } from '../cast/stand.ts';
import type { Core } from '../core.ts';
import { abbreviate } from '../../protocol/content.ts';
import type { Summary } from '../../protocol/content.ts';
import type { RoomId } from '../../protocol/ids.ts';
import type { Stop } from '../../ports/clock.ts';
import type { Peer, Peers } from '../mesh/peers.ts';
import type { Room } from '../rooms/room.ts';

export interface Reminders {
  /** Who is next to us changes as people come and go: those who are now shall know soon. */
  settle(room: Room, afterMs?: number): void;
  /** So far they said to be, in full. */
  heard(peer: Peer, room: Room, summary: Summary): void;
  close(): void;
}

export interface RemindersHands {
  tell(peer: Peer, room: Room, about: Summary['about']): void;
  /** They were told in full under the name that we have now. */
  isNameTold(peer: Peer, room: Room): boolean;
}

export function createReminders(
  core: Core,
  peers: Peers,
  cast: Cast,
  stand: Stand,
  { tell, isNameTold }: RemindersHands,
): Reminders {
  /** How far each peer said to be, and how often we told it since without a change on either side. */
  const apart = new WeakMap<Peer, Map<RoomId, Apart>>();
  const settling = new Map<RoomId, Stop>();
  /** Who heard that we count on them, in which era of their path: they hand on to us from then on. */
  const asked = new WeakMap<Peer, Map<RoomId, number>>();
  const isAsked = (peer: Peer, room: Room): boolean => asked.get(peer)?.get(room.id) === peer.era;

  const remind = (): void => {
    for (const room of core.rooms.values()) remindIn(room);
    stop = core.clock.after(remindMs, remind);
  };
  const remindIn = (room: Room): void => {
    const near = new Set(cast.links.neighbours(room.id));
    for (const peer of peers.inRoom(room.id)) {
      const isNew = peer.told.get(room.id) !== room.changes;
      // Two tell each other in full, and an older page knows nothing else; nor does a root say what we are called.
      if (room.kind === 'direct' || !cast.links.speaks(peer) || !isNameTold(peer, room)) {
        if (isNew) tell(peer, room, 'tells');
        else tellAgain(peer, room, () => tell(peer, room, wantOf(peer, room)));
      } else if (near.has(peer) && (isNew || !isAsked(peer, room))) show(peer, room);
      else if (isUnheard(peer, room)) tellAgain(peer, room, () => stand.say(peer, room, 'wants'));
      else if (near.has(peer) && !stand.isSame(peer, room)) tellAgain(peer, room, () => show(peer, room));
    }
  };

  const show = (peer: Peer, room: Room): void => {
    peer.told.set(room.id, room.changes);
    asked.set(peer, (asked.get(peer) ?? new Map<RoomId, number>()).set(room.id, peer.era));
    stand.say(peer, room, 'asks');
  };

  /** They may have said who they are and that they have all of mine: the word of it was lost, or our disk could not take it. */
  const isUnheard = ({ device }: Peer, room: Room): boolean => {
    const me = core.me();
    const mine = me === null ? undefined : room.heads.get(me.key.id);
    return device === null || (mine !== undefined && (room.got.get(device)?.upTo ?? 0) < mine.upTo);
  };

  const wantOf = (peer: Peer, room: Room): Summary['about'] => {
    const { theirs } = apartIn(peer, room.id);
    // Who said nothing yet may have, and our disk could not take it.
    return theirs === null || hasMore(theirs, room) ? 'asks' : 'tells';
  };

  /** What one of us has and the other has not may have been lost on its way, or the word of it: it is said again, ever more rarely. */
  const tellAgain = (peer: Peer, room: Room, again: () => void): void => {
    const known = apartIn(peer, room.id);
    if (known.theirs !== null && !hasMore(known.theirs, room) && !hasLess(known.theirs, room)) return;
    const nowMs = core.clock.ticksMs();
    const key = `${peer.era}/${room.changes}`;
    if (known.key !== key) Object.assign(known, { key, tries: 0, atMs: nowMs + remindMs });
    if (nowMs < known.atMs) return;
    known.tries += 1;
    known.atMs = nowMs + Math.min(remindMs * 3 ** known.tries, mostApartMs);
    again();
  };
  const apartIn = (peer: Peer, room: RoomId): Apart => {
    const all = apart.get(peer) ?? new Map<RoomId, Apart>();
    const one = all.get(room) ?? { theirs: null, key: '', tries: 0, atMs: 0 };
    apart.set(peer, all.set(room, one));
    return one;
  };
  let stop = core.clock.after(remindMs, remind);

  return {
    settle: (room, afterMs = settleMs) => {
      if (settling.has(room.id)) return;
      const begin = core.clock.after(afterMs, () => {
        settling.delete(room.id);
        if (core.rooms.get(room.id) !== room) return;
        for (const peer of cast.links.neighbours(room.id))
          if (cast.links.speaks(peer) && !(stand.isSame(peer, room) && isAsked(peer, room))) show(peer, room);
      });
      settling.set(room.id, begin);
    },
    heard: (peer, room, { heads }) => {
      apartIn(peer, room.id).theirs = new Map(heads.map((head) => [head.device, head.upTo]));
    },
    close: () => {
      stop();
      for (const end of settling.values()) end();
    },
  };
}

export const hasMore = (theirs: ReadonlyMap<string, number>, room: Room): boolean => {
  const ours = new Map([...room.heads].map(([device, head]) => [abbreviate(device), head.upTo]));
  return [...theirs].some(([device, upTo]) => upTo > (ours.get(device) ?? 0));
};

const hasLess = (theirs: ReadonlyMap<string, number>, room: Room): boolean =>
  [...room.heads].some(([device, head]) => head.upTo > (theirs.get(abbreviate(device)) ?? 0));

interface Apart {
  theirs: ReadonlyMap<string, number> | null;
  /** For which path, and as of which change of the room. */
  key: string;
  tries: number;
  atMs: number;
}

const remindMs = 30_000;
const settleMs = 2_000;
const mostApartMs = 1_800_000;
