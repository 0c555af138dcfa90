/** Puts a new key beside the first rows it sealed, in their transaction: never the one without the other. */
import type { IDBPObjectStore } from 'idb';
import { isEqual } from '../../protocol/bytes.ts';
import { dataKeyName } from './shelves.ts';
import type { KeptKey, Shelves } from './shelves.ts';

/** False where somebody else's key is there already. */
export async function putKey(keys: KeyShelf, kept: KeptKey): Promise<boolean> {
  const there = await keys.get(dataKeyName);
  if (there !== undefined) return isEqual(there.box, kept.box);
  keys.put(kept, dataKeyName).catch(() => undefined); // its failure ends the transaction, whose end is what tells
  return true;
}

type KeyShelf = IDBPObjectStore<Shelves, ('sealed' | 'keys' | 'records')[], 'keys', 'readwrite'>;
