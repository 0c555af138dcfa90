/** The number by which this relay has a place in the directory: kept from before, or sought in slices so small that nobody here waits. */
import type { Clock, Stop } from '../src/ports/clock.ts';
import type { Entropy } from '../src/ports/entropy.ts';
import type { Log } from '../src/ports/log.ts';
import { createReader } from '../src/protocol/bytes.ts';
import { findEffort, isCostly, placeOf } from '../src/protocol/directory/contact.ts';
import type { Hashing } from '../src/protocol/directory/contact.ts';
import type { PeerId } from '../src/protocol/ids.ts';

/** Where it is kept. */
export interface EffortShelf {
  /** Null: none, or damaged. */
  readonly kept: Uint8Array | null;
  /** The system's code where it cannot be written. */
  keep(effort: Uint8Array): string | null;
}

export interface PlaceWorld {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
  readonly suite: Hashing;
  readonly self: PeerId;
  readonly bits: number;
  readonly shelf: EffortShelf;
}

export const effortBytes = 8;

/** `done` is called at once where it is kept. Never, where luck was worse than one time in a milliard. */
export function seekPlace(
  { clock, entropy, log, suite, self, bits, shelf }: PlaceWorld,
  done: (effort: Uint8Array) => void,
): Stop {
  const { kept } = shelf;
  if (kept?.length === effortBytes && isCostly(suite, placeOf(suite, { peer: self, effort: kept }), bits)) {
    done(kept);
    return () => undefined;
  }
  // Another beginning each time: who was stopped in between does not seek the same again.
  const first = createReader(entropy.bytes(effortBytes)).u40();
  const most = Math.ceil((2 ** bits * mostTimes) / triesASlice) * triesASlice;
  let stop: Stop = () => undefined;
  const seek = (tried: number): void => {
    if (tried >= most) return log('directory-no-place', { tried });
    const effort = findEffort(suite, self, bits, first + tried, triesASlice);
    if (effort === null) {
      stop = clock.after(pauseMs, () => seek(tried + triesASlice));
      return;
    }
    const code = shelf.keep(effort);
    log('directory-place', { tried, kept: code ?? 'yes' });
    done(effort);
  };
  stop = clock.after(pauseMs, () => seek(0));
  return () => stop();
}

/** Four milliseconds of a fast core, forty of a slow one. */
const triesASlice = 1_000;
const pauseMs = 15;
const mostTimes = 21;
