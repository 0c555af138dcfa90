/**
 * Finds for an envelope's tag the room, the epoch, the device and the number, among all rooms at once. A cache of keyrings, never
 * stored. Tags are worked out only when one is asked for that is not known, the likeliest first and each once: of a large room they
 * are thousands at each rekey and at each start. Of a device that is heard now the next ones are worked out before they come.
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import type { DeviceId, RoomId } from '../ids.ts';
import type { Suite } from '../suite/suite.ts';
import { tagAt, tagKeyOf } from './epoch.ts';
import type { EpochKeys, Keyring } from './keyring.ts';
import { recognised } from './receiving-chain.ts';
import type { ReceivingChain } from './receiving-chain.ts';
import { tagTextOf } from './room-envelope.ts';
import type { Slot } from './signed.ts';

export interface Place extends Slot {
  readonly room: RoomId;
}

export interface PlaceSearch {
  /** Tags to work out at most, where this one is not known yet; else all there are. Anybody can send an unknown one. */
  readonly tags: number;
  /** Devices to look at before all others: the one that it seems to come from. */
  readonly first?: readonly DeviceId[];
}

export interface TagTable {
  /** The room's keyring as it is now; costs what changed since the last time. Null: the room is gone. */
  put(room: RoomId, keyring: Keyring | null): void;
  /**
   * Null: nobody's, or, of a bounded search, not found so far. Then the caller keeps the envelope while `work(0)` is true, goes on with
   * `work` between its other work, and asks again once that is false (or after each slice, for free with `tags: 0`): a tag that is
   * unknown then is nobody's.
   */
  find(envelope: Uint8Array, search?: PlaceSearch): Place | null;
  /** Works out so many tags more. True: more is to do. */
  work(tags: number): boolean;
  /** How many tags are recognised now, worked out or not. */
  size(): number;
}

export function createTagTable(suite: Suite): TagTable {
  const places = new Map<string, Row>();
  const rooms = new Map<RoomId, Map<string, Shelf>>();
  /** Those with something to do, in their turn. */
  const quiet = new Set<Shelf>();

  const forget = (shelf: Shelf): void => {
    quiet.delete(shelf);
    for (const tag of shelf.tags.values()) places.delete(tag);
  };
  const workOut = (shelf: Shelf, n: number): string => {
    shelf.key ??= tagKeyOf(suite, shelf.epochTags, shelf.whose.device);
    const tag = bytesToHex(tagAt(suite, shelf.key, n));
    shelf.tags.set(n, tag);
    places.set(tag, { shelf, n });
    return tag;
  };
  const learn = (shelf: Shelf, isHeardNow: boolean): void => {
    const { chains } = shelf;
    const wanted = new Set(chains.flatMap((chain) => [...recognised(chain)]));
    for (const [n, tag] of shelf.tags) {
      if (wanted.has(n)) continue;
      places.delete(tag);
      shelf.tags.delete(n);
    }
    shelf.todo = [...wanted].filter((n) => !shelf.tags.has(n));
    if (isHeardNow && chains.some((chain) => chain.isProven)) for (const n of shelf.todo.splice(0)) workOut(shelf, n);
    if (shelf.todo.length > 0) quiet.add(shelf);
    else quiet.delete(shelf);
  };
  /** Whether it was that tag. The shelf's next number has its turn after all the others'. */
  const workOne = (shelf: Shelf, name: string | null): boolean => {
    const n = shelf.todo.shift();
    quiet.delete(shelf);
    if (shelf.todo.length > 0) quiet.add(shelf);
    return n !== undefined && workOut(shelf, n) === name;
  };
  const search = (name: string | null, { tags, first = [] }: PlaceSearch): void => {
    let left = tags;
    const likely = first.length === 0 ? [] : [...quiet].filter((shelf) => first.includes(shelf.whose.device));
    for (const shelf of likely) for (; shelf.todo.length > 0 && left > 0; left -= 1) if (workOne(shelf, name)) return;
    for (const shelf of quiet) {
      // One that has more to do stands again at the end.
      if (left <= 0 || workOne(shelf, name)) return;
      left -= 1;
    }
  };

  return {
    put: (room, keyring) => {
      const shelves = rooms.get(room) ?? new Map<string, Shelf>();
      rooms.set(room, shelves);
      const left = new Set(shelves.keys());
      for (const epoch of keyring?.epochs ?? []) {
        for (const [device, chains] of byDevice(epoch)) {
          const name = epoch.id + device;
          left.delete(name);
          const before = shelves.get(name);
          // The tags of an epoch change only where a member had lied about them.
          const isSame = before !== undefined && before.epochTags === epoch.tags;
          if (isSame && before.chains.length === chains.length && before.chains.every((chain, at) => chain === chains[at]))
            continue;
          if (before !== undefined && !isSame) forget(before);
          const shelf: Shelf = isSame
            ? before
            : {
                key: null,
                whose: { room, epochId: epoch.id, device },
                epochTags: epoch.tags,
                tags: new Map(),
                todo: [],
                chains,
              };
          shelf.chains = chains;
          shelves.set(name, shelf);
          learn(shelf, isSame);
        }
      }
      for (const name of left) {
        forget(shelves.get(name)!);
        shelves.delete(name);
      }
      if (shelves.size === 0) rooms.delete(room);
    },
    find: (envelope, bounds = { tags: Infinity }) => {
      const name = tagTextOf(envelope);
      if (!places.has(name)) search(name, bounds);
      const row = places.get(name);
      return row === undefined ? null : { ...row.shelf.whose, n: row.n };
    },
    work: (tags) => {
      search(null, { tags });
      return quiet.size > 0;
    },
    size: () => [...quiet].reduce((sum, shelf) => sum + shelf.todo.length, places.size),
  };
}

interface Row {
  readonly shelf: Shelf;
  readonly n: number;
}

interface Shelf {
  /** Null before the first tag. */
  key: Uint8Array | null;
  readonly whose: Omit<Place, 'n'>;
  readonly epochTags: Uint8Array;
  readonly tags: Map<number, string>;
  /** Recognised, and not worked out yet. */
  todo: number[];
  chains: readonly ReceivingChain[];
}

function byDevice(epoch: EpochKeys): Map<DeviceId, ReceivingChain[]> {
  const devices = new Map<DeviceId, ReceivingChain[]>();
  for (const chain of epoch.chains) {
    const chains = devices.get(chain.device);
    if (chains === undefined) devices.set(chain.device, [chain]);
    else chains.push(chain);
  }
  return devices;
}
