/**
 * While we have no relay, looks over several neighbours for those of our rooms: at once, then ever less often. Also where nobody is
 * missed: who comes to a relay hears of us by whoever stands in for us there (stand-in.ts), and that one by our seeking.
 */
import type { Core } from '../core.ts';
import type { Stop } from '../../ports/clock.ts';
import type { Topic } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';

export interface Seeker {
  /** Somebody came or went, or a room did: look soon. */
  stir(): void;
  close(): void;
}

export interface SeekerHands {
  /** Neighbours to ask, and not the relay that would know better. */
  canSeek(): boolean;
  /** The topics we meet them by. */
  wanted(): readonly Topic[];
  seek(topics: readonly Topic[], ttl: number): void;
}

export function createSeeker({ clock, entropy }: Pick<Core, 'clock' | 'entropy'>, hands: SeekerHands): Seeker {
  let tries = 0;
  let stop: Stop | null = null;

  const plan = (mostMs: number): void => {
    stop?.();
    // Who lost the same relay at the same moment must not ask at the same moment.
    const luck = (entropy.bytes(1)[0] ?? 0) / 255;
    stop = clock.after(mostMs * (0.5 + luck / 2), look);
  };

  const look = (): void => {
    stop = null;
    const topics = hands.canSeek() ? [...new Set(hands.wanted())] : [];
    if (topics.length === 0) {
      tries = 0;
      return;
    }
    // The near first; whoever is far costs everybody in between.
    const ttl = Math.min(limits.hops - 1, 2 ** (tries + 1));
    for (let at = 0; at < topics.length; at += limits.topicsPerPage) hands.seek(topics.slice(at, at + limits.topicsPerPage), ttl);
    tries += 1;
    plan(Math.min(firstMs * 3 ** tries, longestMs));
  };

  return {
    stir: () => {
      tries = Math.min(tries, 1);
      plan(firstMs);
    },
    close: () => stop?.(),
  };
}

const firstMs = 2_000;
const longestMs = 600_000;
