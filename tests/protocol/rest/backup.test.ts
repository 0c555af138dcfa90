/** Backup files, whole, in pieces, and as somebody would like them to be. */
import { expect, test } from 'vitest';
import { concat } from '../../../src/protocol/bytes.ts';
import { limits } from '../../../src/protocol/limits.ts';
import { createItemReader, encodeBackupItem } from '../../../src/protocol/rest/backup-item.ts';
import type { BackupItem } from '../../../src/protocol/rest/backup-item.ts';
import { createBackupOpener, createBackupSealer } from '../../../src/protocol/rest/backup.ts';
import { createCutter } from '../../../src/protocol/rest/cutter.ts';
import { isRefusal, refuse } from '../../../src/protocol/refusal.ts';
import { luckOf, suite } from '../people/persons.ts';
import { items, opened, recoverySecret, sealed } from './decoders.ts';

const head = 25;
const chunk = 65_536 + 16;
const plain = luckOf('plain')(65_536 * 3 + 100);
const file = sealed(plain);

test('a file comes back whole, in pieces of any length', () => {
  for (const length of [0, 1, 65_535, 65_536, 65_537, 131_072, plain.length]) {
    const some = plain.slice(0, length);
    const written = sealed(some);
    expect(written.length).toBe(head + length + 16 * Math.max(1, Math.ceil(length / 65_536)));
    for (const piece of [1_000, 24, 65_552, 65_551, 1_000_000]) expect(opened(written, piece)).toEqual(some);
  }
  expect(opened(file, 1)).toEqual(plain);
});

test('what is written does not depend on the pieces it came in', () => {
  const sealer = createBackupSealer(suite, recoverySecret, luckOf('backup'));
  const out: Uint8Array[] = [];
  for (let at = 0; at < plain.length; at += 7_777) out.push(sealer.add(plain.slice(at, at + 7_777)));
  out.push(sealer.end());
  expect(concat(out)).toEqual(file);
});

test('a big file passes without ever being held', () => {
  const sealer = createBackupSealer(suite, recoverySecret, luckOf('big'));
  const opener = createBackupOpener(suite, recoverySecret);
  const piece = luckOf('piece')(100_000);
  let [biggest, passed] = [0, 0];
  const pass = (bytes: Uint8Array): void => {
    const back = opener.add(bytes);
    if (isRefusal(back)) throw new Error(back.refused);
    biggest = Math.max(biggest, bytes.length, back.length);
    passed += back.length;
  };
  for (let at = 0; at < 200; at += 1) pass(sealer.add(piece));
  pass(sealer.end());
  expect(passed + (opener.end() as Uint8Array).length).toBe(20_000_000);
  expect(biggest).toBeLessThan(3 * chunk);
});

test('[R3] a file without its last chunk is refused', () => {
  for (let end = head; end < file.length; end += chunk) expect(opened(file.slice(0, end))).toEqual(refuse('bad-seal'));
  for (const end of [file.length - 1, head + chunk + 5, head + 1]) expect(opened(file.slice(0, end))).toEqual(refuse('bad-seal'));
  for (let end = 0; end < head; end += 1) expect(opened(file.slice(0, end))).toEqual(refuse('truncated'));
});

test('[R3] chunks in another order, twice, left out, or of another file are refused', () => {
  const at = (count: number): Uint8Array => file.slice(head + count * chunk, head + (count + 1) * chunk);
  const start = file.slice(0, head);
  const [one, two, three, last] = [at(0), at(1), at(2), at(3)] as const;
  expect(opened(concat([start, one, two, three, last]))).toEqual(plain);
  const sealer = createBackupSealer(suite, recoverySecret, luckOf('another'));
  const another = sealer.add(plain).slice(head, head + chunk);
  for (const chunks of [
    [two, one, three, last],
    [one, three, two, last],
    [one, two, two, three, last],
    [one, three, last],
    [one, two, last],
    [one, two, three, last, last],
    [another, two, three, last],
    [last],
  ])
    expect(opened(concat([start, ...chunks]))).toEqual(refuse('bad-seal'));
});

test('[R3] once refused it stays refused, even if the rest is good', () => {
  const opener = createBackupOpener(suite, recoverySecret);
  const spoiled = file.slice();
  spoiled[head + 3]! ^= 1;
  expect(opener.add(spoiled)).toEqual(refuse('bad-seal'));
  expect(opener.add(file)).toEqual(refuse('bad-seal'));
  expect(opener.end()).toEqual(refuse('bad-seal'));
});

test('a file that ends with an empty chunk behind others is none of ours', () => {
  // Sealed by the rules of the bytes, but a full last chunk would have been the last.
  const secret = recoverySecret;
  let last: Uint8Array = new Uint8Array(0);
  const odd = { ...suite, seal: (...args: Parameters<typeof suite.seal>) => suite.seal(args[0], args[1], last, args[3]) };
  const sealer = createBackupSealer(odd, secret, luckOf('odd'));
  last = plain.slice(0, 65_536);
  const first = sealer.add(plain.slice(0, 65_537));
  last = new Uint8Array(0);
  expect(opened(concat([first, sealer.end()]))).toEqual(refuse('bad-seal'));
});

test('[E2] another code, another kind of file or another version opens nothing', () => {
  expect(opened(file, file.length, luckOf('guess')(32))).toEqual(refuse('bad-seal'));
  expect(opened(file.slice().fill(0x77, 0, 1))).toEqual(refuse('unknown-kind'));
  expect(opened(file.slice().fill(3, 8, 9))).toEqual(refuse('unknown-version'));
  expect(opened(file.slice().fill(0, 9, 10))).toEqual(refuse('bad-seal'));
});

test('a cutter gives what it took, whatever the pieces', () => {
  const cutter = createCutter(10);
  const pieces = [3, 0, 7, 1, 25, 4].map((length, at) => new Uint8Array(length).fill(at));
  const cut = pieces.flatMap((piece) => cutter.add(piece));
  expect(cut.every((one) => one.length === 10)).toBe(true);
  expect(concat([...cut, cutter.rest()])).toEqual(concat(pieces));
  expect(cutter.rest().length).toBe(10);
});

const readIn = (bytes: Uint8Array, piece: number): { readonly read: readonly BackupItem[]; readonly end: unknown } => {
  const reader = createItemReader();
  const read: BackupItem[] = [];
  for (let at = 0; at < bytes.length; at += piece) {
    const some = reader.add(bytes.slice(at, at + piece));
    if (isRefusal(some)) return { read, end: some };
    read.push(...some);
  }
  return { read, end: reader.end() };
};

test('items come back in order across pieces of any length, and unknown kinds are left out', () => {
  const full: BackupItem = { kind: 'operation', bytes: luckOf('op')(limits.backupItemBytes) };
  const bytes = concat([...items, full].map(encodeBackupItem));
  for (const piece of [1, 2, 7, 100, 100_000]) expect(readIn(bytes, piece)).toEqual({ read: [...items, full], end: null });
  const later = concat([Uint8Array.of(99, 2, 1, 1), bytes, Uint8Array.of(0, 1, 7)]);
  expect(readIn(later, 3)).toEqual({ read: [...items, full], end: null });
});

test('[E1] an item that says it is huge is refused before any of it is kept', () => {
  for (const size of [
    [0x81, 0x80, 0x01],
    [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f],
  ])
    expect(readIn(Uint8Array.of(6, ...size, 0, 0, 0, 0, 0, 0), 4).end).toEqual(refuse('too-big'));
  // Longer than it needs to be: one spelling only.
  expect(readIn(Uint8Array.of(6, 0x80, 0x00, 0, 0, 0, 0, 0, 0, 0), 100).end).toEqual(refuse('truncated'));
  expect(readIn(encodeBackupItem(items[0]!).slice(0, -1), 5)).toEqual({ read: [], end: refuse('truncated') });
});
