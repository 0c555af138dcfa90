/**
 * The initials that were taken (S3), each its own record: whose they are, as long as the bundle lives that they were for. Persons can be
 * made up, and let into a room by whoever is in it: what one room fills is no other's. Behind a link that I wait behind anybody may stand
 * who has it: there the oldest goes, as without the link nobody begins by it again, and while I wait its session is here.
 */
import type { Core } from '../core.ts';
import { hourOf } from '../../protocol/hour.ts';
import type { DeviceId, RoomId } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import type { Write } from '../../ports/storage.ts';
import { keyOf, under } from '../records.ts';
import type { Turn } from './vault.ts';

export interface Seen {
  has(initialId: Uint8Array): boolean;
  /** Which of these rooms has place for one more of this device. Null: none; what cannot be remembered must not be taken either. */
  placeFor(device: DeviceId, rooms: readonly RoomId[]): Share | null;
  add(turn: Turn, initialId: Uint8Array, device: DeviceId, share: Share, untilHour: number): void;
}

/** The room that it is of, or the link that it came by. */
export type Share = RoomId | typeof behind;

export const behind = 'behind';

export async function loadSeen(core: Core): Promise<Seen> {
  const nowHour = hourOf(core.clock.nowMs());
  const over: Write[] = [];
  const seen = new Map<string, Taken>();
  for (const { key, value } of await core.storage.range(under('seen'))) {
    const [untilHour, device = '', share = behind] = new TextDecoder().decode(value).split(' ');
    if (Number(untilHour) < nowHour) over.push({ op: 'delete', key });
    else seen.set(key, { device: device as DeviceId, share: share as Share });
  }
  if (over.length > 0) await core.commit(over, 'relaxed');

  const inShare = (share: Share): readonly (readonly [string, Taken])[] => [...seen].filter(([, one]) => one.share === share);

  const hasPlace = (device: DeviceId, room: RoomId): boolean => {
    const all = inShare(room);
    const ofDevice = all.filter(([, one]) => one.device === device).length;
    // Its first finds place where others began as often as they may.
    if (ofDevice === 0) return all.length < mostOfShare;
    return ofDevice < mostOfDevice && all.length < mostOfShare - limits.devicesPerRoom;
  };

  return {
    has: (initialId) => seen.has(keyOf.seenInitial(initialId)),
    placeFor: (device, rooms) => rooms.find((room) => hasPlace(device, room)) ?? null,
    add: (turn, initialId, device, share, untilHour) => {
      const key = keyOf.seenInitial(initialId);
      const [oldest] = share === behind ? inShare(behind).slice(0, -(mostOfShare - 1)) : [];
      if (oldest !== undefined) turn.write({ op: 'delete', key: oldest[0] });
      if (oldest !== undefined) turn.after(() => void seen.delete(oldest[0]));
      turn.write({ op: 'put', key, value: new TextEncoder().encode(`${untilHour} ${device} ${share}`) });
      seen.set(key, { device, share });
      // Should the disk refuse: it was not taken, and may be taken when it comes again.
      turn.failed(() => void seen.delete(key));
    },
  };
}

interface Taken {
  readonly device: DeviceId;
  readonly share: Share;
}

const mostOfShare = limits.seenInitials / 4;
/** A session begins seldom. */
const mostOfDevice = 32;
