/** What we ask of the browser and the device that a page is in: what they allow, as far as it can be tried out. */

export interface Surroundings {
  isSecure(): boolean;
  /** The device's guess: `false` is certain, `true` only likely. */
  isOnline(): boolean;
  /** Whether a socket to the relay opens at all; nothing is said on it. */
  opensSocket(signal: AbortSignal): Promise<boolean>;
  tryWebRtc(signal: AbortSignal): Promise<WebRtcTry>;
  /** Null: the browser does not say. */
  storage(): Promise<StorageState | null>;
  /** Asks the browser to keep what is stored here, whatever happens. */
  askToKeep(): Promise<boolean>;
  offlineStart(): Promise<OfflineStart>;
}

/** `hosts`: how this device names itself to others; `isLinked`: two ends on this page found each other. */
export type WebRtcTry =
  | { readonly state: 'absent' }
  | { readonly state: 'refused' }
  | { readonly state: 'tried'; readonly hosts: 'addresses' | 'names' | 'none'; readonly isLinked: boolean };

export interface StorageState {
  readonly isKept: boolean;
  /** Null: the browser does not say. */
  readonly room: { readonly usedBytes: number; readonly mostBytes: number } | null;
}

/** `coming`: the page is just being laid by for it. */
export type OfflineStart = 'ready' | 'coming' | 'no';
