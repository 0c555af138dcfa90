/** Tells what happens to the page: shown, hidden, leaving, back, online, offline, moved. */
import type { Stop } from '../../ports/clock.ts';

/**
 * `leaving`: last chance to close links; the page may still come `back` from the browser's back-forward cache.
 * `online` and `offline` are the browser's guess: offline is certain, online only likely.
 * `moved`: on another kind of network, as from Wi-Fi to mobile data.
 */
export type PageEvent = 'shown' | 'hidden' | 'leaving' | 'back' | 'online' | 'offline' | 'moved';

export interface PageLife {
  isShown(): boolean;
  isOnline(): boolean;
  listen(onEvent: (event: PageEvent) => void): Stop;
}

export const createPageLife = (): PageLife => ({
  isShown: () => document.visibilityState === 'visible',
  isOnline: () => navigator.onLine,
  listen: (onEvent) => {
    const ending = new AbortController();
    const until = { signal: ending.signal };
    document.addEventListener(
      'visibilitychange',
      () => onEvent(document.visibilityState === 'visible' ? 'shown' : 'hidden'),
      until,
    );
    addEventListener('pagehide', () => onEvent('leaving'), until);
    addEventListener('pageshow', (event) => event.persisted && onEvent('back'), until);
    addEventListener('online', () => onEvent('online'), until);
    addEventListener('offline', () => onEvent('offline'), until);
    const { connection } = navigator as Navigator & Told;
    let type = connection?.type;
    const changed = (): void => {
      // Guesses of its speed change all the time, and whoever wakes gives up within seconds who is slow.
      if (type !== (type = connection?.type)) onEvent('moved');
    };
    connection?.addEventListener('change', changed, until);
    return () => ending.abort();
  },
});

/** In Chromium alone, with the type on phones and tablets alone; TypeScript's DOM knows none of it. */
interface Told {
  readonly connection?: EventTarget & { readonly type?: string };
}
