/** Notices who is gone, of those that this page itself would know of: linked to it, or named by a relay that is still there. */
import type { Clock } from '../../ports/clock.ts';
import type { Link } from '../../ports/network.ts';
import type { DeviceId } from '../../protocol/ids.ts';
import { routeOf } from '../mesh/peers.ts';
import type { Peer } from '../mesh/peers.ts';

export interface Watch {
  /** Every few seconds: all in the room to whom a path stands. Answers who is gone since, and was not heard of for a while. */
  look(peers: readonly Peer[]): readonly DeviceId[];
}

export function createWatch(clock: Clock): Watch {
  const seen = new Map<DeviceId, Seen>();
  let lookedMs = clock.ticksMs();

  return {
    look: (peers) => {
      const nowMs = clock.ticksMs();
      // Who slept, or was frozen, judges nobody.
      if (nowMs - lookedMs > sleptMs) seen.clear();
      lookedMs = nowMs;
      for (const peer of peers) {
        if (peer.device === null) continue;
        const route = peer.direct === null ? routeOf(peer) : null;
        // Over neighbours: those who are next to them will notice.
        if (route?.end === 'peer') seen.delete(peer.device);
        else seen.set(peer.device, { relay: route, sinceMs: null });
      }
      const paths = new Set(peers.map(({ device }) => device));
      const isAlone = peers.every(({ direct }) => direct === null);
      const gone: DeviceId[] = [];
      for (const [device, one] of seen) {
        if (paths.has(device)) continue;
        // It is our relay that went, or we who are cut off.
        if (one.relay === null ? isAlone : one.relay.state() !== 'open') {
          seen.delete(device);
          continue;
        }
        one.sinceMs ??= nowMs;
        if (nowMs - one.sinceMs < sureMs) continue;
        seen.delete(device);
        gone.push(device);
      }
      return gone;
    },
  };
}

interface Seen {
  /** By which it was named; null: it was linked to us. */
  readonly relay: Link | null;
  /** Without a path. */
  sinceMs: number | null;
}

/** Many a page is back by then: reloaded, or in another network. */
const sureMs = 15_000;
const sleptMs = 30_000;
