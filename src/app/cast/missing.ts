/** What others said to have and we lack: it may be on its way, and is asked for if it does not come. */
import type { Clock, Stop } from '../../ports/clock.ts';
import type { CastId } from '../../protocol/cast.ts';
import type { Peer } from '../mesh/peers.ts';

export interface Missing {
  has(peer: Peer, id: CastId): void;
  /** It came. Answers who had said before to have it, while it was on its way. */
  came(id: CastId): Peer | null;
  close(): void;
}

export interface MissingHands {
  ask(peer: Peer, id: CastId): void;
  /** The better, the sooner asked. Null: no way to them. */
  scoreOf(peer: Peer): number | null;
}

export function createMissing(clock: Clock, hands: MissingHands): Missing {
  const all = new Map<CastId, Wanted>();

  const wait = (id: CastId, wanted: Wanted, ms: number): void => {
    wanted.stop = clock.after(ms, () => ask(id, wanted));
  };

  /** The best of those who have it, and the next should it not come. What nobody gives, summaries bring. */
  const ask = (id: CastId, wanted: Wanted): void => {
    let best: { readonly peer: Peer; readonly score: number } | null = null;
    for (const peer of wanted.peers) {
      const score = hands.scoreOf(peer);
      if (score !== null && (best === null || score > best.score)) best = { peer, score };
    }
    if (best === null) return void all.delete(id);
    wanted.peers.delete(best.peer);
    hands.ask(best.peer, id);
    wait(id, wanted, patienceMs + 3 * tripMs(best.peer));
  };

  return {
    has: (peer, id) => {
      const known = all.get(id);
      if (known !== undefined) {
        if (known.peers.size < mostAsked) known.peers.add(peer);
        return;
      }
      const ofPeer = [...all.values()].filter(({ first }) => first === peer).length;
      if (all.size >= mostWanted || ofPeer >= mostOfPeer) return;
      const wanted: Wanted = { first: peer, peers: new Set([peer]), stop: () => undefined };
      all.set(id, wanted);
      wait(id, wanted, 0.75 * tripMs(peer));
    },
    came: (id) => {
      const wanted = all.get(id);
      wanted?.stop();
      all.delete(id);
      return wanted?.first ?? null;
    },
    close: () => {
      for (const { stop } of all.values()) stop();
      all.clear();
    },
  };
}

interface Wanted {
  readonly first: Peer;
  readonly peers: Set<Peer>;
  stop: Stop;
}

/** A word overtakes the envelope it speaks of by a part of that way, seldom by more: then it comes twice. */
const tripMs = ({ rttMs }: Peer): number => Math.min(Math.max(rttMs ?? unknownMs, shortestMs), longestMs);

const unknownMs = 120;
const shortestMs = 30;
const longestMs = 1_000;
const patienceMs = 100;
const mostWanted = 256;
/** So nobody keeps out what others have. */
const mostOfPeer = 64;
const mostAsked = 8;
