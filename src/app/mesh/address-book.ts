/**
 * The relays that this device may try beside its own: those that invites or a person named, and those of one mesh with its own. Whoever
 * answered last comes first, whoever did not answer last; what has not answered for a month is forgotten.
 */
import type { Core } from '../core.ts';
import { decodeText } from '../../protocol/bytes.ts';
import { hourOf } from '../../protocol/hour.ts';
import { keyOf } from '../records.ts';
import { doorOf } from './relay-keeper.ts';
import { isAddress } from './relay-link.ts';

export interface AddressBook {
  /** From the disk, once. Nobody's start waits for it. */
  load(): Promise<unknown>;
  /** In the order in which they are to be tried. */
  doors(): readonly KnownDoor[];
  /** True: some are new. */
  learn(addresses: readonly string[], from: KnownDoor['from']): boolean;
  /** Settles once the disk has it. */
  answered(address: string): Promise<unknown>;
  failed(address: string): void;
  forget(isIt: (address: string) => boolean): Promise<unknown>;
}

export interface KnownDoor {
  readonly address: string;
  /** Of one mesh with our own relay, it knows what that knows, and is asked only when that is away. */
  readonly from: 'invite' | 'mesh';
  /** When it answered last, or was learned of. */
  readonly hour: number;
  /** It answered once. */
  readonly isProven: boolean;
}

export function createAddressBook({
  clock,
  lane,
  storage,
  commit,
}: Pick<Core, 'clock' | 'lane' | 'storage' | 'commit'>): AddressBook {
  let known: readonly KnownDoor[] = [];
  let loading: Promise<unknown> | null = null;
  const hourNow = (): number => hourOf(clock.nowMs());

  const keep = (): Promise<unknown> => {
    const lines = known
      .map(({ address, from, hour, isProven }) => `${address} ${from} ${hour}${isProven ? ' proven' : ''}`)
      .join('\n');
    return lane.run(() => commit([{ op: 'put', key: keyOf.otherRelays, value: new TextEncoder().encode(lines) }], 'relaxed'));
  };

  const add = (doors: readonly KnownDoor[]): boolean => {
    const fresh: KnownDoor[] = [];
    for (const door of doors) {
      const { address } = door;
      // What a person or an invite names is more than the mesh's own.
      const isIt = (each: KnownDoor): boolean =>
        doorOf(each.address) === doorOf(address) && (each.from === 'invite' || each.from === door.from);
      if (![...known, ...fresh].some(isIt) && isAddress(address)) fresh.push(door);
    }
    const isNamed = (door: KnownDoor): boolean => fresh.some((each) => doorOf(each.address) === doorOf(door.address));
    const all = [...fresh, ...known.filter((door) => !isNamed(door))];
    const most = (from: KnownDoor['from']): readonly KnownDoor[] => {
      const these = all.filter((door) => door.from === from);
      // However many relays invites invent, some that were there stay known.
      const proven = these.filter(({ isProven }) => isProven).slice(0, mostProven);
      return [...proven, ...these.filter((door) => !proven.includes(door))].slice(0, mostOfEach);
    };
    const kept = [...most('invite'), ...most('mesh')];
    known = all.filter((door) => kept.includes(door));
    return fresh.length > 0;
  };
  const without = (address: string): readonly KnownDoor[] => known.filter((door) => door.address !== address);

  return {
    load: () =>
      (loading ??= storage.get(keyOf.otherRelays).then((kept) => {
        // Earlier versions wrote the addresses alone.
        const lines = (kept === null ? '' : (decodeText(kept.value) ?? '')).split('\n').map((line) => line.split(' '));
        const doors = lines.map(([address = '', from, hour = hourNow(), proven]): KnownDoor => {
          const isProven = proven === 'proven';
          return { address, from: from === 'mesh' ? from : 'invite', hour: Math.min(Number(hour), hourNow()), isProven };
        });
        add(doors.filter(({ hour }) => hourNow() - hour < forgetHours));
      })),
    doors: () => known,
    learn: (addresses, from) => {
      const isNew = add(addresses.map((address) => ({ address, from, hour: hourNow(), isProven: false })));
      if (isNew) void keep();
      return isNew;
    },
    answered: async (address) => {
      const door = known.find((each) => each.address === address);
      if (door === undefined) return;
      known = [{ ...door, hour: hourNow(), isProven: true }, ...without(address)];
      await keep();
    },
    failed: (address) => {
      known = [...without(address), ...known.filter((door) => door.address === address)];
    },
    forget: async (isIt) => {
      if (!known.some(({ address }) => isIt(address))) return;
      known = known.filter(({ address }) => !isIt(address));
      await keep();
    },
  };
}

const mostOfEach = 8;
const mostProven = 4;
const forgetHours = 30 * 24;
