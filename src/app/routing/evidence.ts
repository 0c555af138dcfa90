/** What became of things said to somebody says something about the link they went by. */
import type { Link } from '../../ports/network.ts';
import { routeOf } from '../mesh/peers.ts';
import type { Peer } from '../mesh/peers.ts';

/** They acknowledged what went by this way, or did not in time. */
export function heardBack(peer: Peer, way: Link, isAcknowledged: boolean): void {
  if (way.peer === peer.id) peer.routing.answered(way, isAcknowledged);
  else peer.routing.carried(way, isAcknowledged);
}

/** It was handed over; `isFull`: there was no place for it. */
export function handedOver(peer: Peer, isFull: boolean): void {
  const link = peer.direct ?? routeOf(peer);
  if (link !== null) peer.routing.handed(link, isFull);
}
