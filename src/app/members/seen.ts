/** The initials that were taken (S3), each its own record: whose they are, as long as the bundle lives that they were for. */
import type { Core } from '../core.ts';
import { hourOf } from '../../protocol/hour.ts';
import type { DeviceId } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import type { Write } from '../../ports/storage.ts';
import { keyOf, under } from '../records.ts';
import type { Turn } from './vault.ts';

export interface Seen {
  has(initialId: Uint8Array): boolean;
  /** Where there is no place to remember it, it must not be taken either; and one device fills only so much of it. */
  hasPlace(device: DeviceId): boolean;
  add(turn: Turn, initialId: Uint8Array, device: DeviceId, untilHour: number): void;
}

export async function loadSeen(core: Core): Promise<Seen> {
  const nowHour = hourOf(core.clock.nowMs());
  const over: Write[] = [];
  const seen = new Map<string, DeviceId>();
  for (const { key, value } of await core.storage.range(under('seen'))) {
    const [untilHour, device] = new TextDecoder().decode(value).split(' ');
    if (Number(untilHour) < nowHour) over.push({ op: 'delete', key });
    else seen.set(key, (device ?? '') as DeviceId);
  }
  if (over.length > 0) await core.commit(over, 'relaxed');
  return {
    has: (initialId) => seen.has(keyOf.seenInitial(initialId)),
    hasPlace: (device) =>
      seen.size < limits.seenInitials && [...seen.values()].filter((one) => one === device).length < mostOfDevice,
    add: (turn, initialId, device, untilHour) => {
      const key = keyOf.seenInitial(initialId);
      turn.write({ op: 'put', key, value: new TextEncoder().encode(`${untilHour} ${device}`) });
      seen.set(key, device);
      // Should the disk refuse: it was not taken, and may be taken when it comes again.
      turn.failed(() => void seen.delete(key));
    },
  };
}

/** A session begins seldom. */
const mostOfDevice = 32;
