/** What a check-up looks at, in its order, and what it can find there. */
import type { OfflineStart, StorageState, WebRtcTry } from '../../ports/surroundings.ts';

export interface Findings {
  readonly secure: boolean;
  readonly online: boolean;
  readonly relay: RelayFound;
  readonly webRtc: WebRtcTry;
  readonly people: PeopleFound;
  readonly storage: StorageState | null;
  readonly offline: OfflineStart;
}

/**
 * `answers`: the address of this page does. `silent`: it does not, and no link is there. `shut`: it does, and no socket opens there.
 * `refuses`: one does, and no link comes of it. `not-let-in`: it is for members.
 */
export type RelayFound =
  | { readonly state: 'open'; readonly door: 'first' | 'second'; readonly answers: boolean; readonly rttMs: number | null }
  | { readonly state: 'silent' | 'shut' | 'refuses' | 'not-let-in' };

export interface PeopleFound {
  readonly direct: number;
  readonly relayed: number;
  readonly through: number;
  /** Rooms in which others are known, and those of them where nobody is reached. */
  readonly rooms: number;
  readonly roomsOut: number;
}

export type Check = keyof Findings;
export const checks: readonly Check[] = ['secure', 'online', 'relay', 'webRtc', 'people', 'storage', 'offline'];
