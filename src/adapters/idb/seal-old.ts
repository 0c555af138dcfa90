/** Seals what version 1 left unsealed, some records at a time: each is there once, whenever the page dies. */
import { putKey } from './put-key.ts';
import type { Rows } from './rows.ts';
import type { Database, KeptKey } from './shelves.ts';

/** `newKey`: made now, and to be written with the first of them. Answers whether it was. */
export async function sealOld(db: Database, rows: Rows, newKey: KeptKey | null): Promise<boolean> {
  let isWritten = false;
  if (!db.objectStoreNames.contains('records')) return isWritten;
  for (;;) {
    const old = await db.getAll('records', undefined, atOnce);
    if (old.length === 0) return isWritten;
    const sealed = await Promise.all(old.map(rows.seal));
    const tx = db.transaction(['records', 'sealed', 'keys'], 'readwrite', { durability: 'strict' });
    tx.done.catch(ignore); // awaited below
    if (newKey !== null && !(await putKey(tx.objectStore('keys'), newKey))) throw new Error('another tab made the key');
    try {
      for (const row of sealed) {
        tx.objectStore('sealed').put(row).catch(ignore);
        tx.objectStore('records').delete(row.key).catch(ignore);
      }
      tx.commit();
    } catch (error) {
      tx.abort(); // else the browser would keep the half of it
      throw error;
    }
    await tx.done;
    isWritten = newKey !== null;
  }
}

const atOnce = 500;
const ignore = (): void => undefined;
