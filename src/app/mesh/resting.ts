/**
 * Links over which nobody answers, though they stand: a page that the browser froze keeps its links up, and when it thaws they may
 * be its only way back. Nothing is sent by them; the first frame that comes makes them links like others.
 */
import type { Clock, Stop } from '../../ports/clock.ts';
import type { Link } from '../../ports/network.ts';
import type { PeerId } from '../../protocol/ids.ts';

export interface Resting {
  add(link: Link): void;
  has(link: Link): boolean;
  hasTo(peer: PeerId): boolean;
  /** True: it was one, and is none any more. */
  take(link: Link): boolean;
  /** Somebody else leads to them now: a new link is better than one that is silent. */
  closeTo(peer: PeerId): void;
  close(): void;
}

export function createResting(clock: Clock): Resting {
  /** The longest silent first. */
  const ends = new Map<Link, Stop>();
  const take = (link: Link): boolean => {
    ends.get(link)?.();
    return ends.delete(link);
  };
  return {
    add: (link) => {
      take(link);
      ends.set(
        link,
        clock.after(restMs, () => link.close()),
      );
      if (ends.size > mostResting) [...ends.keys()][0]?.close();
    },
    has: (link) => ends.has(link),
    hasTo: (peer) => [...ends.keys()].some((link) => link.peer === peer),
    take,
    closeTo: (peer) => {
      for (const link of [...ends.keys()]) if (link.peer === peer) link.close();
    },
    close: () => {
      for (const stop of ends.values()) stop();
    },
  };
}

/** Whoever sleeps longer needs another way in. */
const restMs = 3_600_000;
const mostResting = 12;
