/** Everyone we can reach now, and the one way to hand them a frame: directly, else through the relay that named them. */
import type { Link } from '../../ports/network.ts';
import { encodeMeet } from '../../protocol/meet.ts';
import type { DeviceId, PeerId, RoomId } from '../../protocol/ids.ts';
import type { PathKind } from '../view.ts';

export interface Peer {
  readonly id: PeerId;
  /** The rooms a relay named this peer for. */
  readonly rooms: Set<RoomId>;
  /** A relay that names this peer, and passes on to it. */
  relay: Link | null;
  direct: Link | null;
  /** Who it is, once something bound to this very path said so: a signed word, a session's envelope, an acknowledgement. */
  device: DeviceId | null;
  rttMs: number | null;
  /** Grows when a path breaks: what was handed to the old one counts as not sent. */
  era: number;
  /** Rooms whose summary this peer has had from us in this era, as of which change. */
  readonly told: Map<RoomId, number>;
  /** What this peer was given, by room and then author. */
  readonly given: Map<RoomId, Map<DeviceId, Given>>;
}

/** Of one author's messages: they said to have all up to `after` (-1: of this path nothing is known), and had from us up to `last`. */
export interface Given {
  readonly after: number;
  readonly last: number;
  /** And once, on whatever path, up to there. */
  readonly top: number;
  readonly atMs: number;
}

export interface Peers {
  all(): Iterable<Peer>;
  get(id: PeerId): Peer | undefined;
  meet(id: PeerId): Peer;
  forget(id: PeerId): void;
  inRoom(room: RoomId): readonly Peer[];
}

export function createPeers(): Peers {
  const peers = new Map<PeerId, Peer>();
  return {
    all: () => peers.values(),
    get: (id) => peers.get(id),
    meet: (id) => {
      const known = peers.get(id);
      if (known !== undefined) return known;
      const peer: Peer = {
        id,
        rooms: new Set(),
        relay: null,
        direct: null,
        device: null,
        rttMs: null,
        era: 0,
        told: new Map(),
        given: new Map(),
      };
      peers.set(id, peer);
      return peer;
    },
    forget: (id) => void peers.delete(id),
    inRoom: (room) => [...peers.values()].filter((peer) => peer.rooms.has(room) && pathOf(peer) !== null),
  };
}

export function pathOf(peer: Peer): PathKind | null {
  if (peer.direct !== null) return 'direct';
  return peer.relay === null ? null : 'relayed';
}

export function sendTo(peer: Peer, frame: Uint8Array): 'sent' | 'full' | 'closed' | 'too-big' {
  if (peer.direct !== null) return peer.direct.send(frame);
  if (peer.relay === null) return 'closed';
  return peer.relay.send(encodeMeet({ kind: 'pass', to: peer.id, bytes: frame }));
}

/** A path broke: everything is to be said again. */
export function newEra(peer: Peer): void {
  peer.era += 1;
  peer.told.clear();
  for (const room of peer.given.keys()) countAsLost(room, peer);
}

/** What was given may not have arrived. */
export function countAsLost(room: RoomId, peer: Peer): void {
  const given = peer.given.get(room);
  for (const [author, each] of given ?? []) given?.set(author, { ...each, after: -1, last: 0 });
}

/** One of us went from this room: should we meet there again, everything is to be said again. */
export function partIn(room: RoomId, peer: Peer): void {
  peer.rooms.delete(room);
  peer.told.delete(room);
  countAsLost(room, peer);
}
