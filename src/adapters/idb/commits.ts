/** Writes batches: each whole or not at all, and those that arrive together in one transaction. */
import type { Batch, CommitResult } from '../../ports/storage.ts';
import { judgeGroup, keysIn } from './judge.ts';
import type { Versions } from './judge.ts';
import type { KnownVersions } from './known-versions.ts';
import { putKey } from './put-key.ts';
import { isVersion } from './rows.ts';
import type { Rows } from './rows.ts';
import type { Database, KeptKey, Row } from './shelves.ts';

export interface Commits {
  commit(batch: Batch): Promise<CommitResult>;
  /** Once everything asked so far is done, so that a read begun then sees it; null: nothing is under way. */
  done(): Promise<void> | null;
  /** Finishes what was asked, then closes the database. */
  close(): Promise<void>;
}

export interface Shelf {
  readonly db: Database;
  readonly rows: Rows;
  readonly known: KnownVersions;
  /** Made now: goes with the first rows that are written. */
  newKey: KeptKey | null;
}

interface Waiting {
  readonly batch: Batch;
  readonly answer: (result: CommitResult) => void;
}

export function createCommits(shelf: Shelf): Commits {
  let waiting: Waiting[] = [];
  let closed = false;
  let running: Promise<void> | null = null;

  /** What waits becomes a group: at once, or behind the one that is being written. */
  const begin = (): Promise<void> | null => {
    if (waiting.length === 0) return running;
    const group = waiting;
    waiting = [];
    const before = running ?? Promise.resolve();
    const run = before
      .then(() => writeGroup(shelf, group))
      .then(() => {
        if (running !== run) return;
        running = null;
        // Whatever came meanwhile would only have queued behind this one: it goes as the next group.
        void begin();
      });
    running = run;
    return run;
  };

  return {
    done: begin,
    commit(batch) {
      if (closed) return Promise.resolve(refused('closed'));
      const own = copied(batch);
      return new Promise((answer) => {
        waiting.push({ batch: own, answer });
        // One sync to disk serves all batches of this tick; while one is under way, all that come during it.
        if (running === null && waiting.length === 1) queueMicrotask(() => void begin());
      });
    },
    async close() {
      closed = true;
      const last = begin();
      // At once where nothing is left to do: a browser that sees no close in its versionchange event calls the upgrade blocked.
      if (last === null) shelf.db.close();
      await last;
      shelf.db.close();
    },
  };
}

async function writeGroup(shelf: Shelf, group: readonly Waiting[]): Promise<void> {
  const together = await write(
    shelf,
    group.map(({ batch }) => batch),
  );
  if (typeof together !== 'string') return group.forEach(({ answer }, at) => answer(must(together[at])));
  // One batch too big for the disk must not drag its neighbours down: each alone then, in their order.
  for (const { batch, answer } of group) {
    const alone = together === 'closed' || group.length === 1 ? together : await write(shelf, [batch]);
    answer(typeof alone === 'string' ? refused(alone) : must(alone[0]));
  }
}

/** Judged and sealed on the versions that we take them to have; the transaction holds that against those there are. */
async function write(shelf: Shelf, batches: readonly Batch[]): Promise<readonly CommitResult[] | NotWritten> {
  const keys = keysIn(batches);
  const durability = batches.some((batch) => batch.durability === 'strict') ? 'strict' : 'relaxed';
  try {
    for (;;) {
      const taken = new Map(keys.map((key) => [key, shelf.known.of(key)]));
      const { results, outcome } = judgeGroup(batches, taken);
      const rows = await Promise.all(
        [...outcome.values()].flatMap((record) => (record === null ? [] : [shelf.rows.seal(record)])),
      );
      const deletes = [...outcome].flatMap(([key, record]) => (record === null ? [key] : []));
      const written = await put(shelf, taken, rows, deletes, durability);
      if (written === 'closed') return written;
      if (written === 'written') {
        shelf.newKey = null;
        for (const [key, record] of outcome) shelf.known.learn(key, record?.version ?? 0);
        return results;
      }
      for (const [key, version] of written) shelf.known.learn(key, version);
    }
  } catch (error) {
    return whyNotWritten(error);
  }
}

/** One transaction, and no foreign await in it. Answers the versions there are, and writes nothing, where they are others. */
async function put(
  { db, newKey }: Shelf,
  taken: Versions,
  rows: readonly Row[],
  deletes: readonly string[],
  durability: 'strict' | 'relaxed',
): Promise<'written' | 'closed' | Versions> {
  const tx = db.transaction(newKey === null ? ['sealed'] : ['sealed', 'keys'], 'readwrite', { durability });
  tx.done.catch(ignore); // awaited below; a throw on the way there must not leave it orphaned
  const sealed = tx.objectStore('sealed');
  const standing = new Map<string, number>();
  const reading = [...taken.keys()].map(async (key) => standing.set(key, versionOf(await sealed.get(key))));
  const [isOurs] = await Promise.all([newKey === null || putKey(tx.objectStore('keys'), newKey), ...reading]);
  const isAsTaken = [...taken].every(([key, version]) => standing.get(key) === version);
  if (!isOurs || !isAsTaken) {
    tx.abort();
    // Not ours: another tab made this database beside us, and what we would write only we could read.
    return isOurs ? standing : 'closed';
  }
  try {
    // Their failures end the transaction, and its end is what tells.
    for (const row of rows) sealed.put(row).catch(ignore);
    for (const key of deletes) sealed.delete(key).catch(ignore);
    tx.commit();
  } catch (error) {
    tx.abort(); // else the browser would keep the half of it
    throw error;
  }
  await tx.done;
  return 'written';
}

const versionOf = (row: Row | undefined): number => (isVersion(row?.version) ? (row?.version ?? 0) : 0);

// The put happens a moment later, and what was handed in is the caller's again.
const copied = (batch: Batch): Batch => ({
  durability: batch.durability,
  writes: batch.writes.map((each) => (each.op === 'put' ? { ...each, value: each.value.slice() } : each)),
});

type NotWritten = 'full' | 'closed' | 'failed';

function whyNotWritten(error: unknown): NotWritten {
  const name = error instanceof Error ? error.name : '';
  if (name === 'QuotaExceededError') return 'full';
  return name === 'InvalidStateError' ? 'closed' : 'failed';
}

const refused = (why: NotWritten): CommitResult => ({ state: 'refused', why });
const ignore = (): void => undefined;

function must<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('a batch was left without its result');
  return value;
}
