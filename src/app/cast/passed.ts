/** The envelopes that passed here lately: who is known to have each, and its bytes for whoever asks. */
import type { CastId } from '../../protocol/cast.ts';
import { forgetFirst } from '../../protocol/forget-first.ts';
import type { DeviceId, PeerId, RoomId } from '../../protocol/ids.ts';

export interface Passed {
  readonly atMs: number;
  /** Who gave it to us first; null: it is mine. */
  readonly from: PeerId | null;
  /** They have it, or will: from us, or as they said. */
  readonly had: Set<PeerId>;
  /** Whom else the giver gave it to: the beginnings of their places. */
  readonly given: ReadonlySet<number>;
  /** Once it is opened, and true. */
  said: Said | null;
  /** It is on the disk. */
  isKept: boolean;
}

export interface Said {
  readonly room: RoomId;
  readonly author: DeviceId;
  readonly frame: Uint8Array;
}

export interface PassedBook {
  get(id: CastId): Passed | undefined;
  add(id: CastId, passed: Passed): void;
}

export function createPassedBook(): PassedBook {
  const all = new Map<CastId, Passed>();
  return {
    get: (id) => all.get(id),
    add: (id, passed) => {
      all.set(id, passed);
      forgetFirst(all, mostPassed);
    },
  };
}

const mostPassed = 256;
