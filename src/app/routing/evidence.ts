/** What became of things said to somebody says something about the link they went by. */
import { routeOf } from '../mesh/peers.ts';
import type { Peer } from '../mesh/peers.ts';

/** They acknowledged it, or did not in time. */
export function heardBack(peer: Peer, isAcknowledged: boolean): void {
  if (peer.direct !== null) return peer.routing.answered(peer.direct, isAcknowledged);
  const route = routeOf(peer);
  if (route !== null) peer.routing.carried(route, isAcknowledged);
}

/** It was handed over; `isFull`: there was no place for it. */
export function handedOver(peer: Peer, isFull: boolean): void {
  const link = peer.direct ?? routeOf(peer);
  if (link !== null) peer.routing.handed(link, isFull);
}
