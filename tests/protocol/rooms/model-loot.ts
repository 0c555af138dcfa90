/** What somebody could read who keeps every key that they were ever given, and every envelope that they ever saw. */
import { bytesToHex } from '@noble/hashes/utils.js';
import { decodeEntry } from '../../../src/protocol/entries/entry.ts';
import { shortOf } from '../../../src/protocol/ids.ts';
import type { OperationId } from '../../../src/protocol/ids.ts';
import { isRefusal } from '../../../src/protocol/refusal.ts';
import { addedHeadOf, headOf } from '../../../src/protocol/rooms/epoch.ts';
import { decodeHeadEntry } from '../../../src/protocol/rooms/head-entry.ts';
import type { Heads } from '../../../src/protocol/rooms/heads.ts';
import { openIn } from '../../../src/protocol/rooms/room-envelope.ts';
import type { SeedRow } from '../../../src/protocol/rooms/seed-row.ts';
import type { Suite } from '../../../src/protocol/suite/suite.ts';
import type { Node, Said } from './model-world.ts';

export interface Loot {
  /** By epoch and device, each start once. */
  readonly starts: Map<string, Map<string, Start>>;
  readonly rows: Map<string, SeedRow>;
  readonly headSeeds: Map<OperationId, Uint8Array>;
}

interface Start {
  readonly chain: Uint8Array;
  readonly n: number;
}

export const emptyLoot = (): Loot => ({ starts: new Map(), rows: new Map(), headSeeds: new Map() });

export function keepHeads({ starts }: Loot, { epoch, rows }: Heads): void {
  for (const { device, chain, n } of rows) {
    const kept = starts.get(epoch + device) ?? new Map<string, Start>();
    starts.set(epoch + device, kept);
    kept.set(bytesToHex(chain), { chain, n });
  }
}

/** K2: of what was said before the device was let in, what it could read; head entries that it can open give it more keys. */
export function readableFromBefore(suite: Suite, { loot, before, actor, room }: Node, said: readonly Said[]): string[] {
  if (before === null || room === null || before.size === 0) return [];
  const headSeeds = [...loot.headSeeds.values()];
  const readable = new Set<Said>();
  for (let isMore = true; isMore;) {
    isMore = false;
    for (const one of said) {
      if (readable.has(one) || one.signed.device === actor.device.id) continue;
      const entry = decodeEntry(one.signed.entry);
      const isHead = !isRefusal(entry) && entry.body.kind === 'head';
      if (!isHead && !before.has(nameOf(one))) continue;
      if (!startsOf(suite, loot, headSeeds, one).some((start) => opens(start, one))) continue;
      readable.add(one);
      if (!isHead) continue;
      const head = decodeHeadEntry(entry.body.bytes);
      if (isRefusal(head)) continue;
      if (!loot.headSeeds.has(head.operation)) headSeeds.push(head.seed);
      isMore = true;
    }
  }
  return [...readable].filter((one) => before.has(nameOf(one))).map((one) => `${one.signed.n} of ${one.by}`);

  function opens({ chain, n }: Start, { signed, envelope }: Said): boolean {
    if (n > signed.n) return false;
    const { epochId, device } = signed;
    const theirs = { device, chain, n, told: 0, isProven: false, origin: 'heads', skipped: [] } as const;
    const epoch = { id: epochId, tags: noTags, isSure: false, own: null, chains: [theirs], sinceMs: 0, used: 0, closesMs: null };
    const keyring = { epochs: [epoch], erased: [], casts: [], headSeeds: [], waiting: [], brought: [] };
    return !isRefusal(openIn(suite, keyring, room!.id, signed, envelope, 0));
  }
}

const noTags = new Uint8Array(32);
const nameOf = ({ signed: { device, epochId, n } }: Said): string => `${device} ${epochId} ${n}`;

function startsOf(suite: Suite, { starts, rows }: Loot, headSeeds: readonly Uint8Array[], { signed }: Said): Start[] {
  const { epochId, device } = signed;
  return [
    ...(starts.get(epochId + shortOf(device))?.values() ?? []),
    ...[...rows.values()]
      .filter(({ epoch }) => epoch === epochId)
      .map(({ seed }) => ({ chain: headOf(suite, epochId, seed, device), n: 0 })),
    ...headSeeds.map((seed) => ({ chain: addedHeadOf(suite, epochId, seed, device), n: 0 })),
  ];
}
