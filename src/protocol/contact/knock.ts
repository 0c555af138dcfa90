/** A newcomer's first word to a room, left at its meeting place: who knocks, and with which request. Bucket 12, and nothing else is. */
import { concat, createReader, createWriter, isEqual } from '../bytes.ts';
import { bundleBytes, decodeBundle } from '../people/bundle.ts';
import type { Bundle } from '../people/bundle.ts';
import { certificateBytes } from '../people/certificate.ts';
import { isRefusal, refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { label } from '../suite/label.ts';
import type { SealKey } from '../suite/chain.ts';
import { sizes } from '../suite/suite.ts';
import type { Luck, Suite } from '../suite/suite.ts';
import { bucketByte, bucketOf, controlBucket, knockBytes, pad, unpad } from '../wire/bucket.ts';

export interface Knock {
  /** Revealed to acknowledge (E7). */
  readonly ack: Uint8Array;
  /** Held already: its certificate is the one in the request. */
  readonly bundle: Bundle;
  /** Still to be read and verified: `rooms/request.ts`. */
  readonly request: Uint8Array;
}

/** `secret` is the link's. */
export function sealKnock(suite: Suite, secret: Uint8Array, bundle: Bundle, request: Uint8Array, luck: Luck): Uint8Array {
  const ack = luck(ackBytes);
  const tag = tagOf(suite, ack);
  const content = createWriter().fixed(ack).fixed(bundle.bytes).fixed(request).done();
  const bound = concat([Uint8Array.of(bucketByte({ number: controlBucket.knock, bytes: knockBytes })), tag]);
  const { key, nonce } = knockKey(suite, tag, secret);
  return concat([bound, suite.seal(key, nonce, pad(content, knockBytes - around), bound)]);
}

/** F1: whoever has the link can knock and read knocks. Only the request's proof, under a standing invite, lets in. */
export function openKnock(suite: Suite, secret: Uint8Array, envelope: Uint8Array, nowMs: number): Knock | Refusal {
  const bucket = bucketOf(envelope);
  if (isRefusal(bucket)) return bucket;
  if (bucket.number !== controlBucket.knock) return refuse('bad-bucket');
  const bound = envelope.slice(0, 1 + tagBytes);
  const tag = bound.slice(1);
  const { key, nonce } = knockKey(suite, tag, secret);
  const padded = suite.open(key, nonce, envelope.subarray(bound.length), bound);
  if (padded === null) return refuse('bad-seal');
  const content = unpad(padded);
  if (isRefusal(content)) return content;
  const read = createReader(content);
  const ack = read.fixed(ackBytes);
  const left = read.fixed(bundleBytes);
  const request = read.rest();
  if (!read.isDone() || request.length < certificateBytes) return refuse('truncated');
  // Else the answer would be no acknowledgement that a hop could check.
  if (!isEqual(tagOf(suite, ack), tag)) return refuse('unknown-tag');
  const bundle = decodeBundle(suite, left, nowMs);
  if (isRefusal(bundle)) return bundle;
  // Nobody knocks with somebody else's bundle.
  if (!isEqual(request.subarray(0, certificateBytes), bundle.certificate.bytes)) return refuse('bad-id');
  return { ack, bundle, request };
}

const ackBytes = 16;
const tagBytes = 16;
const around = 1 + tagBytes + sizes.sealTag;

const tagOf = (suite: Suite, ack: Uint8Array): Uint8Array => suite.hash(ack).slice(0, tagBytes);

function knockKey(suite: Suite, tag: Uint8Array, secret: Uint8Array): SealKey {
  const both = suite.kdf(tag, secret, label('knock'), 44);
  return { key: both.slice(0, 32), nonce: both.slice(32) };
}
