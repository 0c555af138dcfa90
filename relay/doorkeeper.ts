/** Counts who stands at the door: how many sockets, how many of them without a handshake, how many from one address. */
import { distanceOf, householdOf, streetOf } from './http/remote.ts';
import type { Clock } from '../src/ports/clock.ts';
import { createAllowance } from '../src/protocol/meeting/allowance.ts';
import type { Allowance } from '../src/protocol/meeting/allowance.ts';

export interface Doorkeeper {
  /**
   * Loopback is a proxy or ourselves: only the whole house's caps hold for it. Where too many stand without a handshake, the oldest of
   * the largest crowd from one address has to go; `drop` ends it. Without `drop` nobody can be made to: then who comes last goes.
   */
  admit(address: string, drop?: () => void): Admission;
  counts(): Record<string, number>;
}
export type Admission =
  | { readonly state: 'admitted'; readonly visit: Visit }
  | { readonly state: 'refused'; readonly why: DoorRefusal };
export type DoorRefusal = 'full' | 'half-open' | 'address-full' | 'address-too-fast' | 'street-full';

export interface Visit {
  /** The handshake is over, well or not. */
  shaken(): void;
  /** The socket is gone. */
  gone(): void;
}

export interface DoorLimits {
  readonly sockets: number;
  readonly halfOpen: number;
  readonly socketsPerAddress: number;
  /** One IPv4 /24 or IPv6 /48. */
  readonly socketsPerStreet: number;
  readonly halfOpenPerAddress: number;
  readonly opensPerSecondPerAddress: number;
  readonly opensBurstPerAddress: number;
}

export const doorLimits: DoorLimits = {
  sockets: 4_096,
  halfOpen: 256,
  socketsPerAddress: 512,
  // As for all connections (http/http-limits.ts).
  socketsPerStreet: 1_024,
  halfOpenPerAddress: 64,
  opensPerSecondPerAddress: 20,
  opensBurstPerAddress: 200,
};

/** For webrtc-direct: each who knocks costs a native connection before anything is known of them. */
export const directLimits: DoorLimits = {
  sockets: 1_024,
  halfOpen: 64,
  socketsPerAddress: 128,
  socketsPerStreet: 256,
  halfOpenPerAddress: 16,
  opensPerSecondPerAddress: 5,
  opensBurstPerAddress: 50,
};

/** For offers carried by hand: each answer waits for minutes, and nobody carries many. Half open is who has not come yet. */
export const handLimits: DoorLimits = {
  sockets: 256,
  halfOpen: 64,
  socketsPerAddress: 32,
  socketsPerStreet: 64,
  halfOpenPerAddress: 8,
  opensPerSecondPerAddress: 0.1,
  opensBurstPerAddress: 12,
};

interface Guest {
  sockets: number;
  halfOpen: number;
  readonly opens: Allowance;
}

interface Waiting {
  readonly guest: Guest;
  readonly drop: () => void;
}

export function createDoorkeeper(clock: Clock, limits: DoorLimits = doorLimits): Doorkeeper {
  const guests = new Map<string, Guest>();
  /** Only those with somebody in. */
  const streets = new Map<string, number>();
  const counted = new Map<string, number>();
  /** Without a handshake, and can be made to go; the oldest first. */
  const waiting = new Set<Waiting>();
  let sockets = 0;
  let halfOpen = 0;

  const refusalOf = (guest: Guest, street: string, isLocal: boolean): DoorRefusal | null => {
    if (sockets >= limits.sockets) return 'full';
    if (!isLocal) {
      if (guest.sockets >= limits.socketsPerAddress || guest.halfOpen >= limits.halfOpenPerAddress) return 'address-full';
      if ((streets.get(street) ?? 0) >= limits.socketsPerStreet) return 'street-full';
      if (!guest.opens.take(1)) return 'address-too-fast';
    }
    return halfOpen < limits.halfOpen || makePlace(guest) ? null : 'half-open';
  };

  /** Not for one of a crowd that is the largest itself. */
  const makePlace = (newcomer: Guest): boolean => {
    let one: Waiting | null = null;
    for (const each of waiting) if (each.guest.halfOpen > (one?.guest ?? newcomer).halfOpen) one = each;
    one?.drop();
    return one !== null;
  };

  const count = (name: string): void => void counted.set(name, (counted.get(name) ?? 0) + 1);

  /** A guest with nothing open is forgotten, unless it is still too fast; there are few of those at a time. */
  const forgetQuiet = (): void => {
    if (guests.size <= limits.sockets * 2) return;
    for (const [key, guest] of guests) if (guest.sockets === 0) guests.delete(key);
  };

  return {
    admit: (address, drop) => {
      const key = householdOf(address);
      const guest = guests.get(key) ?? {
        sockets: 0,
        halfOpen: 0,
        opens: createAllowance(limits.opensPerSecondPerAddress, limits.opensBurstPerAddress, clock.ticksMs),
      };
      const street = streetOf(address);
      const why = refusalOf(guest, street, distanceOf(address) === 'this-machine');
      count(why === null ? 'admitted' : `refused_${why}`);
      forgetQuiet();
      guests.set(key, guest);
      if (why !== null) return { state: 'refused', why };

      sockets += 1;
      halfOpen += 1;
      guest.sockets += 1;
      streets.set(street, (streets.get(street) ?? 0) + 1);
      guest.halfOpen += 1;
      let isShaken = false;
      let isGone = false;
      const mine: Waiting = {
        guest,
        drop: () => {
          count('dropped_half-open');
          gone();
          drop?.();
        },
      };
      if (drop !== undefined) waiting.add(mine);
      const shaken = (): void => {
        if (isShaken) return;
        isShaken = true;
        waiting.delete(mine);
        halfOpen -= 1;
        guest.halfOpen -= 1;
      };
      const gone = (): void => {
        if (isGone) return;
        isGone = true;
        shaken();
        sockets -= 1;
        guest.sockets -= 1;
        const left = (streets.get(street) ?? 1) - 1;
        if (left > 0) streets.set(street, left);
        else streets.delete(street);
      };
      return { state: 'admitted', visit: { shaken, gone } };
    },
    counts: () => ({ sockets, half_open: halfOpen, addresses: guests.size, ...Object.fromEntries(counted) }),
  };
}
