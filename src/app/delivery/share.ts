/** How much is handed over in a while: a stranger's small word asks for no more than a path carries, and the relay need refuse nothing. */
import type { Clock } from '../../ports/clock.ts';
import { pathOf } from '../mesh/peers.ts';
import type { Peer } from '../mesh/peers.ts';

export interface Share {
  /** True, and paid, while anything is left: what is handed over last may be more than that. */
  take(peer: Peer, bytes: number, frames: number, what: What): boolean;
  /** The same of words that answer theirs. */
  takeWord(peer: Peer): boolean;
  /** What carries for us let something not through: nothing goes by others for a while. */
  slowDown(): void;
}

/** `new`: said just now, it has a reserve. `first`: they had it never before; `again`: they had, and that is far less. */
export type What = 'new' | 'first' | 'again';

export function createShare(clock: Clock): Share {
  // Of all that this page hands to the relay: it is one for all who are reached by it.
  const relayed = { bytes: createAllowance(clock, relayedBytes, 3), frames: createAllowance(clock, relayedFrames, 1.6) };
  const through = { bytes: createAllowance(clock, throughBytes, 4), frames: createAllowance(clock, throughFrames, 1.6) };
  const direct = createOfPeers(() => createAllowance(clock, directBytes, 4));
  const again = createOfPeers(() => createAllowance(clock, againBytes, 30));
  const words = createOfPeers(() => createAllowance(clock, wordsPerSecond, 8));
  return {
    take: (peer, bytes, frames, what) => {
      if (what === 'again' && !again(peer).take(bytes, 0)) return false;
      const path = pathOf(peer);
      if (path === 'direct') return what === 'new' || direct(peer).take(bytes, 0);
      const reserve = what === 'new' ? reservedSeconds : 0;
      const carried = path === 'through' ? through : relayed;
      return carried.frames.take(frames, reserve) && carried.bytes.take(bytes, reserve);
    },
    takeWord: (peer) => words(peer).take(1, 0),
    slowDown: () => {
      for (const { bytes, frames } of [relayed, through]) {
        bytes.empty();
        frames.empty();
      }
    },
  };
}

interface Allowance {
  /** What was saved up, and so many seconds' worth in advance. */
  take(cost: number, reserveSeconds: number): boolean;
  empty(): void;
}

function createAllowance(clock: Clock, perSecond: number, mostSeconds: number): Allowance {
  let leftSeconds = mostSeconds;
  let filledMs = clock.ticksMs();
  return {
    take: (cost, reserveSeconds) => {
      const nowMs = clock.ticksMs();
      leftSeconds = Math.min(mostSeconds, leftSeconds + (nowMs - filledMs) / 1_000);
      filledMs = nowMs;
      if (leftSeconds <= -reserveSeconds) return false;
      leftSeconds -= cost / perSecond;
      return true;
    },
    empty: () => {
      leftSeconds = Math.min(leftSeconds, -1);
      filledMs = clock.ticksMs();
    },
  };
}

function createOfPeers<One>(create: () => One): (peer: Peer) => One {
  const all = new WeakMap<Peer, One>();
  return (peer) => {
    const one = all.get(peer) ?? create();
    all.set(peer, one);
    return one;
  };
}

/** In a second. A relay lets 256,000 bytes and 200 frames of a page through (relay/meet.ts), and a few times that at once. */
const relayedBytes = 240_000;
const relayedFrames = 180;
/** A neighbour carries for others too (`mesh/host.ts`). */
const throughBytes = 60_000;
const throughFrames = 90;
const reservedSeconds = 0.5;
const directBytes = 1_000_000;
const againBytes = 20_000;
const wordsPerSecond = 4;
