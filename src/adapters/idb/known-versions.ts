/** Remembers the versions of records lately seen: a seal binds the version, and is made before the transaction that counts it. */
import { forgetFirst } from '../../protocol/forget-first.ts';

export interface KnownVersions {
  /** 0: there was none. A record never seen is taken for a new one; the transaction tells. */
  of(key: string): number;
  learn(key: string, version: number): void;
}

export function createKnownVersions(most: number): KnownVersions {
  // In the order they were learned.
  const known = new Map<string, number>();
  return {
    of: (key) => known.get(key) ?? 0,
    learn: (key, version) => {
      known.delete(key);
      if (version === 0) return;
      known.set(key, version);
      forgetFirst(known, most);
    },
  };
}
