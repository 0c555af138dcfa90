/** Everyone we can reach now, and the one way to hand them a frame: directly, else through a relay or a neighbour that named them. */
import type { Link } from '../../ports/network.ts';
import { forgetFirst } from '../../protocol/forget-first.ts';
import { encodeFrame } from '../../protocol/frame.ts';
import { encodeMeet } from '../../protocol/meet.ts';
import type { MeetFrame } from '../../protocol/meet.ts';
import type { DeviceId, PeerId, RoomId } from '../../protocol/ids.ts';
import type { Doubt } from '../routing/evidence.ts';
import type { Routing } from '../routing/routing.ts';
import { bestFew } from '../routing/rule.ts';
import type { PathKind } from '../view.ts';

export interface Peer {
  readonly id: PeerId;
  /** The rooms this peer was named for. */
  readonly rooms: Set<RoomId>;
  /** Links whose far end names this peer, and passes on to it: relays, and neighbours. */
  readonly routes: Set<Link>;
  /** Of the routes, the one that was chosen last. */
  via: Link | null;
  /** Of the routes, the one by which their last word came. */
  cameBy: Link | null;
  /** Of the routes, those that may not lead to them. */
  readonly doubts: WeakMap<Link, Doubt>;
  readonly routing: Routing;
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
  /** As whom it said in full what it has, by open room: a name is of one start of a page, so that outlives every path. */
  readonly heardAs: Map<RoomId, DeviceId>;
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
  readonly routing: Routing;
  all(): Iterable<Peer>;
  get(id: PeerId): Peer | undefined;
  meet(id: PeerId): Peer;
  forget(id: PeerId): void;
  inRoom(room: RoomId): readonly Peer[];
}

export function createPeers(routing: Routing): Peers {
  const peers = new Map<PeerId, Peer>();
  /** Gone, but not for good: most come back with the relay. */
  const parted = new Map<PeerId, Peer>();
  return {
    routing,
    all: () => peers.values(),
    get: (id) => peers.get(id),
    meet: (id) => {
      const known = peers.get(id);
      if (known !== undefined) return known;
      const peer: Peer = parted.get(id) ?? {
        id,
        rooms: new Set(),
        routes: new Set(),
        via: null,
        cameBy: null,
        doubts: new WeakMap(),
        routing,
        direct: null,
        device: null,
        rttMs: null,
        era: 0,
        told: new Map(),
        given: new Map(),
        heardAs: new Map(),
      };
      parted.delete(id);
      peers.set(id, peer);
      return peer;
    },
    forget: (id) => {
      const peer = peers.get(id);
      if (peer === undefined) return;
      peers.delete(id);
      if (peer.heardAs.size === 0) return;
      newEra(peer);
      Object.assign(peer, { via: null, cameBy: null, device: null, rttMs: null });
      peer.routes.clear();
      peer.rooms.clear();
      forgetFirst(parted.set(id, peer), mostParted);
    },
    inRoom: (room) => [...peers.values()].filter((peer) => peer.rooms.has(room) && pathOf(peer) !== null),
  };
}

export function pathOf(peer: Peer): PathKind | null {
  if (peer.direct !== null) return 'direct';
  const route = routeOf(peer);
  if (route === null) return null;
  return route.end === 'relay' ? 'relayed' : 'through';
}

/** A relay is made for it; a neighbour has others to carry for. Among equals the better scored, and no change for little. */
export function routeOf(peer: Peer): Link | null {
  let best = peer.via !== null && peer.routes.has(peer.via) ? peer.via : null;
  for (const route of peer.routes) if (best === null || (route !== best && isBetter(peer, route, best))) best = route;
  peer.via = best;
  return best;
}

const isBetter = (peer: Peer, route: Link, than: Link): boolean =>
  route.end === than.end ? scoreIn(peer, route) > scoreIn(peer, than) + clearly : route.end === 'relay';

const scoreIn = ({ routing, doubts }: Peer, route: Link): number =>
  (routing.scoreOf(route)?.value ?? 0) * (doubts.has(route) ? 0.5 : 1);

const clearly = 0.05;

export const sendTo = (peer: Peer, frame: Uint8Array): Sent =>
  peer.direct === null ? sendThrough(peer, frame) : peer.direct.send(frame);

/**
 * The ways by which a message to them goes at once; whoever gets it twice knows it by its name. A relay says what it drops, and by
 * neighbours it goes by as many as their scores ask for. What did not bring it there goes by two at least, and first by such as are not in doubt.
 */
export function waysTo(peer: Peer, isAgain: boolean): readonly Link[] {
  if (peer.direct !== null) return [peer.direct];
  const route = routeOf(peer);
  if (route === null) return [];
  if (route.end === 'relay' && !isAgain) return [route];
  const ways = bestFew(peer.routes, (each) => scoreIn(peer, each), isAgain ? 2 : 1);
  // Of those that are much alike, the one that was chosen.
  return ways.length === 1 ? [route] : ways;
}

export function sendBy(peer: Peer, ways: readonly Link[], frame: Uint8Array): Sent {
  if (peer.direct !== null) return peer.direct.send(frame);
  const results = ways.map((way) => sayMeet(way, { kind: 'pass', to: peer.id, bytes: frame }));
  return results.includes('sent') ? 'sent' : (results[0] ?? 'closed');
}

/** An answer goes back by the ways by which it was asked for, as far as they lead to them: so it tells of these. */
export function sendBack(peer: Peer, ways: readonly Link[], frame: Uint8Array): Sent {
  const known = ways.filter((way) => peer.routes.has(way));
  return known.length > 0 ? sendBy(peer, known, frame) : sendTo(peer, frame);
}

/** What makes a link goes another way than that link. */
export function sendThrough(peer: Peer, frame: Uint8Array): Sent {
  const route = routeOf(peer);
  return route === null ? 'closed' : sayMeet(route, { kind: 'pass', to: peer.id, bytes: frame });
}

export function sayMeet(link: Link, frame: MeetFrame): Sent {
  const bytes = encodeMeet(frame);
  return link.send(link.end === 'relay' ? bytes : encodeFrame({ kind: 'meet', bytes }));
}

type Sent = ReturnType<Link['send']>;

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

/** Nobody names them for this room any more: should we meet there again, everything is to be said again. */
export function missIn(room: RoomId, peer: Peer): void {
  peer.rooms.delete(room);
  peer.told.delete(room);
  countAsLost(room, peer);
}

/** One of us left it. */
export function partIn(room: RoomId, peer: Peer): void {
  missIn(room, peer);
  peer.heardAs.delete(room);
}

const mostParted = 64;
