/** What every storage must do. */
import type { Storage, Write } from '../../src/ports/storage.ts';
import { assert, assertSame, assertState, casesOf, numbered, numberOf } from './contract.ts';
import type { Case } from './contract.ts';

export interface StorageSubject {
  /** Opens, or opens again, what belongs to this subject. */
  open(): Promise<Storage>;
  dispose(): Promise<void>;
}

export const storageContract = (name: string, make: () => Promise<StorageSubject>): readonly Case[] =>
  casesOf<StorageSubject>(name, make, (subject) => subject.dispose(), cases);

const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);
const put = (key: string, value: Uint8Array, expect?: number): Write =>
  expect === undefined ? { op: 'put', key, value } : { op: 'put', key, value, expect };
const remove = (key: string, expect?: number): Write =>
  expect === undefined ? { op: 'delete', key } : { op: 'delete', key, expect };
const write = async (storage: Storage, ...writes: readonly Write[]): Promise<void> => {
  assertSame(await storage.commit({ writes, durability: 'relaxed' }), { state: 'committed' }, 'commit');
};
const refusedWrite = async (storage: Storage, ...writes: readonly Write[]): Promise<string> => {
  const result = assertState(await storage.commit({ writes, durability: 'relaxed' }), 'refused');
  assert(result.why === 'conflict', 'refused for a conflict');
  return result.key;
};
const keysIn = async (storage: Storage, from: string, to: string, limit = 100, reverse = false): Promise<string> => {
  const found = await storage.range({ from, to, limit, reverse });
  return found.map((record) => record.key).join(' ');
};

const cases: Readonly<Record<string, (subject: StorageSubject) => Promise<void>>> = {
  'has nothing at first': async ({ open }) => {
    const storage = await open();
    assertSame(await storage.get('a'), null, 'record');
    assertSame(await storage.range({ from: '', to: '\uffff', limit: 10 }), [], 'range');
  },

  'gives back what was put, and counts versions from 1': async ({ open }) => {
    const storage = await open();
    await write(storage, put('a', bytes(1, 2, 3)));
    assertSame(await storage.get('a'), { key: 'a', value: bytes(1, 2, 3), version: 1 }, 'first');
    await write(storage, put('a', bytes(4)));
    assertSame(await storage.get('a'), { key: 'a', value: bytes(4), version: 2 }, 'second');
  },

  'keeps empty values apart from none': async ({ open }) => {
    const storage = await open();
    await write(storage, put('a', bytes()));
    assertSame(await storage.get('a'), { key: 'a', value: bytes(), version: 1 }, 'record');
  },

  'deletes, and a record born again begins at version 1': async ({ open }) => {
    const storage = await open();
    await write(storage, put('a', bytes(1)), put('a', bytes(2)));
    await write(storage, remove('a'));
    assertSame(await storage.get('a'), null, 'record');
    await write(storage, remove('a'));
    await write(storage, put('a', bytes(3), 0));
    assertSame((await storage.get('a'))?.version, 1, 'version');
  },

  'takes an empty batch': async ({ open }) => {
    await write(await open());
  },

  'applies a batch in its order': async ({ open }) => {
    const storage = await open();
    await write(storage, put('a', bytes(1), 0), put('a', bytes(2), 1), put('b', bytes(1)), remove('b', 1));
    assertSame(await storage.get('a'), { key: 'a', value: bytes(2), version: 2 }, 'record put twice');
    assertSame(await storage.get('b'), null, 'record put and deleted');
  },

  'refuses a put on another version than expected, and names the key': async ({ open }) => {
    const storage = await open();
    await write(storage, put('a', bytes(1), 0));
    assertSame(await refusedWrite(storage, put('a', bytes(2), 0)), 'a', 'must not exist, but does');
    assertSame(await refusedWrite(storage, put('a', bytes(2), 2)), 'a', 'another version');
    assertSame(await refusedWrite(storage, put('b', bytes(2), 1)), 'b', 'expected, but absent');
    await write(storage, put('a', bytes(3), 1));
    assertSame(await storage.get('a'), { key: 'a', value: bytes(3), version: 2 }, 'record');
  },

  'refuses a delete on another version than expected': async ({ open }) => {
    const storage = await open();
    await write(storage, put('a', bytes(1)));
    assertSame(await refusedWrite(storage, remove('a', 7)), 'a', 'another version');
    assertSame(await refusedWrite(storage, remove('b', 1)), 'b', 'expected, but absent');
    await write(storage, remove('a', 1), remove('b', 0));
    assertSame(await storage.get('a'), null, 'record');
  },

  'applies all of a batch or nothing': async ({ open }) => {
    const storage = await open();
    await write(storage, put('k', bytes(1)), put('z', bytes(1)));
    const key = await refusedWrite(storage, put('a', bytes(9)), remove('k'), put('z', bytes(9), 5), put('y', bytes(9)));
    assertSame(key, 'z', 'key');
    assertSame(await keysIn(storage, '', '\uffff'), 'k z', 'keys');
    assertSame((await storage.get('z'))?.value, bytes(1), 'value');
  },

  'finds ranges: from inclusive, to exclusive, in order': async ({ open }) => {
    const storage = await open();
    await write(storage, ...['b', 'd', 'a', 'c', 'ab'].map((key) => put(key, bytes(1))));
    assertSame(await keysIn(storage, 'a', 'd'), 'a ab b c', 'range');
    assertSame(await keysIn(storage, 'aa', 'b'), 'ab', 'inner range');
    assertSame(await keysIn(storage, 'b', 'b'), '', 'empty range');
    assertSame(await keysIn(storage, 'd', 'a'), '', 'range the wrong way');
    assertSame(await keysIn(storage, 'e', 'z'), '', 'range beyond');
  },

  'limits ranges from either end': async ({ open }) => {
    const storage = await open();
    await write(storage, ...['a', 'b', 'c', 'd', 'e'].map((key) => put(key, bytes(1))));
    assertSame(await keysIn(storage, 'a', 'z', 2), 'a b', 'first two');
    assertSame(await keysIn(storage, 'a', 'z', 2, true), 'e d', 'last two');
    assertSame(await keysIn(storage, 'b', 'e', 9, true), 'd c b', 'reverse with bounds');
    assertSame(await keysIn(storage, 'a', 'z', 0), '', 'none wanted');
  },

  'orders keys by UTF-16 unit': async ({ open }) => {
    const storage = await open();
    const keys = ['\u{1F600}', '\uff5e', 'é', 'z', 'Z', '~', '0', 'a/1', 'a'];
    await write(storage, ...keys.map((key) => put(key, bytes(1))));
    assertSame(await keysIn(storage, '', '\uffff'), [...keys].toSorted((a, b) => (a < b ? -1 : 1)).join(' '), 'order');
  },

  'range gives values and versions': async ({ open }) => {
    const storage = await open();
    await write(storage, put('a', bytes(1)), put('b', bytes(2)), put('b', bytes(3)));
    const wanted = [
      { key: 'a', value: bytes(1), version: 1 },
      { key: 'b', value: bytes(3), version: 2 },
    ];
    assertSame(await storage.range({ from: 'a', to: 'c', limit: 9 }), wanted, 'records');
  },

  'keeps values of 1 MiB': async ({ open }) => {
    const storage = await open();
    const large = numbered(7, 2 ** 20);
    assertSame(await storage.commit({ writes: [put('a', large)], durability: 'strict' }), { state: 'committed' }, 'commit');
    const found = await storage.get('a');
    assert(found !== null && found.value.length === large.length, 'the whole length is there');
    assert(
      found.value.every((byte, at) => byte === large[at]),
      'every byte is the same',
    );
  },

  'writes 1,000 records at once': async ({ open }) => {
    const storage = await open();
    const names = Array.from({ length: 1_000 }, (_, at) => `n/${String(at).padStart(4, '0')}`);
    await write(storage, ...names.map((key, at) => put(key, numbered(at), 0)));
    const found = await storage.range({ from: 'n/', to: 'n0', limit: 2_000 });
    assertSame(
      found.map((record) => record.key),
      names,
      'keys',
    );
    assert(
      found.every((record, at) => numberOf(record.value) === at),
      'each key has its value',
    );
  },

  'copies values on the way in and on the way out': async ({ open }) => {
    const storage = await open();
    const mine = bytes(1, 2, 3);
    const committed = storage.commit({ writes: [put('a', mine)], durability: 'relaxed' });
    mine.fill(9);
    await committed;
    const first = await storage.get('a');
    assertSame(first?.value, bytes(1, 2, 3), 'after the writer changed its bytes');
    first?.value.fill(8);
    (await storage.range({ from: 'a', to: 'b', limit: 1 }))[0]?.value.fill(7);
    assertSame((await storage.get('a'))?.value, bytes(1, 2, 3), 'after readers changed theirs');
  },

  'keeps only the bytes of a view, not the buffer behind it': async ({ open }) => {
    const storage = await open();
    await write(storage, put('a', bytes(0, 1, 2, 3, 4).subarray(1, 3)));
    assertSame((await storage.get('a'))?.value, bytes(1, 2), 'value');
  },

  'answers in the order it was asked': async ({ open }) => {
    const storage = await open();
    const commits = Array.from({ length: 20 }, (_, at) =>
      storage.commit({ writes: [put('a', numbered(at), at)], durability: at % 3 === 0 ? 'strict' : 'relaxed' }),
    );
    const read = storage.get('a');
    assert(
      (await Promise.all(commits)).every((result) => result.state === 'committed'),
      'each saw the one before it',
    );
    assertSame((await read)?.version, 20, 'version seen by a reader behind them');
  },

  'never loses a count when many compare and set': async ({ open }) => {
    const storage = await open();
    let conflicts = 0;
    const addOne = async (): Promise<void> => {
      for (;;) {
        const seen = await storage.get('count');
        const next = numbered(seen === null ? 1 : numberOf(seen.value) + 1);
        const result = await storage.commit({ writes: [put('count', next, seen?.version ?? 0)], durability: 'relaxed' });
        if (result.state === 'committed') return;
        assertSame(result, { state: 'refused', why: 'conflict', key: 'count' }, 'refusal');
        conflicts += 1;
      }
    };
    await Promise.all(Array.from({ length: 12 }, addOne));
    const found = await storage.get('count');
    assertSame(found === null ? null : [numberOf(found.value), found.version], [12, 12], 'count and version');
    assert(conflicts > 0, 'they did get into each other’s way');
  },

  'refuses commits once it is closed, and rejects reads': async ({ open }) => {
    const storage = await open();
    const before = storage.commit({ writes: [put('a', bytes(1))], durability: 'relaxed' });
    await storage.close();
    assertSame(await before, { state: 'committed' }, 'a commit under way');
    const after = await storage.commit({ writes: [put('a', bytes(2))], durability: 'relaxed' });
    assertSame(after, { state: 'refused', why: 'closed' }, 'a commit after');
    const read = await storage.get('a').then(
      () => 'answered',
      () => 'rejected',
    );
    assertSame(read, 'rejected', 'a read after');
    await storage.close();
  },

  'has it all when opened again': async ({ open }) => {
    const first = await open();
    await write(first, put('a', bytes(1)), put('b', bytes(2)), put('b', bytes(3)), put('c', bytes(4)));
    await write(first, remove('c'));
    await first.close();
    const second = await open();
    const found = await second.range({ from: '', to: '\uffff', limit: 10 });
    const wanted = [
      { key: 'a', value: bytes(1), version: 1 },
      { key: 'b', value: bytes(3), version: 2 },
    ];
    assertSame(found, wanted, 'records');
    assertSame(await refusedWrite(second, put('a', bytes(9), 0)), 'a', 'versions still count');
  },
};
