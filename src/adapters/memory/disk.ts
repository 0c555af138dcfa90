/** One device's disk: it outlives every tab, and a power cut may take back what was only written relaxed. */
import type { Batch, CommitResult, Range, StoredRecord } from '../../ports/storage.ts';
import type { Random } from './random.ts';

export interface Disk {
  get(key: string): StoredRecord | null;
  range(wanted: Range): readonly StoredRecord[];
  apply(batch: Batch, nowMs: number): CommitResult;
  /** Takes back some of the newest relaxed commits, in whole and from the end. Answers how many. */
  powerCut(nowMs: number): number;
  /** What the next openings, reads and writes meet: for tests of trouble. */
  faults: DiskFaults;
  usedBytes(): number;
}

export interface DiskFaults {
  open: 'newer' | 'blocked' | 'absent' | 'failed' | null;
  /** This many commits still end in `failed`. */
  failCommits: number;
  quotaBytes: number;
  /** Keys whose records do not open any more, as where a seal is broken: as if there were none, until something is put there. */
  readonly unreadable: Set<string>;
}

export interface DiskRules {
  readonly readMs: number;
  readonly relaxedCommitMs: number;
  readonly strictCommitMs: number;
  /** A relaxed commit older than this has reached the platter by itself. */
  readonly relaxedRiskMs: number;
  readonly quotaBytes: number;
}

export const diskRules: DiskRules = {
  readMs: 0.3,
  relaxedCommitMs: 0.5,
  strictCommitMs: 3,
  relaxedRiskMs: 5_000,
  quotaBytes: 256 * 2 ** 20,
};

export const createDisk = (rules: DiskRules, random: Random): Disk => {
  const records = new Map<string, StoredRecord>();
  const keys: string[] = [];
  const faults: DiskFaults = { open: null, failCommits: 0, quotaBytes: rules.quotaBytes, unreadable: new Set() };
  /** Commits the platter does not have yet, oldest first, each with what stood there before. */
  let atRisk: { readonly atMs: number; readonly before: ReadonlyMap<string, StoredRecord | null> }[] = [];
  let used = 0;

  const place = (key: string, record: StoredRecord | null): void => {
    const old = records.get(key);
    used += sizeOf(key, record) - sizeOf(key, old ?? null);
    if (record === null) {
      if (old !== undefined) keys.splice(firstAtOrAfter(keys, key), 1);
      records.delete(key);
      return;
    }
    if (old === undefined) keys.splice(firstAtOrAfter(keys, key), 0, key);
    records.set(key, record);
  };

  const refusal = (batch: Batch): CommitResult | null => {
    const versions = new Map<string, number>();
    let grown = 0;
    for (const write of batch.writes) {
      const version = versions.get(write.key) ?? records.get(write.key)?.version ?? 0;
      if (write.expect !== undefined && write.expect !== version) {
        return { state: 'refused', why: 'conflict', key: write.key };
      }
      versions.set(write.key, write.op === 'put' ? version + 1 : 0);
      if (write.op === 'put') grown += write.key.length * 2 + write.value.length;
    }
    if (grown > 0 && used + grown > faults.quotaBytes) return { state: 'refused', why: 'full' };
    return null;
  };

  return {
    faults,
    usedBytes: () => used,
    get: (key) => (faults.unreadable.has(key) ? null : copy(records.get(key))),
    range: ({ from, to, limit, reverse }) => {
      const first = firstAtOrAfter(keys, from);
      const end = firstAtOrAfter(keys, to);
      const most = faults.unreadable.size === 0 ? limit : limit + faults.unreadable.size;
      const count = Math.max(0, Math.min(end - first, most));
      const found = reverse === true ? keys.slice(end - count, end).reverse() : keys.slice(first, first + count);
      const readable = found.filter((key) => !faults.unreadable.has(key)).slice(0, Math.max(0, limit));
      return readable.map((key) => copy(records.get(key))).filter((record) => record !== null);
    },
    apply: (batch, nowMs) => {
      if (faults.failCommits > 0) {
        faults.failCommits -= 1;
        return { state: 'refused', why: 'failed' };
      }
      const refused = refusal(batch);
      if (refused !== null) return refused;
      const before = new Map<string, StoredRecord | null>();
      for (const write of batch.writes) {
        const old = records.get(write.key) ?? null;
        if (!before.has(write.key)) before.set(write.key, old);
        faults.unreadable.delete(write.key);
        if (write.op === 'delete') place(write.key, null);
        else place(write.key, { key: write.key, value: write.value, version: (old?.version ?? 0) + 1 });
      }
      // A strict commit flushes the log, and with it everything before.
      if (batch.durability === 'strict') atRisk = [];
      else {
        while ((atRisk[0]?.atMs ?? nowMs) < nowMs - rules.relaxedRiskMs) atRisk.shift();
        atRisk.push({ atMs: nowMs, before });
      }
      return { state: 'committed' };
    },
    powerCut: (nowMs) => {
      const young = atRisk.filter((commit) => commit.atMs >= nowMs - rules.relaxedRiskMs);
      const lost = young.slice(random.below(young.length + 1)).reverse();
      for (const commit of lost) for (const [key, record] of commit.before) place(key, record);
      atRisk = [];
      return lost.length;
    },
  };
};

const copy = (record: StoredRecord | undefined): StoredRecord | null =>
  record === undefined ? null : { ...record, value: record.value.slice() };

const sizeOf = (key: string, record: StoredRecord | null): number => (record === null ? 0 : key.length * 2 + record.value.length);

const firstAtOrAfter = (keys: readonly string[], wanted: string): number => {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] ?? '') < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
};
