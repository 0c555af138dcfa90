/** Runs in a page: everything a page of ours could have left behind on this origin, as bytes (base64), without going through our code. */
export async function readPlaces(): Promise<readonly { readonly where: string; readonly base64: string }[]> {
  const places: { where: string; base64: string }[] = [];
  const put = (where: string, parts: readonly (Uint8Array | string)[]): void => {
    const bytes = parts.map((part) => (typeof part === 'string' ? new TextEncoder().encode(part) : part));
    let text = '';
    for (const each of bytes) {
      for (let at = 0; at < each.length; at += 8_192) text += String.fromCharCode(...each.subarray(at, at + 8_192));
      text += '\0';
    }
    places.push({ where, base64: btoa(text) });
  };
  /** Every string and every run of bytes within, whatever it is wrapped in. */
  const partsOf = (value: unknown): readonly (Uint8Array | string)[] => {
    if (ArrayBuffer.isView(value)) return [new Uint8Array(value.buffer)];
    if (value instanceof ArrayBuffer) return [new Uint8Array(value)];
    if (typeof value !== 'object' || value === null) return [String(value)];
    return Object.entries(value).flatMap(([name, inner]) => [name, ...partsOf(inner)]);
  };
  const asked = <Result>(asking: IDBRequest<Result>): Promise<Result> =>
    new Promise((done, failed) => {
      asking.onsuccess = () => done(asking.result);
      asking.onerror = () => failed(asking.error);
    });

  for (const { name = '' } of await indexedDB.databases()) {
    const db = await asked(indexedDB.open(name));
    for (const shelf of db.objectStoreNames) {
      const store = db.transaction(shelf).objectStore(shelf);
      const [keys, values] = await Promise.all([asked(store.getAllKeys()), asked<unknown[]>(store.getAll())]);
      keys.forEach((key, at) =>
        put(`IndexedDB ${name}/${shelf}/${typeof key === 'string' ? key : JSON.stringify(key)}`, [
          ...partsOf(key),
          ...partsOf(values[at]),
        ]),
      );
    }
    db.close();
  }
  put('localStorage', Object.entries(localStorage).flat());
  put('sessionStorage', Object.entries(sessionStorage).flat());
  put('cookies', [document.cookie]);
  put('history', [location.href, JSON.stringify(history.state)]);
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const answer = await cache.match(request);
      const body = new Uint8Array((await answer?.arrayBuffer()) ?? new ArrayBuffer(0));
      put(`CacheStorage ${name} ${request.url}`, [
        request.url,
        ...[...request.headers].flat(),
        ...[...(answer?.headers ?? [])].flat(),
        body,
      ]);
    }
  }
  return places;
}
