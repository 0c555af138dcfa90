/** What the page seals with WebCrypto is what WIRE.md says: another implementation opens it, and the page opens what that one sealed. */
import { expect, test } from 'vitest';
import { makeDataKey, openDataKey } from '../../src/adapters/idb/data-key.ts';
import { createRows } from '../../src/adapters/idb/rows.ts';
import type { KeptKey } from '../../src/adapters/idb/shelves.ts';
import type { Log } from '../../src/ports/log.ts';
import { nodeCryptoSuite } from '../../src/adapters/node-crypto/suite.ts';
import { isRefusal } from '../../src/protocol/refusal.ts';
import { decodeKeyBox, openKeyBox } from '../../src/protocol/rest/key-box.ts';
import { createRecordSealer } from '../../src/protocol/rest/record.ts';

const luck = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));
const plain = new TextEncoder().encode('pole pole ndio mwendo');

async function make(): Promise<KeptKey> {
  const made = await makeDataKey('shelf', luck);
  if (made === null || made.kept === null) throw new Error('no key');
  return made.kept;
}

async function open(): Promise<{
  readonly dataKey: Uint8Array;
  readonly rows: ReturnType<typeof createRows>;
  readonly refused: string[];
}> {
  const kept = await make();
  const box = decodeKeyBox(kept.box);
  if (isRefusal(box)) throw new Error(box.refused);
  expect(box.way).toBe('device-key');
  const secret = new Uint8Array(await crypto.subtle.sign('HMAC', kept.wrap, box.salt.slice()));
  const dataKey = openKeyBox(nodeCryptoSuite, box, { way: 'device-key', secret });
  if (isRefusal(dataKey)) throw new Error(dataKey.refused);
  const again = await openDataKey(kept, 'shelf');
  if (again === null) throw new Error('the box did not open again');
  const refused: string[] = [];
  const log: Log = (event, facts = {}) => void refused.push([event, ...Object.values(facts)].join(' '));
  return { dataKey, rows: createRows('shelf', again.records, luck, log), refused };
}

test('[R1] the key box and the rows are those of the protocol', async () => {
  const { dataKey, rows } = await open();
  const sealer = createRecordSealer(nodeCryptoSuite, dataKey, 'shelf');
  const row = await rows.seal({ key: 'room/1', value: plain, version: 7 });
  expect(row).toMatchObject({ key: 'room/1', version: 7 });
  expect(sealer.open('room/1', 7, row.value)).toEqual(plain);
  const theirs = { key: 'room/2', value: sealer.seal('room/2', 4_294_967_295, plain, luck), version: 4_294_967_295 };
  expect(await rows.open(theirs)).toEqual({ ...theirs, value: plain });
});

test('[R1] a row opens under its own key and version alone, and says by name why not', async () => {
  const { rows, refused } = await open();
  const row = await rows.seal({ key: 'room/1', value: plain, version: 2 });
  const changed = row.value.slice();
  changed[changed.length - 1]! ^= 1;
  const bad: readonly [row: object, why: string][] = [
    [{ ...row, key: 'room/2' }, 'bad-seal room'],
    [{ ...row, version: 1 }, 'bad-seal room'],
    [{ ...row, version: 3 }, 'bad-seal room'],
    [{ ...row, version: 2 + 2 ** 32 }, 'unknown-kind room'],
    [{ ...row, version: 'two' }, 'unknown-kind room'],
    [{ ...row, value: changed }, 'bad-seal room'],
    [{ ...row, value: row.value.slice(0, 20) }, 'truncated room'],
    [{ ...row, value: new Uint8Array(0) }, 'truncated room'],
    [{ ...row, value: row.value.slice().fill(3, 0, 1) }, 'unknown-version room'],
    [{ ...row, value: 'a word' }, 'unknown-kind room'],
    [{ ...row, value: plain, key: 'me/name' }, 'unknown-version me'],
  ];
  for (const [each, why] of bad) {
    expect(await rows.open(each as typeof row)).toBeNull();
    expect(refused.pop()).toBe(`record-refused ${why}`);
  }
  expect(await rows.open(row)).toEqual({ key: 'room/1', value: plain, version: 2 });
  expect(await (await open()).rows.open(row)).toBeNull();
});

test('a spoiled box, or the key of another, opens nothing', async () => {
  const [kept, other] = [await make(), await make()];
  for (let at = 0; at < kept.box.length; at += 1) {
    const box = kept.box.slice();
    box[at]! ^= 1;
    expect(await openDataKey({ ...kept, box }, 'shelf')).toBeNull();
  }
  expect(await openDataKey({ ...kept, wrap: other.wrap }, 'shelf')).toBeNull();
  expect(await openDataKey({ ...kept, box: kept.box.slice(1) }, 'shelf')).toBeNull();
  expect(await openDataKey({ ...kept, box: new Uint8Array(0) }, 'shelf')).toBeNull();
  expect(await openDataKey({ box: kept.box } as KeptKey, 'shelf')).toBeNull();
  await expect(crypto.subtle.exportKey('raw', kept.wrap)).rejects.toThrow();
});
