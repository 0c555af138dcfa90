/** The tabs port among the tabs of one virtual browser. */
import type { Stop } from '../../ports/clock.ts';
import type { Tabs } from '../../ports/tabs.ts';
import type { Core } from './core.ts';
import type { Owner } from './queue.ts';

export interface TabBar {
  open(owner: Owner): Tabs;
  ownerGone(owner: Owner): void;
}

export const createTabBar = (core: Core): TabBar => {
  const tabs = new Map<Owner, Set<(note: unknown) => void>>();
  let leader: Owner | null = null;
  let queue: { readonly owner: Owner; readonly crown: () => void }[] = [];

  const crownNext = (): void => {
    const next = queue[0];
    if (leader !== null || next === undefined) return;
    queue = queue.slice(1);
    leader = next.owner;
    next.crown();
  };

  const lead = (owner: Owner, signal: AbortSignal): Promise<void> =>
    new Promise((settle, refuse) => {
      let crowned: Stop | null = null;
      const crown = (): void => {
        crowned = core.schedule(0.5, { kind: 'tab-leads', owner }, () => {
          signal.removeEventListener('abort', giveUp);
          settle();
        });
      };
      const place = { owner, crown };
      // As Web Locks do: whoever gives up waiting hears of it by a rejection.
      const giveUp = (): void => {
        queue = queue.filter((other) => other !== place);
        crowned?.();
        if (crowned !== null) leader = null;
        core.schedule(0, { kind: 'tab-gave-up', owner }, () => {
          refuse(signal.reason instanceof Error ? signal.reason : new Error('gave up leading'));
          crownNext();
        });
      };
      if (signal.aborted) return giveUp();
      signal.addEventListener('abort', giveUp, { once: true });
      queue = [...queue, place];
      crownNext();
    });

  return {
    open: (owner) => {
      const mine = new Set<(note: unknown) => void>();
      tabs.set(owner, mine);
      let leading: Promise<void> | null = null;
      return {
        lead: (signal) => {
          if (leading !== null) return leading;
          const asked = lead(owner, signal);
          leading = asked;
          // An abandoned wait may be begun anew.
          asked.catch(() => (leading = null));
          return asked;
        },
        post: (note) => {
          for (const [other, listeners] of tabs) {
            if (other === owner) continue;
            const copied = copyPlain(note);
            core.schedule(0.2, { kind: 'tab-note', owner: other, other: owner.name }, () => {
              for (const tell of [...listeners]) tell(copied);
            });
          }
        },
        listen: (onNote) => {
          mine.add(onNote);
          return () => void mine.delete(onNote);
        },
      };
    },
    ownerGone: (owner) => {
      tabs.delete(owner);
      queue = queue.filter((place) => place.owner !== owner);
      if (leader !== owner) return;
      leader = null;
      crownNext();
    },
  };
};

/** What a BroadcastChannel would carry; anything else is a bug of the sender. */
const copyPlain = (value: unknown): unknown => {
  if (typeof value === 'function' || typeof value === 'symbol') throw new Error('tabs: only plain data travels');
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return value.slice();
  if (Array.isArray(value)) return value.map(copyPlain);
  if (value instanceof Map) return new Map([...value].map(([key, inner]) => [copyPlain(key), copyPlain(inner)]));
  if (value instanceof Set) return new Set([...value].map(copyPlain));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copyPlain(inner)]));
};
