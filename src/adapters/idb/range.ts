/** Reads rows in key order, forwards or backwards, in as few round trips as the browser allows. */
import type { Range } from '../../ports/storage.ts';
import type { Database, Row } from './shelves.ts';

export async function readRange(db: Database, wanted: Range): Promise<readonly Row[]> {
  // IndexedDB throws at an empty range, and takes a count of 0 for "all".
  if (wanted.limit < 1 || wanted.from >= wanted.to) return [];
  const keys = IDBKeyRange.bound(wanted.from, wanted.to, false, true);
  if (wanted.reverse !== true) return await db.getAll('sealed', keys, wanted.limit);
  return (await readBackwards(db, keys, wanted.limit)) ?? (await walkBackwards(db, keys, wanted.limit));
}

/** One request for all: Chromium 141, Firefox 142, Safari 26. Null where it does not exist yet. */
async function readBackwards(db: Database, query: IDBKeyRange, count: number): Promise<readonly Row[] | null> {
  const store: Partial<GetsAllRecords> & object = db.transaction('sealed').store;
  if (store.getAllRecords === undefined) return null;
  const found = await store.getAllRecords({ query, count, direction: 'prev' });
  return found.map(({ value }) => value);
}

async function walkBackwards(db: Database, query: IDBKeyRange, count: number): Promise<readonly Row[]> {
  const found: Row[] = [];
  let cursor = await db.transaction('sealed').store.openCursor(query, 'prev');
  while (cursor !== null && found.length < count) {
    found.push(cursor.value);
    if (found.length < count) cursor = await cursor.continue();
  }
  return found;
}

// TypeScript's DOM does not know it yet. idb wraps every request a store makes, this one too.
interface GetsAllRecords {
  getAllRecords(options: {
    readonly query: IDBKeyRange;
    readonly count: number;
    readonly direction: 'prev';
  }): Promise<readonly { readonly value: Row }[]>;
}
