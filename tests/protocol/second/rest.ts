/** What lies on a disk and in a backup (WIRE section 8), read a second time. */
import { argon2Sync } from 'node:crypto';
import { big, insist, join, takerOf, textOf, unreadable } from './bytes.ts';
import { takeVersion, wordsOf } from './people.ts';
import { H, KDF, MAC, label, none, openSeal } from './primitives.ts';

export type SecondKeyBox = {
  readonly way: 'passphrase' | 'passkey' | 'device key';
  readonly salt: Uint8Array;
  readonly memoryKiB: number;
  readonly passes: number;
  readonly luck: Uint8Array;
  readonly sealed: Uint8Array;
  readonly bound: Uint8Array;
};

const utf8 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'utf8'));
const zero = new Uint8Array(1);

export type RecordPlace = { readonly store: string; readonly id: string; readonly version: number };

/** [R1] */
export const openRecord = (record: Uint8Array, dataKey: Uint8Array, place: RecordPlace): Uint8Array => {
  const taker = takerOf(record);
  takeVersion(taker);
  const luck = taker.take(12);
  const key = KDF(none, dataKey, join(label('record'), utf8(place.store)), 32);
  const bound = join(utf8(place.store), zero, utf8(place.id), zero, big(place.version, 32));
  return openSeal(key, luck, taker.rest(), bound);
};

export const blindIndexOf = (dataKey: Uint8Array, store: string, value: Uint8Array): Uint8Array =>
  MAC(KDF(none, dataKey, join(label('index'), utf8(store)), 32), value).slice(0, 16);

const ways = [undefined, 'passphrase', 'passkey', 'device key'] as const;

export const readKeyBox = (bytes: Uint8Array): SecondKeyBox => {
  const taker = takerOf(bytes);
  takeVersion(taker);
  const way = ways[taker.u8()];
  if (!way) throw unreadable('unknown-kind');
  const [salt, memoryKiB, passes] = [taker.take(16), taker.u32(), taker.u8()];
  const isCosted = memoryKiB >= 8 && memoryKiB <= 65_536 && passes >= 1 && passes <= 8;
  insist(way === 'passphrase' ? isCosted : memoryKiB === 0 && passes === 0, 'bad-costs');
  const luck = taker.take(12);
  const bound = taker.before();
  const sealed = taker.take(48);
  taker.end();
  return { way, salt, memoryKiB, passes, luck, sealed, bound };
};

/** The key that wraps: of a passphrase, or of 32 bytes that a passkey or the device's own key gives. */
export const wrappingKeyOf = (box: SecondKeyBox, secret: string | Uint8Array): Uint8Array => {
  if (box.way !== 'passphrase') {
    insist(typeof secret !== 'string' && secret.length === 32, 'wrong-way');
    return KDF(box.salt, typeof secret === 'string' ? none : secret, label(box.way), 32);
  }
  insist(typeof secret === 'string', 'wrong-way');
  const message = utf8(String(secret).normalize('NFKC'));
  const costs = { parallelism: 1, tagLength: 32, memory: box.memoryKiB, passes: box.passes };
  return new Uint8Array(argon2Sync('argon2id', { message, nonce: box.salt, ...costs }));
};

export const openKeyBox = (bytes: Uint8Array, secret: string | Uint8Array): Uint8Array => {
  const box = readKeyBox(bytes);
  return openSeal(wrappingKeyOf(box, secret), box.luck, box.sealed, box.bound);
};

const chunkLength = 65_536 + 16;

/** [R3] whole, or not at all. */
export const openBackup = (file: Uint8Array, recoverySecret: Uint8Array): Uint8Array => {
  const taker = takerOf(file.slice(0, 25));
  insist(textOf(taker.take(8)) === 'WAVUBACK', 'not-a-backup');
  takeVersion(taker);
  const salt = taker.take(16);
  const key = KDF(salt, recoverySecret, label('backup'), 32);
  const head = taker.before();
  const chunks: Uint8Array[] = [];
  for (let [at, isLast] = [25, false]; !isLast; at += chunkLength) {
    isLast = at + chunkLength >= file.length;
    const nonce = join(big(chunks.length, 64), big(isLast ? 1 : 0, 32));
    chunks.push(openSeal(key, nonce, file.slice(at, at + chunkLength), head));
  }
  const isEmpty = chunks.length === 1;
  insist(isEmpty || chunks.at(-1)?.length !== 0, 'bad-chunk');
  return join(...chunks);
};

const itemKinds = [undefined, 'person', 'certificate', 'revocation', 'room', 'operation', 'entry', 'setting'] as const;

export type SecondItem = { readonly kind: NonNullable<(typeof itemKinds)[number]>; readonly bytes: Uint8Array };

/** What is within a backup; kinds nobody knows are skipped. */
export const readItems = (within: Uint8Array): readonly SecondItem[] => {
  const taker = takerOf(within);
  const items: SecondItem[] = [];
  while (taker.left() > 0) {
    const [kind, bytes] = [itemKinds[taker.u8()], taker.bytes(16_384)];
    if (kind) items.push({ kind, bytes });
  }
  return items;
};

export const recoveryCodeOf = (secret: Uint8Array): readonly string[] => [
  ...wordsOf(secret),
  ...wordsOf(H(label('recovery'), secret).slice(0, 2)),
];

/** The secret of seventeen words, where the last one agrees with the others. */
export const readRecoveryCode = (words: readonly string[]): Uint8Array => {
  insist(words.length === 17, 'bad-length');
  const bytes = new Uint8Array(words.flatMap((word) => [...bytesOfWord(word)]));
  const secret = bytes.slice(0, 32);
  insist(recoveryCodeOf(secret)[16] === words[16], 'bad-check');
  return secret;
};

const bytesOfWord = (word: string): Uint8Array => {
  const found = /^([bdfghjklmnprstvz])([aiou])([bdfghjklmnprstvz])([aiou])([bdfghjklmnprstvz])$/.exec(word);
  insist(found !== null, 'bad-word');
  const alphabets = ['bdfghjklmnprstvz', 'aiou', 'bdfghjklmnprstvz', 'aiou', 'bdfghjklmnprstvz'];
  const value = alphabets.reduce((sum, letters, at) => sum * letters.length + letters.indexOf(word.charAt(at)), 0);
  return big(value, 16);
};
