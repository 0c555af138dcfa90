/** The shape of our database: rows whose values are sealed, and the key that opens them, wrapped. */
import type { DBSchema, IDBPDatabase } from 'idb';
import type { StoredRecord } from '../../ports/storage.ts';

export interface Shelves extends DBSchema {
  /** Keys and versions stay readable: ids, numbers and times. */
  sealed: { key: string; value: Row };
  keys: { key: KeyName; value: KeptKey };
  /** What version 1 kept as it was (seal-old.ts); gone with version 3. */
  records: { key: string; value: StoredRecord };
}
export type Database = IDBPDatabase<Shelves>;

/** A record with its value sealed. */
export type Row = StoredRecord;

export interface KeptKey {
  /** The browser keeps it, and lets nobody read it out. */
  readonly wrap: CryptoKey;
  /** The data key (protocol/rest/key-box.ts). */
  readonly box: Uint8Array;
}
export type KeyName = typeof dataKeyName;
export const dataKeyName = 'data';

/** Raised when the shape changes; a database above it belongs to a later Wavu. */
export const SHELVES_VERSION = 3;
/** While what version 1 left is being sealed. */
export const SEALING_VERSION = 2;
