/** Keeps the certificate for this house fit: made anew when an address or the name of now is not in it, or before it ends. */
import { isIPv6 } from 'node:net';
import type { Clock } from '../src/ports/clock.ts';
import type { Entropy } from '../src/ports/entropy.ts';
import type { Log } from '../src/ports/log.ts';
import type { DataFolder } from './data-folder.ts';
import { makeLeaf, readLeaf } from './lan-authority.ts';
import type { Authority, Leaf, LeafNames } from './lan-authority.ts';

export interface LanDoor {
  readonly authority: Authority;
  leaf(): Leaf;
  /** `renewed` hears of each later certificate. */
  watch(renewed: (leaf: Leaf) => void): void;
  close(): void;
}

export interface LanDoorWorld {
  readonly folder: Pick<DataFolder, 'authority' | 'keptLeaf' | 'keepLeaf'>;
  /** What it has to speak for; asked again and again. */
  readonly namesNow: () => LeafNames;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
}

export function openLanDoor({ folder, namesNow, clock, entropy, log }: LanDoorWorld): LanDoor {
  const { authority } = folder;

  const make = (names: LeafNames): Leaf => {
    const bytes = makeLeaf(authority, clock.nowMs(), entropy, names);
    const code = folder.keepLeaf(bytes);
    // It serves all the same; only who went on past the browser's warning is warned again after a restart.
    if (code !== null) log('lan-certificate-not-kept', { code });
    const leaf = readLeaf(authority, bytes);
    if (leaf === null) throw new Error('a certificate of our own making is none');
    log('lan-certificate-made', { names: names.names.length, addresses: names.addresses.length });
    return leaf;
  };
  const isFit = (leaf: Leaf, { names, addresses }: LeafNames): boolean =>
    // Another would end no later than the authority does: in vain, minute by minute.
    (leaf.validUntilMs - clock.nowMs() > renewBeforeMs || leaf.validUntilMs >= authority.validUntilMs) &&
    names.every((name) => leaf.covers({ kind: 'name', name, port: null })) &&
    addresses.every((name) => leaf.covers({ kind: isIPv6(name) ? 'ip6' : 'ip4', name, port: null }));

  // A browser's exception holds for one certificate: as long as the kept one will do, it stays.
  const kept = folder.keptLeaf === null ? null : readLeaf(authority, folder.keptLeaf);
  const first = namesNow();
  let current = kept !== null && isFit(kept, first) ? kept : make(first);
  let stop = (): void => undefined;
  return {
    authority,
    leaf: () => current,
    watch: (renewed) => {
      const look = (): void => {
        const names = namesNow();
        if (!isFit(current, names)) renewed((current = make(names)));
        stop = clock.after(lookEveryMs, look);
      };
      stop = clock.after(lookEveryMs, look);
    },
    close: () => stop(),
  };
}

const renewBeforeMs = 30 * 86_400_000;
const lookEveryMs = 60_000;
