/** The records that this server holds for others: the newest of each writer, until they expire, those nearest to us where there are too many. */
import { bytesToHex, isEqual } from '../protocol/bytes.ts';
import { nearer } from '../protocol/directory/distance.ts';
import type { Place } from '../protocol/directory/distance.ts';
import { checkRecord, keyOfWriter } from '../protocol/directory/record.ts';
import type { DirectoryRecord } from '../protocol/directory/record.ts';
import { hourOf } from '../protocol/hour.ts';
import type { Suite } from '../protocol/suite/suite.ts';
import type { Clock } from '../ports/clock.ts';

export interface Shelf {
  /** False: it is no better than what is there, or not to be kept at all. */
  put(record: DirectoryRecord): boolean;
  at(key: Place): DirectoryRecord | null;
  size(): number;
}

export function createShelf(suite: Suite, self: Place, { nowMs }: Pick<Clock, 'nowMs'>, mostRecords = 4_096): Shelf {
  const records = new Map<string, { readonly key: Place; readonly record: DirectoryRecord }>();

  const at = (key: Place): DirectoryRecord | null => {
    const held = records.get(bytesToHex(key));
    if (held === undefined || held.record.expiresHour >= hourOf(nowMs())) return held?.record ?? null;
    records.delete(bytesToHex(key));
    return null;
  };

  const makePlace = (): void => {
    if (records.size <= mostRecords) return;
    const nowHour = hourOf(nowMs());
    for (const [name, { record }] of records) if (record.expiresHour < nowHour) records.delete(name);
    if (records.size <= mostRecords) return;
    const far = [...records].reduce((one, other) => (nearer(self, other[1].key, one[1].key) > 0 ? other : one));
    records.delete(far[0]);
  };

  return {
    put: (record) => {
      const key = keyOfWriter(suite, record.writer);
      const held = at(key);
      // What was said in the same second as what is here, and is something else, is not kept.
      if (held !== null && held.sequence >= record.sequence) return isEqual(held.signature, record.signature);
      if (checkRecord(suite, record, key, hourOf(nowMs())) !== null) return false;
      records.set(bytesToHex(key), { key, record });
      makePlace();
      return at(key) !== null;
    },
    at,
    size: () => records.size,
  };
}
