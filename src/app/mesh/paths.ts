/** The ways to each peer as they come and go: greeted and watched while one stands, forgotten with the last. */
import type { Core } from '../core.ts';
import type { Link } from '../../ports/network.ts';
import { encodeFrame } from '../../protocol/frame.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { Room } from '../rooms/room.ts';
import { encodeMeet } from '../../protocol/meet.ts';
import { pinged } from '../routing/evidence.ts';
import { keyOfLink } from './heartbeat.ts';
import type { Heartbeat, HeartbeatPath } from './heartbeat.ts';
import { newEra, pathOf, routeOf, sendTo } from './peers.ts';
import type { Peer, Peers } from './peers.ts';

export interface Paths {
  /** A way stands where none did, or another one than before. */
  opened(peer: Peer): void;
  forgetIfGone(peer: Peer): void;
  /** One way to them less: by the next one all is said again, or they are gone. */
  loseRoute(peer: Peer, route: Link): void;
  /** The far end of this route leads to them no more. */
  gone(peer: Peer, route: Link): void;
  /** A relay's link; what closes it is silence, and only it. */
  watchRelay(link: Link): void;
}

export interface PathsHands {
  onPath(peer: Peer, room: Room): void;
  gone(peer: PeerId, route: Link): void;
  /** Nobody answers on their direct link. */
  silent(peer: Peer, direct: Link, isHurried: boolean): void;
  show(): void;
}

export function createPaths(core: Core, peers: Peers, heartbeat: Heartbeat, hands: PathsHands): Paths {
  /** A relay says who left; a neighbour may not know of it. */
  const silentOn = (peer: Peer): HeartbeatPath['silent'] => {
    const { direct } = peer;
    if (direct !== null) return (isHurried) => hands.silent(peer, direct, isHurried);
    const route = routeOf(peer);
    return route?.end === 'peer' ? () => gone(peer, route) : null;
  };
  const gone = (peer: Peer, route: Link): void => {
    hands.gone(peer.id, route);
    loseRoute(peer, route);
    hands.show();
  };

  const watch = (peer: Peer): void => {
    const { direct } = peer;
    let asked: Link | null = null;
    heartbeat.watch({
      key: keyOfPath(peer),
      ask: (token) => {
        asked = routeOf(peer);
        sendTo(peer, encodeFrame({ kind: 'ping', token }));
      },
      silent: silentOn(peer),
      isCarried: direct === null,
      told: (rttMs) => {
        if (direct !== null) return peer.routing.told(direct, rttMs);
        if (asked !== null) pinged(peer, asked, rttMs !== null);
      },
    });
  };

  const watchRelay = (link: Link): void =>
    heartbeat.watch({
      key: keyOfLink(link),
      ask: (token) => void link.send(encodeMeet({ kind: 'ping', token })),
      silent: () => link.close(),
      isCarried: false,
      told: (rttMs) => peers.routing.told(link, rttMs),
    });

  const opened = (peer: Peer): void => {
    watch(peer);
    for (const id of peer.rooms) {
      const room = core.rooms.get(id);
      if (room !== undefined) hands.onPath(peer, room);
    }
    hands.show();
  };

  const forgetIfGone = (peer: Peer): void => {
    if (pathOf(peer) !== null) return;
    heartbeat.forget(keyOfPath(peer));
    peers.forget(peer.id);
  };

  /** One way to them less: by the next one all is said again, or they are gone. */
  const loseRoute = (peer: Peer, route: Link): void => {
    const was = routeOf(peer);
    if (!peer.routes.delete(route) || peer.direct !== null || was !== route) return;
    newEra(peer);
    if (pathOf(peer) === null) forgetIfGone(peer);
    else opened(peer);
  };

  return { opened, forgetIfGone, loseRoute, gone, watchRelay };
}

export const keyOfPath = (peer: Peer): string => (peer.direct === null ? `routed/${peer.id}` : keyOfLink(peer.direct));
