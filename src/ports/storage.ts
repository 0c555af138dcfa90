/** What we ask of a disk: ordered records, changed a batch at a time, all of it or nothing. */
export interface Storage {
  get(key: string): Promise<StoredRecord | null>;
  /** Records with `from <= key < to`, in key order (compared by UTF-16 unit), or newest key first. */
  range(wanted: Range): Promise<readonly StoredRecord[]>;
  /** Applies every write, or none. Everything is ready before: nothing is awaited inside. */
  commit(batch: Batch): Promise<CommitResult>;
  close(): Promise<void>;
}

export interface StoredRecord {
  readonly key: string;
  readonly value: Uint8Array;
  /** 1 at birth, one more at each put. */
  readonly version: number;
}

export interface Range {
  readonly from: string;
  readonly to: string;
  readonly limit: number;
  readonly reverse?: boolean;
}

export interface Batch {
  readonly writes: readonly Write[];
  /** `strict`: the commit answers once a power cut could not undo it. */
  readonly durability: 'strict' | 'relaxed';
}

export type Write =
  | { readonly op: 'put'; readonly key: string; readonly value: Uint8Array; readonly expect?: number }
  | { readonly op: 'delete'; readonly key: string; readonly expect?: number };
// `expect` is the version the writer saw; 0 says "there was none". Left out: any.

export type CommitResult =
  | { readonly state: 'committed' }
  | { readonly state: 'refused'; readonly why: 'conflict'; readonly key: string }
  | { readonly state: 'refused'; readonly why: 'full' | 'closed' | 'failed' };

export type OpenedStorage =
  | { readonly state: 'open'; readonly storage: Storage }
  /** `newer`: a later Wavu wrote it; `blocked`: another tab holds an older one open; `locked`: the key to it is gone or does not fit. */
  | { readonly state: 'refused'; readonly why: 'newer' | 'blocked' | 'absent' | 'locked' | 'failed' };
