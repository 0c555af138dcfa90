/** One pairing under way: both codes, what they may lead to, and how long it lasts. */
import type { Core } from '../core.ts';
import type { Stop } from '../../ports/clock.ts';
import type { Link, Offer } from '../../ports/network.ts';
import type { PairingCode } from '../../protocol/contact/pairing-code.ts';
import type { RoomKeys } from '../../protocol/room-keys.ts';
import { codeLivesMs, noteBegun } from './begun.ts';
import type { Greeting } from './greeting.ts';

export interface Turn {
  /** Aborted at its end. */
  readonly signal: AbortSignal;
  /** Our offer, and our answer to theirs. */
  mine: Offered | null;
  theirs: Answered | null;
  /** A code was made: it lives as long as a code does. */
  renew(): void;
  end(): void;
}

export interface Half {
  /** Null while it is made. */
  code: PairingCode | null;
  line?: Line;
  stop: Stop;
}
export interface Offered extends Half {
  offer?: Offer;
}
export interface Answered extends Half {
  readonly to: PairingCode;
}

/** What two codes make: keys for the first word, and, once they come, the link and that word. */
export interface Line {
  readonly keys: RoomKeys;
  link?: Link;
  greeting?: Greeting;
}

export function createTurn(core: Core, fail: (why: 'expired' | 'interrupted') => void): Turn {
  const { clock } = core;
  const ending = new AbortController();
  let stopWatch: Stop = () => undefined;
  let stopExpiry: Stop = () => undefined;

  /** A device that slept has other addresses, or none: what the codes say of it is no longer so. */
  const watchSleep = (beforeMs: number): void => {
    stopWatch = clock.after(watchMs, () => {
      const nowMs = clock.nowMs();
      if (nowMs - beforeMs > sleptMs) fail('interrupted');
      else watchSleep(nowMs);
    });
  };

  noteBegun(core);
  watchSleep(clock.nowMs());
  return {
    signal: ending.signal,
    mine: null,
    theirs: null,
    renew: () => {
      stopExpiry();
      stopExpiry = clock.after(codeLivesMs, () => fail('expired'));
    },
    end: () => {
      stopWatch();
      stopExpiry();
      ending.abort();
    },
  };
}

const watchMs = 10_000;
/** Hidden pages are woken about once a minute. */
const sleptMs = 180_000;
