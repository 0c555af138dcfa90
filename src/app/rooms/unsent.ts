/** What is being written and not said yet, and an invite not yet followed: kept sealed as all else is, and gone with the commit that says it. */
import type { Core } from '../core.ts';
import { decodeText } from '../../protocol/bytes.ts';
import type { RoomId } from '../../protocol/ids.ts';
import type { Write } from '../../ports/storage.ts';
import { keyOf } from '../records.ts';

export interface Unsent {
  read(of: RoomId | 'invite'): Promise<string>;
  /** An empty one is forgotten. It is no trouble where the disk does not take it: saying it will be. */
  keep(of: RoomId | 'invite', text: string): Promise<void>;
}

/** It is said, or its room is left. */
export const noneUnsent = (room: RoomId): Write => ({ op: 'delete', key: keyOf.unsent(room) });

export function createUnsent(core: Core): Unsent {
  /** Not written yet: of many letters in a row only the last word counts. */
  const waiting = new Map<string, string>();
  return {
    read: async (of) => decodeText((await core.storage.get(keyOf.unsent(of)))?.value ?? new Uint8Array(0)) ?? '',
    keep: async (of, text) => {
      const isPlanned = waiting.has(of);
      waiting.set(of, text);
      if (isPlanned) return;
      await core.lane.run(async () => {
        const newest = waiting.get(of) ?? '';
        waiting.delete(of);
        const key = keyOf.unsent(of);
        const write: Write = newest === '' ? { op: 'delete', key } : { op: 'put', key, value: new TextEncoder().encode(newest) };
        const kept = await core.storage.commit({ writes: [write], durability: 'relaxed' });
        if (kept.state === 'refused') core.log('unsent-not-kept', { why: kept.why });
      });
    },
  };
}
