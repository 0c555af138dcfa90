/** Bytes of version 2 on a disk and in a backup, frozen, and read a second time from WIRE.md alone (see frozen-v2.test.ts). */
import { expect, test } from 'vitest';
import { encodeBackupItem } from '../../src/protocol/rest/backup-item.ts';
import { createBackupOpener, createBackupSealer } from '../../src/protocol/rest/backup.ts';
import { createBlindIndex } from '../../src/protocol/rest/blind-index.ts';
import { decodeKeyBox, openKeyBox, sealKeyBox } from '../../src/protocol/rest/key-box.ts';
import type { Opener } from '../../src/protocol/rest/key-box.ts';
import { createRecordSealer } from '../../src/protocol/rest/record.ts';
import { decodeRecoveryCode, encodeRecoveryCode } from '../../src/protocol/rest/recovery-code.ts';
import { isRefusal } from '../../src/protocol/refusal.ts';
import { asha, disagreements, good, hex, luckOf, suite } from './frozen/cast.ts';
import * as rest from './second/rest.ts';

const dataKey = luckOf('data key')(32);
const recoverySecret = luckOf('recovery')(32);
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

test('[R1] a record', () => {
  const sealer = createRecordSealer(suite, dataKey, 'messages');
  const [plain, place] = [utf8('Habari ya asubuhi'), { store: 'messages', id: 'kikao/7', version: 3 }];
  const record = sealer.seal(place.id, place.version, plain, luckOf('record'));
  expect(hex(record)).toMatchSnapshot();
  expect(rest.openRecord(record, dataKey, place)).toEqual(plain);
  for (const other of [{ store: 'rooms' }, { id: 'kikao/8' }, { version: 4 }])
    expect(() => rest.openRecord(record, dataKey, { ...place, ...other })).toThrow('bad-seal');
  const first = (changed: Uint8Array): unknown => sealer.open(place.id, place.version, changed);
  expect(disagreements(record, first, (changed) => rest.openRecord(changed, dataKey, place))).toMatchObject({
    taken: 1,
    differ: [],
  });
});

test('a blind index', () => {
  const index = createBlindIndex(suite, dataKey, 'messages')(utf8('kikao'));
  expect(hex(index)).toMatchSnapshot();
  expect(rest.blindIndexOf(dataKey, 'messages', utf8('kikao'))).toEqual(index);
});

const cost = { memoryKib: 64, passes: 2 };
test.each([
  ['passphrase', { way: 'passphrase', passphrase: 'ﬁmbo ya mbali haiui nyoka' }],
  ['passkey', { way: 'passkey', secret: luckOf('prf')(32) }],
  ['device key', { way: 'device-key', secret: luckOf('kept')(32) }],
] as const)('a key box opened by a %s', (way, opener: Opener) => {
  const salt = luckOf('salt')(16);
  const box = sealKeyBox(suite, dataKey, opener, salt, luckOf('box'), cost);
  expect(hex(box)).toMatchSnapshot();
  expect(box).toHaveLength(83);
  const secret = opener.way === 'passphrase' ? opener.passphrase : opener.secret;
  expect(rest.openKeyBox(box, secret)).toEqual(dataKey);
  const costs = way === 'passphrase' ? { memoryKiB: 64, passes: 2 } : { memoryKiB: 0, passes: 0 };
  expect(rest.readKeyBox(box)).toMatchObject({ way, salt, ...costs, sealed: box.slice(35) });
  // The ligature is two letters, however it was typed.
  if (opener.way === 'passphrase') expect(rest.openKeyBox(box, 'fimbo ya mbali haiui nyoka')).toEqual(dataKey);
  const read = disagreements(box, decodeKeyBox, rest.readKeyBox);
  expect(read.taken).toBeGreaterThan(100);
  expect(read.differ).toEqual([]);
  if (opener.way === 'passphrase') return;
  const open = (found: ReturnType<typeof decodeKeyBox>): unknown =>
    isRefusal(found) || found.way !== opener.way ? { refused: 'bad-seal' } : openKeyBox(suite, found, opener);
  const opened = disagreements(
    box,
    (changed) => open(decodeKeyBox(changed)),
    (changed) => rest.openKeyBox(changed, opener.secret),
  );
  expect(opened).toMatchObject({ taken: 1, differ: [] });
});

const spreadKiB = (bytes: number): Uint8Array => new Uint8Array(bytes).map((_, at) => at >> 8);
const backupOf = (plain: Uint8Array): Uint8Array => {
  const sealer = createBackupSealer(suite, recoverySecret, luckOf('backup'));
  return new Uint8Array([...sealer.add(plain), ...sealer.end()]);
};
const openFirst = (file: Uint8Array): Uint8Array | { refused: unknown } => {
  const opener = createBackupOpener(suite, recoverySecret);
  const begin = opener.add(file);
  const end = opener.end();
  if (isRefusal(begin)) return begin;
  return isRefusal(end) ? end : new Uint8Array([...begin, ...end]);
};
const openSecond = (file: Uint8Array): Uint8Array => rest.openBackup(file, recoverySecret);

test('[R3] a backup: its items, its chunks, and where it ends', () => {
  const items = [
    { kind: 'certificate', bytes: asha.certificate.bytes },
    { kind: 'setting', bytes: utf8('lugha=sw') },
  ] as const;
  const within = new Uint8Array([...items.flatMap((item) => [...encodeBackupItem(item)]), 99, 1, 0]);
  const file = backupOf(within);
  expect(hex(file)).toMatchSnapshot();
  expect(rest.readItems(openSecond(file))).toEqual(items);
  expect(disagreements(file, openFirst, openSecond, { places: 30 })).toMatchObject({ taken: 1, differ: [] });
  for (const length of [0, 1, 65_535, 65_536, 65_537, 131_072]) {
    const long = backupOf(spreadKiB(length));
    expect(openSecond(long)).toEqual(spreadKiB(length));
    const chunk = 65_536 + 16;
    const spoiled = [long.slice(0, -16), long.slice(0, 25 + chunk), new Uint8Array([...long, ...long.slice(25)])];
    const swapped = new Uint8Array([...long.slice(0, 25), ...long.slice(25 + chunk), ...long.slice(25, 25 + chunk)]);
    for (const other of [...spoiled, swapped].filter((bad) => hex(bad) !== hex(long))) {
      expect(() => openSecond(other)).toThrow();
      expect(openFirst(other)).toHaveProperty('refused');
    }
  }
});

test('[R3] an empty chunk behind others says nothing, and is refused', () => {
  const head = new Uint8Array([...utf8('WAVUBACK'), 2, ...luckOf('salt')(16)]);
  const key = suite.kdf(head.slice(9), recoverySecret, utf8('wavu/2 backup'), 32);
  const nonce = (chunk: number, last: number): Uint8Array => new Uint8Array(12).with(7, chunk).with(11, last);
  const chunks = (lengths: readonly number[]): Uint8Array => {
    const sealed = lengths.map((length, at) =>
      suite.seal(key, nonce(at, at === lengths.length - 1 ? 1 : 0), new Uint8Array(length), head),
    );
    return new Uint8Array(Buffer.concat([head, ...sealed]));
  };
  expect(openSecond(chunks([65_536]))).toHaveLength(65_536);
  expect(openFirst(chunks([65_536]))).toHaveLength(65_536);
  expect(() => openSecond(chunks([65_536, 0]))).toThrow('bad-chunk');
  expect(openFirst(chunks([65_536, 0]))).toHaveProperty('refused');
});

test('a recovery code', () => {
  const words = encodeRecoveryCode(suite, recoverySecret);
  expect(words).toMatchSnapshot();
  expect(rest.readRecoveryCode(words)).toEqual(recoverySecret);
  expect(good(decodeRecoveryCode(suite, rest.recoveryCodeOf(recoverySecret).join(' ')))).toEqual(recoverySecret);
});
