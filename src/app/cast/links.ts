/**
 * With whom a page shares a room's branches: in a small room with everybody, else with whom it is linked to, those next to it, and whom it
 * is next to.
 */
import { placeOf } from '../../protocol/cast.ts';
import type { PeerId, RoomId } from '../../protocol/ids.ts';
import type { Peer, Peers } from '../mesh/peers.ts';
import { neighboursOn } from './ring.ts';

/** In one room. */
export interface Links {
  /** Next to me on the room's ring, by my choice or theirs. */
  readonly near: readonly Peer[];
  /** Branches may grow along these. */
  readonly all: readonly Peer[];
  /** Who hears what I have. */
  readonly told: readonly Peer[];
  /** Where an author's first message goes on: what others carry can be asked for. */
  readonly first: readonly Peer[];
  /** Where my own words begin. */
  readonly own: readonly Peer[];
}

export interface LinkBook {
  begin(self: PeerId): void;
  in(room: RoomId): Links;
  /** By my own choice. */
  neighbours(room: RoomId): readonly Peer[];
  /** They are next to me by theirs. */
  chosenBy(peer: Peer, room: RoomId): void;
  placeOf(room: RoomId, peer: Peer): number;
  /** More are in it than each author reaches itself. */
  isLarge(room: RoomId): boolean;
  /** Whether they ever said a word of a cast. */
  speaks(peer: Peer): boolean;
  heard(peer: Peer): void;
}

export function createLinkBook(peers: Peers): LinkBook {
  let self: PeerId | null = null;
  const places = new WeakMap<Peer, Map<RoomId, number>>();
  /** By which era of their path they chose me. */
  const choosing = new WeakMap<Peer, Map<RoomId, number>>();
  const speakers = new WeakSet<Peer>();

  const placeIn = (room: RoomId, peer: Peer): number => {
    const known = places.get(peer) ?? new Map<RoomId, number>();
    places.set(peer, known);
    const place = known.get(room) ?? placeOf(room, peer.id);
    known.set(room, place);
    return place;
  };

  const neighboursIn = (room: RoomId, others: readonly Peer[]): readonly Peer[] => {
    if (self === null) return [];
    const standing = others.map((one) => ({ one, place: placeIn(room, one), isDirect: one.direct !== null }));
    return neighboursOn(placeOf(room, self), standing).slice(0, others.length <= small ? few : undefined);
  };

  return {
    begin: (id) => void (self = id),
    neighbours: (room) => neighboursIn(room, peers.inRoom(room)),
    chosenBy: (peer, room) => {
      const rooms = choosing.get(peer) ?? new Map<RoomId, number>();
      choosing.set(peer, rooms.set(room, peer.era));
    },
    placeOf: placeIn,
    isLarge: (room) => peers.inRoom(room).length > small,
    speaks: (peer) => speakers.has(peer),
    heard: (peer) => void speakers.add(peer),
    in: (room) => {
      const others = peers.inRoom(room);
      const near = neighboursIn(room, others);
      if (others.length <= small) return { near: others, all: others, told: near, first: others, own: others };
      const linked = others.filter(({ direct }) => direct !== null);
      const chosen = others.filter((peer) => near.includes(peer) || choosing.get(peer)?.get(room) === peer.era);
      const isFew = linked.length < few;
      // With whom I am linked, and whoever may know nothing of casts: at the moment of joining that is everybody.
      const begins = new Set(isFew ? chosen : linked);
      const all = [...new Set([...chosen, ...linked])];
      return {
        near: chosen,
        all,
        told: all,
        first: isFew ? chosen : chosen.filter(({ direct }) => direct !== null),
        own: others.filter((peer) => begins.has(peer) || !speakers.has(peer)),
      };
    },
  };
}

/** So many others, and the author reaches them all itself. */
const small = 7;
/** With fewer links of its own, a page counts on what others carry for it. */
const few = 3;
