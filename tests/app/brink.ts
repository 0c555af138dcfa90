/**
 * A device that goes at a chosen commit: before the disk hears of it, while it writes, or when it is written and nobody knows yet. Or it
 * stays, and the disk refuses.
 */
import type { OpenedStorage } from '../../src/ports/storage.ts';

export type Moment = 'before' | 'under way' | 'after' | 'refused';

export interface Brink {
  storage(opened: OpenedStorage): OpenedStorage;
  /** At the commit of this number from now on, the device goes; once. */
  arm(commits: number, moment: Moment, crash: () => void): void;
  /** So many since the last arming. */
  commits(): number;
}

export function createBrink(): Brink {
  let count = 0;
  let armed: { readonly at: number; readonly moment: Moment; readonly crash: () => void } | null = null;
  return {
    storage: (opened) => {
      if (opened.state !== 'open') return opened;
      const { storage } = opened;
      return {
        state: 'open',
        storage: {
          ...storage,
          commit: async (batch) => {
            count += 1;
            const now = armed?.at === count ? armed : null;
            if (now === null) return storage.commit(batch);
            armed = null;
            if (now.moment === 'refused') return { state: 'refused', why: 'failed' };
            if (now.moment === 'before') now.crash();
            const written = storage.commit(batch);
            if (now.moment === 'under way') now.crash();
            await written;
            now.crash();
            // What the dead asked is never answered.
            return new Promise(() => undefined);
          },
        },
      };
    },
    arm: (commits, moment, crash) => {
      count = 0;
      armed = commits > 0 ? { at: commits, moment, crash } : null;
    },
    commits: () => count,
  };
}
