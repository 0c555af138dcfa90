/** Whom we exchange signals with: a seal for each, and how much of our time each may take. Forgets the longest unseen. */
import type { PeerId } from '../../protocol/ids.ts';
import { createAllowance } from '../../protocol/meeting/allowance.ts';
import type { Allowance } from '../../protocol/meeting/allowance.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import { createSignalSeal } from '../../protocol/signal-seal.ts';
import type { OwnKey, SignalSeal } from '../../protocol/signal-seal.ts';
import { nobleCurve } from '../../protocol/suite/noble-curve.ts';
import { keyOfPeerId } from './peer-key.ts';

export interface Guest {
  readonly seal: SignalSeal;
  /** Each costs a curve multiplication. */
  readonly signals: Allowance;
  /** Each costs a connection. */
  readonly offers: Allowance;
}

export interface Guests {
  /** Null for a name that is no good key. */
  of(peer: PeerId): Guest | null;
  /** A link came of it: what it cost was worth it. */
  forgive(peer: PeerId): void;
}

/** Of each a seal is kept, over 1 kB. */
const most = 128;
const ticksMs = (): number => performance.now();
const freshOffers = (): Allowance => createAllowance(0.5, 8, ticksMs);

export function createGuests(mine: OwnKey): Guests {
  const guests = new Map<PeerId, Guest>();
  const keep = (peer: PeerId, guest: Guest): Guest => {
    guests.delete(peer);
    guests.set(peer, guest);
    for (const oldest of guests.keys()) {
      if (guests.size <= most) break;
      guests.delete(oldest);
    }
    return guest;
  };
  return {
    of: (peer) => {
      const known = guests.get(peer);
      if (known !== undefined) return keep(peer, known);
      const key = keyOfPeerId(peer);
      const seal = key && createSignalSeal(nobleCurve, mine, key);
      if (seal === null || isRefusal(seal)) return null;
      return keep(peer, { seal, signals: createAllowance(40, 120, ticksMs), offers: freshOffers() });
    },
    forgive: (peer) => {
      const known = guests.get(peer);
      if (known !== undefined) guests.set(peer, { ...known, offers: freshOffers() });
    },
  };
}
