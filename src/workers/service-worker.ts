/** Serves the built app from this device, so that it starts without any network; never an older one than it had. */
import { clientsClaim } from 'workbox-core';
import { PrecacheController, PrecacheRoute } from 'workbox-precaching';
import type { PrecacheEntry } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import { isOlder } from './build-order.ts';
import type { BuildMark } from './build-order.ts';
import { openFastPaths } from './fast-paths.ts';
import { createLater } from './later.ts';
import type { LaterFile } from './later.ts';

declare const self: ServiceWorkerGlobalScope;
/** Put in by the build (scripts/vite/service-worker.ts). */
declare const __WAVU_PRECACHE__: readonly PrecacheEntry[];
declare const __WAVU_LATER__: readonly LaterFile[];
declare const __WAVU_BUILD__: BuildMark;

const ours = __WAVU_BUILD__;
const buildCache = 'wavu-build';
const buildKey = '/build';
const appCache = 'wavu-app';
/** One per build: while the next one waits, the one in charge keeps its own. */
const pageCache = `wavu-page ${ours.version} ${ours.builtAtMs}`;
/** The relay's own words are always asked of the relay. */
const neverFromCache: readonly RegExp[] = [/^\/\.well-known\//, /^\/(healthz|metrics)(\?|$)/];

const later = createLater('wavu-later', __WAVU_LATER__);
const precache = new PrecacheController({ cacheName: appCache });
precache.addToCacheList([...__WAVU_PRECACHE__]);

self.addEventListener('install', (event) => event.waitUntil(install(event)));
self.addEventListener('activate', (event) => event.waitUntil(activate(event)));
// An update waits until a person says so in some tab.
self.addEventListener('message', (event) => {
  if (event.data === 'skip-waiting') event.waitUntil(self.skipWaiting());
  if (event.data === 'keep-later') event.waitUntil(later.keep());
});
clientsClaim();

registerRoute(new PrecacheRoute(precache));
registerRoute(
  ({ url }) => later.has(url),
  ({ request }) => later.answer(request),
);
registerRoute(new NavigationRoute(precache.createHandlerBoundToURL('/'), { denylist: [...neverFromCache] }));

/** Throws at an older build: the browser then drops this worker and keeps the one it had. */
async function install(event: ExtendableEvent): Promise<void> {
  // Routes must be declared before anything is awaited.
  const routed = openFastPaths(event, { page: pageCache, app: appCache, later: later.urls });
  const had = await readInstalled();
  if (had !== null && isOlder(ours, had)) {
    console.info('wavu update-refused', { offered: ours.version, kept: had.version, why: 'older' });
    throw new Error('an older build never replaces a newer one');
  }
  await precache.install(event);
  const page = await precache.matchPrecache('/');
  if (page === undefined) throw new Error('the page itself is not in the cache');
  await (await caches.open(pageCache)).put('/', page);
  await routed;
}

async function activate(event: ExtendableEvent): Promise<void> {
  // A host whose clock runs ahead must not lock out every build after it.
  const builtAtMs = Math.min(ours.builtAtMs, Date.now());
  const mark: BuildMark = { version: ours.version, builtAtMs };
  await (await caches.open(buildCache)).put(buildKey, Response.json(mark));
  // What the older build had and this one has not.
  await precache.activate(event);
  await later.tidy();
  const kept = new Set([buildCache, appCache, pageCache, later.cache]);
  const others = (await caches.keys()).filter((name) => name.startsWith('wavu-') && !kept.has(name));
  await Promise.all(others.map((name) => caches.delete(name)));
}

async function readInstalled(): Promise<BuildMark | null> {
  const kept = await (await caches.open(buildCache)).match(buildKey);
  return kept === undefined ? null : ((await kept.json()) as BuildMark);
}
