/** Opens the database and its key, early and with little code; storage.ts makes storage of them. */
import { openDB } from 'idb';
import type { OpenedStorage } from '../../ports/storage.ts';
import type { Luck } from '../../protocol/suite/suite.ts';
import { makeDataKey, openDataKey } from './data-key.ts';
import type { OpenedKey } from './data-key.ts';
import { dataKeyName, SEALING_VERSION, SHELVES_VERSION } from './shelves.ts';
import type { Database, Shelves } from './shelves.ts';

export type OpenedDatabase =
  | {
      readonly state: 'open';
      readonly db: Database;
      /** Under way while the rest of the page is still being loaded: six turns of WebCrypto that nobody waits for. */
      readonly key: Promise<OpenedKey | 'absent' | 'locked'>;
      /** What to do where another tab wants to upgrade or wipe. Until it is said: close. */
      onLetGo(run: () => void): void;
    }
  | Extract<OpenedStorage, { state: 'refused' }>;

export async function openDatabase(name: string, luck: Luck, shelvesVersion: number = SHELVES_VERSION): Promise<OpenedDatabase> {
  if (typeof globalThis.indexedDB !== 'object' || globalThis.indexedDB === null) return refused('absent');
  const { promise: blocked, resolve: block } = Promise.withResolvers<'blocked'>();
  let letGo = (): void => undefined;
  let isMade = false;
  let isUnsealed = false;
  const opening = openDB<Shelves>(name, shelvesVersion, {
    upgrade: (db, version, _to, tx) => {
      isMade = version === 0;
      if (!db.objectStoreNames.contains('sealed')) db.createObjectStore('sealed', { keyPath: 'key' });
      if (!db.objectStoreNames.contains('keys')) db.createObjectStore('keys');
      if (shelvesVersion === SEALING_VERSION || !db.objectStoreNames.contains('records')) return;
      tx.done.catch(ignore); // the opening tells
      void tx
        .objectStore('records')
        .count()
        .then((left) => {
          isUnsealed = left > 0;
          if (isUnsealed) tx.abort();
          else db.deleteObjectStore('records');
        }, ignore);
    },
    // Whoever has it open may only be finishing.
    blocked: () => void setTimeout(() => block('blocked'), patienceMs),
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
    const key = openKey(db, isMade, luck);
    key.catch(() => undefined); // told to whoever asks
    return { state: 'open', db, key, onLetGo: (run) => void (letGo = run) };
  } catch (error) {
    return isUnsealed ? openDatabase(name, luck, SEALING_VERSION) : refused(whyNotOpen(error));
  }
}

const ignore = (): void => undefined;
const patienceMs = 1_500;

async function openKey(db: Database, isMade: boolean, luck: Luck): Promise<OpenedKey | 'absent' | 'locked'> {
  // Only a secure context has it.
  if ((crypto.subtle as SubtleCrypto | undefined) === undefined) return 'absent';
  const kept = isMade ? undefined : await db.get('keys', dataKeyName);
  if (kept !== undefined) return (await openDataKey(kept, db.name)) ?? 'locked';
  // Rows without their key: a new one would only bury them.
  if (!isMade && (await db.getAllKeys('sealed', undefined, 1)).length > 0) return 'locked';
  return (await makeDataKey(db.name, luck)) ?? 'absent';
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
