/** Tells what happens to the page: shown, hidden, leaving, back, online, offline. */
import type { Stop } from '../../ports/clock.ts';

/**
 * `leaving`: last chance to close links; the page may still come `back` from the browser's back-forward cache.
 * `online` and `offline` are the browser's guess: offline is certain, online only likely.
 */
export type PageEvent = 'shown' | 'hidden' | 'leaving' | 'back' | 'online' | 'offline';

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
    return () => ending.abort();
  },
});
