/** Keeps records in IndexedDB. */
import { openDB } from 'idb';
import type { OpenedStorage, Storage } from '../../ports/storage.ts';
import { createCommits } from './commits.ts';
import { readRange } from './range.ts';
import { SHELVES_VERSION } from './shelves.ts';
import type { Database, Shelves } from './shelves.ts';

export async function openStorage(name: string, shelvesVersion: number = SHELVES_VERSION): Promise<OpenedStorage> {
  if (typeof globalThis.indexedDB !== 'object' || globalThis.indexedDB === null) return refused('absent');
  const { promise: blocked, resolve: block } = Promise.withResolvers<'blocked'>();
  let letGo = (): void => undefined;
  const opening = openDB<Shelves>(name, shelvesVersion, {
    upgrade: (db) => {
      if (!db.objectStoreNames.contains('records')) db.createObjectStore('records', { keyPath: 'key' });
    },
    blocked: () => block('blocked'),
    // Another tab wants to upgrade or wipe: finish what was asked, then stand aside.
    blocking: () => letGo(),
    terminated: () => letGo(),
  });
  try {
    const db = await Promise.race([opening, blocked]);
    if (db === 'blocked') {
      // The request cannot be taken back: should it come through after all, nobody is waiting for it.
      void opening.then(
        (late) => late.close(),
        () => undefined,
      );
      return refused('blocked');
    }
    const opened = createStorage(db);
    letGo = () => void opened.close();
    return { state: 'open', storage: opened };
  } catch (error) {
    return refused(whyNotOpen(error));
  }
}

function createStorage(db: Database): Storage {
  const commits = createCommits(db);
  let closing: Promise<void> | null = null;
  /** A read sees every commit asked before it. */
  const begin = (): void => {
    if (closing !== null) throw new Error('storage: read after close');
    commits.begin();
  };
  return {
    async get(key) {
      begin();
      return (await db.get('records', key)) ?? null;
    },
    async range(wanted) {
      begin();
      return await readRange(db, wanted);
    },
    commit: (batch) => commits.commit(batch),
    close: () => (closing ??= commits.close()),
  };
}

const refused = (why: 'newer' | 'blocked' | 'absent' | 'failed'): OpenedStorage => ({ state: 'refused', why });

function whyNotOpen(error: unknown): 'newer' | 'absent' | 'failed' {
  switch (error instanceof Error ? error.name : '') {
    case 'VersionError':
      return 'newer';
    // A browser told to keep nothing (blocked cookies, some private windows) answers with one of these.
    case 'SecurityError':
    case 'InvalidStateError':
    case 'NotSupportedError':
      return 'absent';
    default:
      return 'failed';
  }
}
