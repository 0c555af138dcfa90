/** What it means to be introduced to somebody: a way to them, a room in common or none, and a dial. */
import type { Core } from '../core.ts';
import type { Link } from '../../ports/network.ts';
import type { PeerId, RoomId } from '../../protocol/ids.ts';
import type { Room } from '../rooms/room.ts';
import type { Dialer } from './dialer.ts';
import type { MeetingHands } from './meeting.ts';
import type { Paths } from './paths.ts';
import { missIn, pathOf } from './peers.ts';
import type { Peer, Peers } from './peers.ts';

export type Introduced = Pick<MeetingHands, 'met' | 'left' | 'metStranger' | 'leftStranger' | 'dropped'>;

export interface IntroducedDesk {
  readonly self: PeerId;
  readonly peers: Peers;
  readonly paths: Paths;
  readonly dialer: Dialer;
  isNamed(peer: PeerId, room: RoomId): boolean;
  onPath(peer: Peer, room: Room): void;
  onDropped(peer: Peer, room: Room, isTooFast: boolean): void;
  show(): void;
}

export function createIntroduced({ rooms, log }: Pick<Core, 'rooms' | 'log'>, desk: IntroducedDesk): Introduced {
  const { self, peers, paths, dialer } = desk;

  /** Whoever introduces may name whom it likes; only so many cost us anything. */
  const isFull = (by: Link): boolean => {
    const all = [...peers.all()];
    const most = by.end === 'relay' ? mostPeers : mostByNeighbour;
    return all.length >= mostPeers || all.filter(({ routes }) => routes.has(by)).length >= most;
  };

  const meet = (id: PeerId, by: Link): Peer | null => {
    if (id === self) return null;
    if (peers.get(id) === undefined && isFull(by)) {
      log('peer-refused', { why: 'too-many' });
      return null;
    }
    return peers.meet(id);
  };

  return {
    met: (id, room, by, first) => {
      const peer = meet(id, by);
      if (peer === null) return;
      const isNewPath = pathOf(peer) === null;
      // Who speaks for itself is no route to itself.
      if (by.peer !== id) peer.routes.add(by);
      const isNewRoom = !peer.rooms.has(room.id);
      peer.rooms.add(room.id);
      if (isNewPath) paths.opened(peer);
      else if (isNewRoom) desk.onPath(peer, room);
      if (isNewPath || isNewRoom || by.end === 'relay') dialer.want(peer, first);
      desk.show();
    },
    left: (id, room, by) => {
      const peer = peers.get(id);
      if (peer === undefined) return;
      // A direct link knows better than others whether they are still there.
      if (!desk.isNamed(id, room.id) && (peer.direct === null || peer.direct === by)) missIn(room.id, peer);
      if (peer.rooms.size === 0 && peer.direct === null) peer.routes.clear();
      paths.forgetIfGone(peer);
      desk.show();
    },
    metStranger: (id, by, first) => {
      const isKnown = peers.get(id) !== undefined;
      const peer = meet(id, by);
      if (peer === null) return;
      if (by.peer !== id) peer.routes.add(by);
      if (!isKnown) dialer.want(peer, first);
    },
    leftStranger: (id, by) => {
      const peer = peers.get(id);
      if (peer === undefined || peer.rooms.size > 0) return;
      peer.routes.delete(by);
      paths.forgetIfGone(peer);
    },
    dropped: (id, by, why) => {
      const peer = peers.get(id);
      if (peer === undefined || peer.direct !== null) return;
      if (why === 'not-met') return paths.gone(peer, by);
      // Whom it is for may read too slowly: that is not the fault of who carries.
      if (why !== 'overloaded') peer.routing.carried(by, 'refused');
      for (const room of peer.rooms) {
        const known = rooms.get(room);
        if (known !== undefined) desk.onDropped(peer, known, why === 'too-fast');
      }
    },
  };
}

const mostPeers = 512;
const mostByNeighbour = 64;
