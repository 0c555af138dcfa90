/** What storage holds of a record: sealed, and only good in its own store, under its own id and version (R1). */
import { createReader, createWriter } from '../bytes.ts';
import { refuse } from '../refusal.ts';
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
  if (store.includes('\0')) throw new Error('A store name holds no NUL');
  const key = suite.kdf(nothing, dataKey, labelled('record', encoder.encode(store)), sizes.sealKey);
  // The name ends at the first NUL and the version is the last four bytes, so an id may be anything.
  const boundTo = (id: string, version: number): Uint8Array =>
    createWriter()
      .fixed(encoder.encode(`${store}\0${id}\0`))
      .u32(version)
      .done();
  return {
    seal: (id, version, plain, luck) => {
      const nonce = luck(sizes.nonce);
      const sealed = suite.seal(key, nonce, plain, boundTo(id, version));
      return createWriter().u8(sealVersion).fixed(nonce).fixed(sealed).done();
    },
    open: (id, version, bytes) => {
      const read = createReader(bytes);
      if (read.u8() !== sealVersion) return refuse(read.isGood() ? 'unknown-version' : 'truncated');
      const nonce = read.fixed(sizes.nonce);
      const sealed = read.rest();
      if (!read.isDone() || sealed.length < sizes.sealTag) return refuse('truncated');
      return suite.open(key, nonce, sealed, boundTo(id, version)) ?? refuse('bad-seal');
    },
  };
}

const sealVersion = 2;
const encoder = new TextEncoder();
