/** Fetches early, behind all else, what a first visit will need a moment later; the page's head names it (scripts/vite/page-head.ts). */

/** Who has a service worker has it on disk, and saves the start the reading. Firefox's CSP knows no prefetch: so a preload. */
export function fetchLaterChunks(): void {
  if (navigator.serviceWorker !== undefined && navigator.serviceWorker.controller !== null) return;
  const fetchNow = (): void => {
    for (const link of document.querySelectorAll<HTMLLinkElement>('link[data-later]')) link.rel = 'preload';
  };
  if (document.readyState === 'complete') fetchNow();
  else addEventListener('load', fetchNow, { once: true });
}
