/**
 * Stands in at our relays for those behind us who have none: whatever they seek over neighbours is said there too, and said again to a
 * relay that comes back. So the relay names them to others, and what is for them comes by us (routes.ts carries it).
 */
import type { Core } from '../core.ts';
import type { Stop } from '../../ports/clock.ts';
import type { Link } from '../../ports/network.ts';
import { limits } from '../../protocol/limits.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { Seek } from '../../protocol/meet.ts';
import { createAllowance } from '../../protocol/meeting/allowance.ts';
import type { Allowance } from '../../protocol/meeting/allowance.ts';
import { sayMeet } from './peers.ts';

export interface StandIn {
  /** A relay. */
  opened(relay: Link): void;
  /** Of a relay or a neighbour; or a relay that does not know what we say for others. */
  closed(link: Link): void;
  /** Somebody behind this neighbour looks: so it would go on from here. */
  sought(by: Link, seek: Seek): void;
  /** This neighbour leads there no more. */
  lost(peer: PeerId, by: Link): void;
  /** Whether a relay's link may carry so much more, either way. */
  mayCarry(relay: Link, bytes: number): boolean;
  close(): void;
}

export function createStandIn({ clock, log }: Pick<Core, 'clock' | 'log'>): StandIn {
  const relays = new Map<Link, Relay>();
  /** The longest unsaid first. */
  const behind = new Map<PeerId, Behind>();

  const say = (link: Link, relay: Relay): void => {
    relay.again = null;
    for (const peer of relay.waiting) {
      const known = behind.get(peer);
      if (known !== undefined && !relay.seeks.take(1)) {
        relay.again = clock.after(againMs, () => say(link, relay));
        return;
      }
      relay.waiting.delete(peer);
      if (known !== undefined) sayMeet(link, known.seek);
    }
  };

  const ask = (link: Link, relay: Relay, peer: PeerId): void => {
    relay.waiting.add(peer);
    if (relay.again === null) say(link, relay);
  };

  const endFor = (peer: PeerId): void => {
    behind.delete(peer);
    for (const link of relays.keys()) sayMeet(link, { kind: 'lost', to: link.peer, peer });
  };

  /** Who looked by a neighbour, and has not for so long that it must be gone, makes place. */
  const hasPlace = (by: Link): boolean => {
    const oldMs = clock.ticksMs() - limits.guestMs;
    for (const [peer, { atMs }] of behind) if (atMs < oldMs) behind.delete(peer);
    return behind.size < limits.guestsPerPage && [...behind.values()].filter((each) => each.by === by).length < mostByNeighbour;
  };

  return {
    opened: (link) => {
      const relay: Relay = {
        waiting: new Set(behind.keys()),
        // What a relay of before, which refuses them, bears from us without closing the link.
        seeks: createAllowance(0.5, 7, clock.ticksMs),
        bytes: createAllowance(64_000, 400_000, clock.ticksMs),
        again: null,
      };
      relays.set(link, relay);
      say(link, relay);
    },
    closed: (link) => {
      relays.get(link)?.again?.();
      relays.delete(link);
      for (const [peer, { by }] of behind) if (by === link) endFor(peer);
    },
    sought: (by, seek) => {
      const known = behind.get(seek.from);
      if (known === undefined && !hasPlace(by)) return log('seek-refused', { why: 'too-many' });
      // Nobody draws to itself who comes by another way that is as short.
      const isNearer = known === undefined || known.by.state() === 'closed' || seek.hops < known.seek.hops;
      behind.delete(seek.from);
      behind.set(seek.from, { by: isNearer ? by : known.by, seek, atMs: clock.ticksMs() });
      for (const [link, relay] of relays) ask(link, relay, seek.from);
    },
    lost: (peer, by) => {
      if (behind.get(peer)?.by === by) endFor(peer);
    },
    mayCarry: (link, bytes) => relays.get(link)?.bytes.take(bytes) === true,
    close: () => {
      for (const { again } of relays.values()) again?.();
    },
  };
}

interface Relay {
  /** Whom it shall be told of. */
  readonly waiting: Set<PeerId>;
  readonly seeks: Allowance;
  readonly bytes: Allowance;
  again: Stop | null;
}

interface Behind {
  readonly by: Link;
  readonly seek: Seek;
  readonly atMs: number;
}

const mostByNeighbour = 32;
const againMs = 1_000;
