/** What we are to our neighbours: a meeting place, as the relay is one to us. */
import type { Core } from '../core.ts';
import type { Stop } from '../../ports/clock.ts';
import type { Link } from '../../ports/network.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { MeetFrame } from '../../protocol/meet.ts';
import { createMeetingPlace } from '../../protocol/meeting/place.ts';
import { sayMeet } from './peers.ts';

export interface Host {
  /** Our latest link to a neighbour. */
  opened(link: Link): void;
  closed(link: Link): void;
  take(link: Link, bytes: Uint8Array): void;
  /** Whether we introduced them. */
  isMet(one: PeerId, other: PeerId): boolean;
  close(): void;
}

export function createHost({ clock, entropy, log }: Pick<Core, 'clock' | 'entropy' | 'log'>): Host {
  const neighbours = new Map<PeerId, Neighbour>();

  /** What a slow neighbour cannot take yet waits in order. */
  const flush = (neighbour: Neighbour): void => {
    neighbour.again = null;
    while (neighbour.held.length > 0 && sayMeet(neighbour.link, neighbour.held[0]!) !== 'full') neighbour.held.shift();
    if (neighbour.held.length > 0) neighbour.again = clock.after(againMs, () => flush(neighbour));
  };

  const forget = (peer: PeerId): void => {
    neighbours.get(peer)?.again?.();
    neighbours.delete(peer);
    place.left(peer);
  };

  const place = createMeetingPlace(share, {
    tell: (peer, frame) => {
      const neighbour = neighbours.get(peer);
      if (neighbour === undefined || neighbour.held.length >= mostHeld) return;
      neighbour.held.push(frame);
      if (neighbour.again === null) flush(neighbour);
    },
    pass: (peer, frame) => {
      const neighbour = neighbours.get(peer);
      return neighbour !== undefined && neighbour.held.length === 0 && sayMeet(neighbour.link, frame) === 'sent';
    },
    // These go over tracks (routes.ts).
    far: () => false,
    drop: (peer) => {
      log('neighbour-refused', { peer, why: 'strikes' });
      neighbours.get(peer)?.link.close();
    },
    ticksMs: clock.ticksMs,
    luck: (length) => entropy.bytes(length),
  });

  return {
    opened: (link) => {
      if (neighbours.has(link.peer)) forget(link.peer);
      neighbours.set(link.peer, { link, held: [], again: null });
      place.entered(link.peer);
    },
    closed: (link) => {
      if (neighbours.get(link.peer)?.link === link) forget(link.peer);
    },
    take: (link, bytes) => {
      if (neighbours.get(link.peer)?.link === link) place.take(link.peer, bytes);
    },
    isMet: place.isMet,
    close: () => {
      for (const { again } of neighbours.values()) again?.();
    },
  };
}

interface Neighbour {
  readonly link: Link;
  readonly held: MeetFrame[];
  again: Stop | null;
}

/** A phone carries for its neighbours, but not all day. */
const share = { bytes: [64_000, 400_000], frames: [100, 300], topics: [8, 256] } as const;
const mostHeld = 256;
const againMs = 250;
