/** What a member answers to a knock by a link that has ended: that, and nothing more. Bucket 0. */
import { concat, isEqual } from '../bytes.ts';
import { isRefusal, refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { label } from '../suite/label.ts';
import type { SealKey } from '../suite/chain.ts';
import { sizes } from '../suite/suite.ts';
import type { Suite } from '../suite/suite.ts';
import { bucketByte, bucketFor, bucketOf, pad, unpad } from '../wire/bucket.ts';
import type { Bucket } from '../wire/bucket.ts';

/** Of one knock: known to who knocked, and to who could open it (F5). */
export interface EndedKeys extends SealKey {
  readonly tag: Uint8Array;
}

/** `secret` is the link's, `ack` the knock's. */
export function endedKeys(suite: Suite, secret: Uint8Array, ack: Uint8Array): EndedKeys {
  const all = suite.kdf(ack, secret, label('link ended'), tagBytes + 44);
  return { tag: all.slice(0, tagBytes), key: all.slice(tagBytes, tagBytes + 32), nonce: all.slice(tagBytes + 32) };
}

/** The same bytes from every member who answers. */
export function sealEnded(suite: Suite, { tag, key, nonce }: EndedKeys): Uint8Array {
  const bound = concat([Uint8Array.of(bucketByte(bucket)), tag]);
  return concat([bound, suite.seal(key, nonce, pad(new Uint8Array(0), bucket.bytes - around), bound)]);
}

/** Null: it says so. */
export function openEnded(suite: Suite, { tag, key, nonce }: EndedKeys, envelope: Uint8Array): Refusal | null {
  const read = bucketOf(envelope);
  if (isRefusal(read)) return read;
  if (read.number !== bucket.number) return refuse('bad-bucket');
  const bound = envelope.slice(0, 1 + tagBytes);
  if (!isEqual(bound.subarray(1), tag)) return refuse('unknown-tag');
  const padded = suite.open(key, nonce, envelope.subarray(bound.length), bound);
  if (padded === null) return refuse('bad-seal');
  const content = unpad(padded);
  if (isRefusal(content)) return content;
  return content.length === 0 ? null : refuse('truncated');
}

const tagBytes = 16;
const around = 1 + tagBytes + sizes.sealTag;
const bucket = smallest();

function smallest(): Bucket {
  const found = bucketFor(0, around);
  if (isRefusal(found)) throw new Error('nothing fits no bucket');
  return found;
}
