/** Decides a group of batches on the versions that stand: what is refused, and what shall lie there in the end. */
import type { Batch, CommitResult, StoredRecord } from '../../ports/storage.ts';

export interface Judged {
  /** In the order of the batches. */
  readonly results: readonly CommitResult[];
  /** By key; null: nothing. */
  readonly outcome: ReadonlyMap<string, StoredRecord | null>;
}

export type Versions = ReadonlyMap<string, number>;

/** Batch by batch, each on what those before it left. */
export function judgeGroup(batches: readonly Batch[], standing: Versions): Judged {
  const versions = new Map(standing);
  const outcome = new Map<string, StoredRecord | null>();
  const results = batches.map((batch): CommitResult => {
    const judged = judge(batch, versions);
    if ('conflict' in judged) return { state: 'refused', why: 'conflict', key: judged.conflict };
    for (const [key, record] of judged.outcome) {
      versions.set(key, record?.version ?? 0);
      outcome.set(key, record);
    }
    return { state: 'committed' };
  });
  return { results, outcome };
}

/** The keys whose versions decide. */
export const keysIn = (batches: readonly Batch[]): readonly string[] => [
  ...new Set(
    batches.flatMap(({ writes }) =>
      writes.filter(({ op, expect }) => op === 'put' || expect !== undefined).map(({ key }) => key),
    ),
  ),
];

/** Write by write: a second write of the same key sees the first. */
function judge(
  { writes }: Batch,
  standing: Versions,
): { readonly conflict: string } | { readonly outcome: ReadonlyMap<string, StoredRecord | null> } {
  const outcome = new Map<string, StoredRecord | null>();
  for (const each of writes) {
    const { key } = each;
    const before = outcome.get(key);
    const version = before === undefined ? (standing.get(key) ?? 0) : (before?.version ?? 0);
    if (each.expect !== undefined && each.expect !== version) return { conflict: key };
    outcome.set(key, each.op === 'put' ? { key, value: each.value, version: version + 1 } : null);
  }
  return { outcome };
}
