/** Files that few visits need: fetched when they are wanted, kept for offline only once they were of use. */

export interface LaterFile {
  readonly url: string;
  readonly integrity: string;
}

export interface Later {
  readonly cache: string;
  readonly urls: readonly string[];
  has(url: URL): boolean;
  /** From the cache if it is there. */
  answer(request: Request): Promise<Response>;
  /** All of them, as the build has them. */
  keep(): Promise<void>;
  /** Without those of an older build. */
  tidy(): Promise<void>;
}

/** A file named by its content is the same however it was asked for. */
const whatever = { ignoreVary: true };

export function createLater(cache: string, files: readonly LaterFile[]): Later {
  const urls = files.map(({ url }) => url);
  return {
    cache,
    urls,
    has: ({ origin, pathname }) => origin === location.origin && urls.includes(pathname),
    answer: async (request) => (await (await caches.open(cache)).match(request.url, whatever)) ?? fetch(request),
    keep: async () => {
      const kept = await caches.open(cache);
      for (const { url, integrity } of files) {
        if ((await kept.match(url, whatever)) !== undefined) continue;
        const answer = await fetch(url, { integrity }).catch(() => null);
        // Offline again, or a relay in the midst of an update: the next time they are of use.
        if (answer?.ok !== true) return;
        await kept.put(url, answer);
      }
    },
    tidy: async () => {
      const kept = await caches.open(cache);
      for (const { url } of await kept.keys()) if (!urls.includes(new URL(url).pathname)) await kept.delete(url);
    },
  };
}
