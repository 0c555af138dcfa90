/** Holds the view and tells whoever looks that it changed. */
import type { Stop } from '../ports/clock.ts';
import type { View } from './view.ts';

export interface Store {
  view(): View;
  subscribe(changed: () => void): Stop;
  change(part: Partial<View>): void;
}

export function createStore(initial: View = emptyView): Store {
  let view = initial;
  const watchers = new Set<() => void>();
  return {
    view: () => view,
    subscribe: (changed) => {
      const watcher = (): void => changed();
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
    change: (part) => {
      view = { ...view, ...part };
      for (const watcher of watchers) watcher();
    },
  };
}

const emptyView: View = {
  stage: 'opening',
  me: null,
  rooms: [],
  timelines: {},
  mesh: { online: true, relay: null, others: [], neighbours: [] },
  square: null,
  modelMayScore: true,
  pairing: null,
  trouble: null,
};
