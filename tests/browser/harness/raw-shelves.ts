/** Runs in a page: IndexedDB by hand, around the adapter, as somebody with a copy of the profile would. Each stands by itself, to be sent there. */

export interface RawRow {
  readonly shelf: string;
  readonly key: string;
  readonly bytes: readonly number[];
  readonly version: number;
}

/** Every row of every shelf whose value holds bytes. */
export async function readRaw(name: string): Promise<readonly RawRow[]> {
  const db = await new Promise<IDBDatabase>((opened, failed) => {
    const asking = indexedDB.open(name);
    asking.onsuccess = () => opened(asking.result);
    asking.onerror = () => failed(asking.error);
  });
  const rows: RawRow[] = [];
  for (const shelf of db.objectStoreNames) {
    const found = await new Promise<readonly { key: string; value: Uint8Array; version: number; box?: Uint8Array }[]>((read) => {
      const asking = db.transaction(shelf).objectStore(shelf).getAll();
      asking.onsuccess = () => read(asking.result);
    });
    for (const { key, value, version, box } of found)
      rows.push({ shelf, key: key ?? '', bytes: [...(box ?? value)], version: version ?? 0 });
  }
  db.close();
  return rows;
}

/** A database that is not there is made as version 2 had it where it was a version 1 before. */
export async function shelvesOf([name, version]: readonly [string, number | undefined]): Promise<readonly string[]> {
  const db = await new Promise<IDBDatabase>((opened, failed) => {
    const asking = indexedDB.open(name, version);
    asking.onupgradeneeded = () => {
      for (const shelf of ['records', 'sealed']) asking.result.createObjectStore(shelf, { keyPath: 'key' });
      asking.result.createObjectStore('keys');
    };
    asking.onsuccess = () => opened(asking.result);
    asking.onerror = () => failed(asking.error);
  });
  db.close();
  return [...db.objectStoreNames];
}

/** Puts rows as they are, deletes keys, or makes a database as version 1 had it. */
export async function writeRaw(wanted: {
  readonly name: string;
  readonly rows?: readonly RawRow[];
  readonly deletes?: readonly { readonly shelf: string; readonly key: string }[];
  readonly asVersion1?: boolean;
}): Promise<void> {
  const db = await new Promise<IDBDatabase>((opened, failed) => {
    const asking = indexedDB.open(wanted.name, wanted.asVersion1 === true ? 1 : undefined);
    asking.onupgradeneeded = () => asking.result.createObjectStore('records', { keyPath: 'key' });
    asking.onsuccess = () => opened(asking.result);
    asking.onerror = () => failed(asking.error);
  });
  const [rows, deletes] = [wanted.rows ?? [], wanted.deletes ?? []];
  const shelves = [...new Set([...rows, ...deletes].map(({ shelf }) => shelf))];
  const tx = db.transaction(shelves, 'readwrite');
  for (const { shelf, key, bytes, version } of rows) {
    tx.objectStore(shelf).put({ key, value: Uint8Array.from(bytes), version });
  }
  for (const { shelf, key } of deletes) tx.objectStore(shelf).delete(key);
  await new Promise<void>((done) => (tx.oncomplete = () => done()));
  db.close();
}

export interface RawKey {
  readonly wrap: CryptoKey;
  readonly box: Uint8Array;
}

export type KeyTrouble = 'none' | 'gone' | 'other-wrap' | 'no-wrap' | 'short-box';

/** Puts the key of `name` in trouble, or back as it was; `other` has the key of another. Answers whether it can be read out. */
export async function troubleKey([name, other, trouble]: readonly [string, string, KeyTrouble]): Promise<string> {
  const openRaw = (which: string): Promise<IDBDatabase> =>
    new Promise((opened, failed) => {
      const asking = indexedDB.open(which);
      asking.onsuccess = () => opened(asking.result);
      asking.onerror = () => failed(asking.error);
    });
  const keyIn = (db: IDBDatabase): Promise<RawKey> =>
    new Promise((read) => {
      const asking = db.transaction('keys').objectStore('keys').get('data');
      asking.onsuccess = () => read(asking.result as RawKey);
    });
  const [db, otherDb] = [await openRaw(name), await openRaw(other)];
  const held = globalThis as { heldKey?: RawKey };
  const key = (held.heldKey ??= await keyIn(db));
  const theirs = await keyIn(otherDb);
  const troubled = {
    none: key,
    gone: null,
    'other-wrap': { ...key, wrap: theirs.wrap },
    'no-wrap': { box: key.box },
    'short-box': { ...key, box: key.box.slice(1) },
  }[trouble];
  const tx = db.transaction('keys', 'readwrite');
  if (troubled === null) tx.objectStore('keys').delete('data');
  else tx.objectStore('keys').put(troubled, 'data');
  await new Promise<void>((done) => (tx.oncomplete = () => done()));
  db.close();
  otherDb.close();
  return await crypto.subtle.exportKey('raw', key.wrap).then(
    () => 'read out',
    (error: unknown) => (error instanceof Error ? error.name : ''),
  );
}
