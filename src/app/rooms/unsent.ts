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

export const createUnsent = ({ storage, log }: Core): Unsent => ({
  read: async (of) => decodeText((await storage.get(keyOf.unsent(of)))?.value ?? new Uint8Array(0)) ?? '',
  // Not in the lane, which may be long: the disk takes it at once, and so before whatever says it.
  keep: async (of, text) => {
    const key = keyOf.unsent(of);
    const write: Write = text === '' ? { op: 'delete', key } : { op: 'put', key, value: new TextEncoder().encode(text) };
    const kept = await storage.commit({ writes: [write], durability: 'relaxed' });
    if (kept.state === 'refused') log('unsent-not-kept', { why: kept.why });
  },
});
