/** The surroundings port: a browser and a device that allow what they are told to. */
import type { OfflineStart, StorageState, Surroundings, WebRtcTry } from '../../ports/surroundings.ts';

export interface DeviceRules {
  readonly isSecure: boolean;
  readonly isOnline: boolean;
  readonly socket: 'opens' | 'shut' | 'hangs';
  readonly webRtc: WebRtcTry;
  readonly storage: StorageState | null;
  /** What it answers when asked to keep what is stored. */
  readonly mayKeep: boolean;
  readonly offlineStart: OfflineStart;
}

export const deviceRules: DeviceRules = {
  isSecure: true,
  isOnline: true,
  socket: 'opens',
  webRtc: { state: 'tried', hosts: 'addresses', isLinked: true },
  storage: { isKept: false, room: { usedBytes: 1_000_000, mostBytes: 100_000_000 } },
  mayKeep: true,
  offlineStart: 'ready',
};

export const createSurroundings = (rules: DeviceRules): Surroundings => {
  let { storage } = rules;
  return {
    isSecure: () => rules.isSecure,
    isOnline: () => rules.isOnline,
    opensSocket: async (signal) => {
      if (rules.socket !== 'hangs') return rules.socket === 'opens';
      await new Promise<void>((end) => signal.addEventListener('abort', () => end(), { once: true }));
      return false;
    },
    tryWebRtc: async () => rules.webRtc,
    storage: async () => storage,
    askToKeep: async () => {
      if (storage !== null && rules.mayKeep) storage = { ...storage, isKept: true };
      return storage?.isKept ?? false;
    },
    offlineStart: async () => rules.offlineStart,
  };
};
