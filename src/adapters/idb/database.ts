/** Opens the database, early and with little code; storage.ts makes storage of it. */
import { openDB } from 'idb';
import type { OpenedStorage } from '../../ports/storage.ts';
import { dataKeyName, SHELVES_VERSION } from './shelves.ts';
import type { Database, KeptKey, Shelves } from './shelves.ts';

export type OpenedDatabase =
  | {
      readonly state: 'open';
      readonly db: Database;
      /** Being read already; null: the database was made this moment, and nothing is in it. */
      readonly kept: Promise<KeptKey | undefined> | null;
      /** What to do where another tab wants to upgrade or wipe. Until it is said: close. */
      onLetGo(run: () => void): void;
    }
  | Extract<OpenedStorage, { state: 'refused' }>;

export async function openDatabase(name: string, shelvesVersion: number = SHELVES_VERSION): Promise<OpenedDatabase> {
  if (typeof globalThis.indexedDB !== 'object' || globalThis.indexedDB === null) return refused('absent');
  const { promise: blocked, resolve: block } = Promise.withResolvers<'blocked'>();
  let letGo = (): void => undefined;
  let isMade = false;
  const opening = openDB<Shelves>(name, shelvesVersion, {
    upgrade: (db, version) => {
      isMade = version === 0;
      if (!db.objectStoreNames.contains('sealed')) db.createObjectStore('sealed', { keyPath: 'key' });
      if (!db.objectStoreNames.contains('keys')) db.createObjectStore('keys');
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
    letGo = () => db.close();
    const kept = isMade ? null : db.get('keys', dataKeyName);
    kept?.catch(() => undefined); // told to whoever asks
    return { state: 'open', db, kept, onLetGo: (run) => void (letGo = run) };
  } catch (error) {
    return refused(whyNotOpen(error));
  }
}

type Why = Extract<OpenedStorage, { state: 'refused' }>['why'];
const refused = (why: Why): OpenedDatabase => ({ state: 'refused', why });

function whyNotOpen(error: unknown): Why {
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
