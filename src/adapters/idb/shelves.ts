/** The shape of our database: one shelf, its records exactly as the port knows them. */
import type { DBSchema, IDBPDatabase } from 'idb';
import type { StoredRecord } from '../../ports/storage.ts';

export interface Shelves extends DBSchema {
  records: { key: string; value: StoredRecord };
}
export type Database = IDBPDatabase<Shelves>;

/** Raised when the shape changes; a database above it belongs to a later Wavu. */
export const SHELVES_VERSION = 1;
