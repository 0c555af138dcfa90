/**
 * Seals what version 1 left unsealed, some records at a time: each is there once, whenever the page dies. Once that is done the shelf it
 * lay on goes for good (database.ts): whoever puts something there later puts it nowhere.
 */
import type { Log } from '../../ports/log.ts';
import { putKey } from './put-key.ts';
import type { Rows } from './rows.ts';
import type { Database, KeptKey } from './shelves.ts';

/** `newKey`: made now, and to be written with the first of them. */
export async function sealOld(db: Database, rows: Rows, newKey: KeptKey | null, log: Log): Promise<void> {
  while (db.objectStoreNames.contains('records')) {
    const old = await db.getAll('records', undefined, atOnce);
    const [first, last] = [old[0], old.at(-1)];
    if (first === undefined || last === undefined) return;
    const all = await Promise.all(old.map(rows.seal));
    const tx = db.transaction(['records', 'sealed', 'keys'], 'readwrite', { durability: 'strict' });
    tx.done.catch(ignore); // awaited below
    if (newKey !== null && !(await putKey(tx.objectStore('keys'), newKey))) throw new Error('another tab made the key');
    const there = new Set(await tx.objectStore('sealed').getAllKeys(IDBKeyRange.bound(first.key, last.key)));
    try {
      for (const row of all) {
        // Nothing unsealed is worth more than what is sealed.
        if (there.has(row.key)) log('record-refused', { why: 'unsealed', of: row.key.split('/')[0] ?? '' });
        else tx.objectStore('sealed').put(row).catch(ignore);
        tx.objectStore('records').delete(row.key).catch(ignore);
      }
      tx.commit();
    } catch (error) {
      tx.abort(); // else the browser would keep the half of it
      throw error;
    }
    await tx.done;
  }
}

const atOnce = 500;
const ignore = (): void => undefined;
