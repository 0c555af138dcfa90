/** Keeps the app usable offline, and offers a newer build once it lies ready. Never forces it. */
import type { Stop } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { ownScriptUrl } from './script-urls.ts';

export interface Updates {
  /** Called whenever a newer build has come to wait, at once if one does already. */
  listen(onWaiting: () => void): Stop;
  /** Lets the waiting build take over; every tab reloads once, onto it. */
  apply(): void;
  /** Asks the relay whether there is a newer build; often called, seldom asked. */
  check(): void;
}

const ASK_AT_MOST_EVERY_MS = 15 * 60_000;

export function createUpdates(log: Log): Updates {
  const listeners = new Set<() => void>();
  let waiting: ServiceWorker | null = null;
  let registration: ServiceWorkerRegistration | null = null;
  let askedAtMs = -ASK_AT_MOST_EVERY_MS;

  const offer = (worker: ServiceWorker): void => {
    waiting = worker;
    log('update-waiting');
    for (const tell of listeners) tell();
  };

  // Self-signed HTTPS has no service worker, plain HTTP not even the API: the app works without.
  if (isSecureContext && navigator.serviceWorker !== undefined) {
    reloadOnceReplaced();
    void register(offer)
      .then((registered) => (registration = registered))
      .catch((error: unknown) => log('offline-unavailable', { why: error instanceof Error ? error.name : 'unknown' }));
  }

  return {
    listen(onWaiting) {
      listeners.add(onWaiting);
      if (waiting !== null) onWaiting();
      return () => listeners.delete(onWaiting);
    },
    apply: () => waiting?.postMessage('skip-waiting'),
    check() {
      if (registration === null || performance.now() - askedAtMs < ASK_AT_MOST_EVERY_MS) return;
      askedAtMs = performance.now();
      // No network, or a relay that is gone: the browser looks again at the next start.
      registration.update().catch(() => undefined);
    },
  };
}

async function register(offer: (worker: ServiceWorker) => void): Promise<ServiceWorkerRegistration> {
  // Filling the cache must not compete with the first paint and the first connection.
  if (document.readyState !== 'complete') {
    await new Promise((loaded) => addEventListener('load', loaded, { once: true }));
  }
  const { serviceWorker } = navigator;
  const registration = await serviceWorker.register(ownScriptUrl('/service-worker.js'), { updateViaCache: 'none' });
  const watch = (worker: ServiceWorker): void => {
    const look = (): void => {
      // Without a controller this is the first install, not an update.
      if (worker.state === 'installed' && serviceWorker.controller !== null) offer(worker);
    };
    worker.addEventListener('statechange', look);
    look();
  };
  if (registration.waiting !== null) watch(registration.waiting);
  if (registration.installing !== null) watch(registration.installing);
  registration.addEventListener('updatefound', () => registration.installing !== null && watch(registration.installing));
  return registration;
}

/** All tabs move together: the chunks an old page would still load are gone once the new worker is active. */
function reloadOnceReplaced(): void {
  let replacesAnother = navigator.serviceWorker.controller !== null;
  let reloaded = false;
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    // The very first worker taking charge of the page that brought it is no update.
    if (replacesAnother && !reloaded) {
      reloaded = true;
      location.reload();
    }
    replacesAnother = true;
  });
}
