/** Finds for an envelope's tag the room, the epoch, the device and the number, among all rooms at once. A cache of keyrings, never stored. */
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

export interface TagTable {
  /** The room's keyring as it is now; costs what changed since the last time. Null: the room is gone. */
  put(room: RoomId, keyring: Keyring | null): void;
  find(envelope: Uint8Array): Place | null;
  /** How many tags are known now. */
  size(): number;
}

export function createTagTable(suite: Suite): TagTable {
  const places = new Map<string, Place>();
  const rooms = new Map<RoomId, Map<string, Shelf>>();

  const forget = (shelf: Shelf): void => {
    for (const tag of shelf.tags.values()) places.delete(tag);
  };
  const learn = (room: RoomId, epoch: EpochKeys, device: DeviceId, chains: readonly ReceivingChain[], shelf: Shelf): void => {
    const wanted = new Set(chains.flatMap((chain) => [...recognised(chain)]));
    for (const [n, tag] of shelf.tags) {
      if (wanted.has(n)) continue;
      places.delete(tag);
      shelf.tags.delete(n);
    }
    for (const n of wanted) {
      if (shelf.tags.has(n)) continue;
      const tag = bytesToHex(tagAt(suite, shelf.key, n));
      shelf.tags.set(n, tag);
      places.set(tag, { room, epochId: epoch.id, device, n });
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
          const shelf = isSame
            ? before
            : { key: tagKeyOf(suite, epoch.tags, device), epochTags: epoch.tags, tags: new Map(), chains };
          shelf.chains = chains;
          shelves.set(name, shelf);
          learn(room, epoch, device, chains, shelf);
        }
      }
      for (const name of left) {
        forget(shelves.get(name)!);
        shelves.delete(name);
      }
      if (shelves.size === 0) rooms.delete(room);
    },
    find: (envelope) => places.get(tagTextOf(envelope)) ?? null,
    size: () => places.size,
  };
}

interface Shelf {
  readonly key: Uint8Array;
  readonly epochTags: Uint8Array;
  readonly tags: Map<number, string>;
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
