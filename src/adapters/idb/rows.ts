/** Turns records into rows and back: the value sealed, and bound to its database, key and version (R1). */
import type { Log } from '../../ports/log.ts';
import type { StoredRecord } from '../../ports/storage.ts';
import { isRefusal, refuse } from '../../protocol/refusal.ts';
import type { Refusal } from '../../protocol/refusal.ts';
import { decodeRecord, encodeRecord, recordBound } from '../../protocol/rest/record.ts';
import { sizes } from '../../protocol/suite/suite.ts';
import type { Luck } from '../../protocol/suite/suite.ts';
import { aesGcm, own } from './aes-gcm.ts';
import type { Row } from './shelves.ts';

export interface Rows {
  seal(record: StoredRecord): Promise<Row>;
  /** Null, and a word in the log, for what was not sealed here, or for another key or version: as if it were not there. */
  open(row: Row): Promise<StoredRecord | null>;
}

export function createRows(store: string, dataKey: CryptoKey, luck: Luck, log: Log): Rows {
  const tryOpen = async ({ key, value, version }: Row): Promise<StoredRecord | Refusal> => {
    const isRow = value instanceof Uint8Array && isVersion(version);
    const read = isRow ? decodeRecord(value) : refuse('unknown-kind');
    if (isRefusal(read)) return read;
    const how = aesGcm(read.nonce, recordBound(store, key, version));
    const plain = await crypto.subtle.decrypt(how, dataKey, own(read.sealed)).catch(() => null);
    return plain === null ? refuse('bad-seal') : { key, value: new Uint8Array(plain), version };
  };
  return {
    seal: async ({ key, value, version }) => {
      // Never twice the same: of 2^32 records with luck of 96 bits, two alike are as likely as 1 in 2^33.
      const nonce = luck(sizes.nonce);
      const sealed = await crypto.subtle.encrypt(aesGcm(nonce, recordBound(store, key, version)), dataKey, own(value));
      return { key, value: encodeRecord({ nonce, sealed: new Uint8Array(sealed) }), version };
    },
    open: async (row) => {
      const record = await tryOpen(row);
      if (!isRefusal(record)) return record;
      // What record it was says the first part of its key; the rest is nobody's business.
      log('record-refused', { why: record.refused, of: row.key.split('/')[0] ?? '' });
      return null;
    },
  };
}

/** As it is bound: 32 bits. */
export const isVersion = (version: unknown): boolean =>
  Number.isInteger(version) && Number(version) > 0 && Number(version) < 2 ** 32;
