/** Keeps records in IndexedDB, their values sealed. */
import type { Log } from '../../ports/log.ts';
import type { OpenedStorage, Range, Storage, StoredRecord } from '../../ports/storage.ts';
import type { Luck } from '../../protocol/suite/suite.ts';
import { createCommits } from './commits.ts';
import type { Shelf } from './commits.ts';
import { openDatabase } from './database.ts';
import type { OpenedDatabase } from './database.ts';
import { createKnownVersions } from './known-versions.ts';
import { readRange } from './range.ts';
import { createRows } from './rows.ts';
import { sealOld } from './seal-old.ts';
import { SEALING_VERSION } from './shelves.ts';
import type { Row } from './shelves.ts';

export async function openStorage(opening: Promise<OpenedDatabase>, luck: Luck, log: Log): Promise<OpenedStorage> {
  const opened = await opening;
  if (opened.state === 'refused') return opened;
  const { db } = opened;
  const refuse = (why: Why): OpenedStorage => {
    log('storage-refused', { why });
    db.close();
    return { state: 'refused', why };
  };
  try {
    const key = await opened.key;
    if (typeof key === 'string') return refuse(key);
    const rows = createRows(db.name, key.records, luck, log);
    if (db.version === SEALING_VERSION) {
      await sealOld(db, rows, key.kept, log);
      db.close();
      return await openStorage(openDatabase(db.name, luck), luck, log);
    }
    const shelf = { db, rows, known: createKnownVersions(versionsKnown), newKey: key.kept };
    const storage = createStorage(shelf);
    opened.onLetGo(() => void storage.close());
    return { state: 'open', storage };
  } catch {
    return refuse('failed');
  }
}

type Why = Extract<OpenedStorage, { state: 'refused' }>['why'];

/** Some hundred kilobytes; one that is missing costs its commit a second transaction. */
const versionsKnown = 4_096;

function createStorage(shelf: Shelf): Storage {
  const { db, rows, known } = shelf;
  const commits = createCommits(shelf);
  let closing: Promise<void> | null = null;
  /** A read sees every commit asked before it. */
  const begin = async (): Promise<void> => {
    if (closing !== null) throw new Error('storage: read after close');
    const before = commits.done();
    if (before !== null) await before;
  };
  const open = async (row: Row): Promise<StoredRecord | null> => {
    const record = await rows.open(row);
    if (record !== null) known.learn(record.key, record.version);
    return record;
  };
  const readOpened = async (wanted: Range): Promise<readonly StoredRecord[]> => {
    const found = await readRange(db, wanted);
    const opened = (await Promise.all(found.map(open))).filter((record) => record !== null);
    const last = found.at(-1);
    if (last === undefined || opened.length === found.length || found.length < wanted.limit) return opened;
    // Where some were refused, those behind them take their place: "fewer than asked" goes on meaning "no more".
    const behind = wanted.reverse === true ? { to: last.key } : { from: `${last.key}\0` };
    return [...opened, ...(await readOpened({ ...wanted, ...behind, limit: wanted.limit - opened.length }))];
  };
  return {
    async get(key) {
      await begin();
      const row = await db.get('sealed', key);
      return row === undefined ? null : await open(row);
    },
    async range(wanted) {
      await begin();
      return await readOpened(wanted);
    },
    commit: (batch) => commits.commit(batch),
    close: () => (closing ??= commits.close()),
  };
}
