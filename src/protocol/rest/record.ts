/** What storage holds of a record: sealed, and only good in its own store, under its own id and version (R1). */
import { createReader, createWriter } from '../bytes.ts';
import { isRefusal, refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { labelled, nothing } from '../suite/label.ts';
import { sizes } from '../suite/suite.ts';
import type { Luck, Suite } from '../suite/suite.ts';

export interface RecordSealer {
  seal(id: string, version: number, plain: Uint8Array, luck: Luck): Uint8Array;
  open(id: string, version: number, bytes: Uint8Array): Uint8Array | Refusal;
}

/** For one store; its name is ours and holds no NUL. */
export function createRecordSealer(suite: Suite, dataKey: Uint8Array, store: string): RecordSealer {
  const key = suite.kdf(nothing, dataKey, recordKeyInfo(store), sizes.sealKey);
  return {
    seal: (id, version, plain, luck) => {
      const nonce = luck(sizes.nonce);
      return encodeRecord({ nonce, sealed: suite.seal(key, nonce, plain, recordBound(store, id, version)) });
    },
    open: (id, version, bytes) => {
      const read = decodeRecord(bytes);
      if (isRefusal(read)) return read;
      return suite.open(key, read.nonce, read.sealed, recordBound(store, id, version)) ?? refuse('bad-seal');
    },
  };
}

// Its parts: a page seals its records with WebCrypto, which no suite can wait for.

export interface SealedRecord {
  readonly nonce: Uint8Array;
  readonly sealed: Uint8Array;
}

/** What the store's key is derived for, from the data key and no salt. */
export function recordKeyInfo(store: string): Uint8Array {
  if (store.includes('\0')) throw new Error('A store name holds no NUL');
  return labelled('record', encoder.encode(store));
}

/** The name ends at the first NUL and the version is the last four bytes, so an id may be anything. */
export const recordBound = (store: string, id: string, version: number): Uint8Array =>
  createWriter()
    .fixed(encoder.encode(`${store}\0${id}\0`))
    .u32(version)
    .done();

export const encodeRecord = ({ nonce, sealed }: SealedRecord): Uint8Array =>
  createWriter().u8(sealVersion).fixed(nonce).fixed(sealed).done();

export function decodeRecord(bytes: Uint8Array): SealedRecord | Refusal {
  const read = createReader(bytes);
  if (read.u8() !== sealVersion) return refuse(read.isGood() ? 'unknown-version' : 'truncated');
  const nonce = read.fixed(sizes.nonce);
  const sealed = read.rest();
  return !read.isDone() || sealed.length < sizes.sealTag ? refuse('truncated') : { nonce, sealed };
}

const sealVersion = 2;
const encoder = new TextEncoder();
