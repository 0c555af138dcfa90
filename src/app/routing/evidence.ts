/**
 * What became of things said to somebody says something about the ways they went. Whoever does not answer tells against nobody who
 * carried it: a way is in doubt then, as to them alone, and counts as faulty once another way brought them what it did not.
 */
import type { Link } from '../../ports/network.ts';
import { routeOf } from '../mesh/peers.ts';
import type { Peer } from '../mesh/peers.ts';

/** `unheard`: a ping by it was not answered. `open`: something said was not acknowledged. `closed`: and that was its own fault. */
export type Doubt = 'unheard' | 'open' | 'closed';

/** They signed that they have what went by these. */
export function acknowledged(peer: Peer, ways: readonly Link[]): void {
  const [only] = ways;
  if (only?.peer === peer.id) return peer.routing.answered(only, true);
  const trusted = ways.filter((way) => !peer.doubts.has(way));
  // Of what went by several ways, whichever was not in doubt brought it; of two such, and of none, nothing is said.
  const [brought] = ways.length === 1 ? ways : trusted.length === 1 ? trusted : [];
  if (brought === undefined && trusted.length === 0) return;
  for (const way of peer.routes) {
    if (way === brought || peer.doubts.get(way) !== 'open') continue;
    peer.doubts.set(way, 'closed');
    peer.routing.carried(way, 'lost');
  }
  if (brought === undefined) return;
  peer.doubts.delete(brought);
  peer.routing.carried(brought, 'brought');
}

/** They did not in time. */
export function unacknowledged(peer: Peer, ways: readonly Link[]): void {
  for (const way of ways) {
    if (way.peer === peer.id) peer.routing.answered(way, false);
    else if (peer.doubts.get(way) !== 'closed') peer.doubts.set(way, 'open');
  }
  forgiveAll(peer);
}

/** They answered a ping by this way, or whoever carries it did in their name: so that undoes no doubt but its own, and counts for whom we know alone. */
export function pinged(peer: Peer, way: Link, isAnswered: boolean): void {
  const doubt = peer.doubts.get(way) ?? 'unheard';
  if (doubt !== 'unheard') return;
  if (isAnswered) peer.doubts.delete(way);
  else peer.doubts.set(way, doubt);
  if (isAnswered && peer.device !== null) peer.routing.carried(way, 'brought');
  forgiveAll(peer);
}

/** It was handed over; `isFull`: there was no place for it. */
export function handedOver(peer: Peer, isFull: boolean): void {
  const link = peer.direct ?? routeOf(peer);
  if (link !== null) peer.routing.handed(link, isFull);
}

/** By whatever way they do not answer: then it is they who are silent. */
function forgiveAll({ routes, doubts }: Peer): void {
  if ([...routes].every((way) => doubts.has(way))) for (const way of routes) doubts.delete(way);
}
