/** Writes batches: each whole or not at all, and those that arrive together in one transaction. */
import type { Batch, CommitResult, StoredRecord } from '../../ports/storage.ts';
import type { Database } from './shelves.ts';

export interface Commits {
  commit(batch: Batch): Promise<CommitResult>;
  /** Starts the transaction of everything asked so far, so that a read begun after it sees it. */
  begin(): void;
  /** Finishes what was asked, then closes the database. */
  close(): Promise<void>;
}

interface Waiting {
  readonly batch: Batch;
  readonly answer: (result: CommitResult) => void;
}

export function createCommits(db: Database): Commits {
  let waiting: Waiting[] = [];
  let closed = false;
  const running = new Set<Promise<void>>();

  const begin = (): void => {
    if (waiting.length === 0) return;
    const group = waiting;
    waiting = [];
    // Whether a later group has begun: then nothing of this one may still be written behind it.
    const isLast = (): boolean => [...running].at(-1) === run;
    const run = writeGroup(db, group, isLast).finally(() => {
      running.delete(run);
      // Whatever came meanwhile would only have queued behind this transaction: it goes as the next group.
      begin();
    });
    running.add(run);
  };

  return {
    begin,
    commit(batch) {
      if (closed) return Promise.resolve(refused('closed'));
      const own = copied(batch);
      return new Promise((answer) => {
        waiting.push({ batch: own, answer });
        // One sync to disk serves all batches of this tick; while one is under way, all that come during it.
        if (running.size === 0 && waiting.length === 1) queueMicrotask(begin);
      });
    },
    async close() {
      closed = true;
      begin();
      // At once, not after: a browser that sees no close in its versionchange event calls the upgrade blocked.
      // Transactions under way are finished all the same.
      db.close();
      await Promise.all(running);
    },
  };
}

async function writeGroup(db: Database, group: readonly Waiting[], isLast: () => boolean): Promise<void> {
  const together = await write(
    db,
    group.map(({ batch }) => batch),
  );
  // One batch too big for the disk must not drag its neighbours down: each alone then, in their order.
  const alone = typeof together === 'string' && together !== 'closed' && group.length > 1 && isLast();
  const results = alone ? await Promise.all(group.map(({ batch }) => write(db, [batch]).then(onlyResult))) : together;
  group.forEach(({ answer }, at) => answer(typeof results === 'string' ? refused(results) : must(results[at])));
}

const onlyResult = (written: readonly CommitResult[] | NotWritten): CommitResult =>
  typeof written === 'string' ? refused(written) : must(written[0]);

/** One transaction: every version wanted is read, each batch is judged, then the good ones are put. No foreign await. */
async function write(db: Database, batches: readonly Batch[]): Promise<readonly CommitResult[] | NotWritten> {
  try {
    const durability = batches.some((batch) => batch.durability === 'strict') ? 'strict' : 'relaxed';
    const tx = db.transaction('records', 'readwrite', { durability });
    tx.done.catch(ignore); // awaited below; a throw on the way there must not leave it orphaned
    const versions = new Map<string, number>();
    await Promise.all(keysToRead(batches).map(async (key) => versions.set(key, (await tx.store.get(key))?.version ?? 0)));
    const results = batches.map((batch): CommitResult => {
      const judged = judge(batch, versions);
      if (judged.state === 'conflict') return { state: 'refused', why: 'conflict', key: judged.key };
      for (const [key, version] of judged.versions) versions.set(key, version);
      // Their failures end the transaction, and its end is what tells.
      for (const record of judged.puts) tx.store.put(record).catch(ignore);
      for (const key of judged.deletes) tx.store.delete(key).catch(ignore);
      return { state: 'committed' };
    });
    tx.commit();
    await tx.done;
    return results;
  } catch (error) {
    return whyNotWritten(error);
  }
}

const keysToRead = (batches: readonly Batch[]): readonly string[] => [
  ...new Set(
    batches.flatMap(({ writes }) =>
      writes.filter(({ op, expect }) => op === 'put' || expect !== undefined).map(({ key }) => key),
    ),
  ),
];

type Judged =
  | { readonly state: 'conflict'; readonly key: string }
  | {
      readonly state: 'good';
      readonly puts: Iterable<StoredRecord>;
      readonly deletes: Iterable<string>;
      readonly versions: ReadonlyMap<string, number>;
    };

/** Write by write: a second write of the same key sees the first. Answers what shall stand there in the end. */
function judge(batch: Batch, standing: ReadonlyMap<string, number>): Judged {
  const versions = new Map<string, number>();
  const puts = new Map<string, StoredRecord>();
  const deletes = new Set<string>();
  for (const each of batch.writes) {
    const { key } = each;
    const version = versions.get(key) ?? standing.get(key) ?? 0;
    if (each.expect !== undefined && each.expect !== version) return { state: 'conflict', key };
    if (each.op === 'put') {
      versions.set(key, version + 1);
      puts.set(key, { key, value: each.value, version: version + 1 });
      deletes.delete(key);
    } else {
      versions.set(key, 0);
      puts.delete(key);
      deletes.add(key);
    }
  }
  return { state: 'good', puts: puts.values(), deletes, versions };
}

// The put happens a moment later, and a view onto a large buffer would be stored with all of that buffer.
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
