/** Tries out what this browser and device allow, one fact at a time. Nothing here throws: what a browser does not say is an answer. */
import type { OfflineStart, StorageState, Surroundings } from '../../ports/surroundings.ts';
import { tryWebRtc } from './try-webrtc.ts';

/** `protocol`: what the relay's own door speaks. */
export const createSurroundings = (protocol: string): Surroundings => ({
  isSecure: () => isSecureContext,
  isOnline: () => navigator.onLine,
  opensSocket: (signal) => opensSocket(protocol, signal),
  tryWebRtc,
  storage,
  askToKeep,
  offlineStart,
});

function opensSocket(protocol: string, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new WebSocket(new URL('/', location.href.replace(/^http/, 'ws')), protocol);
    const end = (isOpen: boolean) => (): void => {
      resolve(isOpen);
      socket.close();
    };
    socket.addEventListener('open', end(true), { once: true });
    socket.addEventListener('error', end(false), { once: true });
    signal.addEventListener('abort', end(false), { once: true });
    if (signal.aborted) end(false)();
  });
}

/** Not in every browser, whatever its types say; nor where the page is not secure. */
const disk = (): StorageManager | undefined => navigator.storage;

async function storage(): Promise<StorageState | null> {
  try {
    const isKept = await disk()?.persisted();
    if (isKept === undefined) return null;
    const told = await disk()?.estimate();
    const room = told?.usage === undefined || told.quota === undefined ? null : { usedBytes: told.usage, mostBytes: told.quota };
    return { isKept, room };
  } catch {
    return null;
  }
}

async function askToKeep(): Promise<boolean> {
  try {
    return (await disk()?.persist()) ?? false;
  } catch {
    return false;
  }
}

async function offlineStart(): Promise<OfflineStart> {
  const workers: ServiceWorkerContainer | undefined = navigator.serviceWorker;
  try {
    const registration = await workers?.getRegistration();
    if (registration === undefined) return 'no';
    return registration.active?.state === 'activated' ? 'ready' : 'coming';
  } catch {
    return 'no';
  }
}
