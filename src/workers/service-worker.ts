/** Serves the built app from this device, so that it starts without any network; never an older one than it had. */
/// <reference lib="webworker" />
import { clientsClaim } from 'workbox-core';
import { PrecacheController, PrecacheRoute } from 'workbox-precaching';
import type { PrecacheEntry } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import { isOlder } from './build-order.ts';
import type { BuildMark } from './build-order.ts';

declare const self: ServiceWorkerGlobalScope;
/** Put in by the build (scripts/vite/service-worker.ts). */
declare const __WAVU_PRECACHE__: readonly PrecacheEntry[];
declare const __WAVU_BUILD__: BuildMark;

const BUILD_SHELF = 'wavu-build';
const BUILD_KEY = '/build';
/** The relay's own words are always asked of the relay. */
const neverFromCache: readonly RegExp[] = [/^\/\.well-known\//, /^\/(healthz|metrics)(\?|$)/];

const precache = new PrecacheController({ cacheName: 'wavu-app' });
precache.addToCacheList([...__WAVU_PRECACHE__]);

self.addEventListener('install', (event) => event.waitUntil(install(event)));
self.addEventListener('activate', (event) => event.waitUntil(activate(event)));
// An update waits until a person says so in some tab.
self.addEventListener('message', (event) => {
  if (event.data === 'skip-waiting') event.waitUntil(self.skipWaiting());
});
clientsClaim();

registerRoute(new PrecacheRoute(precache));
registerRoute(new NavigationRoute(precache.createHandlerBoundToURL('/'), { denylist: [...neverFromCache] }));

/** Throws at an older build: the browser then drops this worker and keeps the one it had. */
async function install(event: ExtendableEvent): Promise<void> {
  const had = await readInstalled();
  if (had !== null && isOlder(__WAVU_BUILD__, had)) {
    console.info('wavu update-refused', { offered: __WAVU_BUILD__.version, kept: had.version, why: 'older' });
    throw new Error('an older build never replaces a newer one');
  }
  await precache.install(event);
}

async function activate(event: ExtendableEvent): Promise<void> {
  // A host whose clock runs ahead must not lock out every build after it.
  const builtAtMs = Math.min(__WAVU_BUILD__.builtAtMs, Date.now());
  const shelf = await caches.open(BUILD_SHELF);
  await shelf.put(BUILD_KEY, Response.json({ ...__WAVU_BUILD__, builtAtMs }));
  await precache.activate(event); // forgets what the older build had and this one has not
}

async function readInstalled(): Promise<BuildMark | null> {
  const kept = await (await caches.open(BUILD_SHELF)).match(BUILD_KEY);
  return kept === undefined ? null : ((await kept.json()) as BuildMark);
}
