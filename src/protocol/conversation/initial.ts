/** The first envelope of a session, 2,048 bytes: an ephemeral key, a KEM ciphertext, who begins, and the first content. */
import { concat, createReader, isEqual } from '../bytes.ts';
import type { Bundle } from '../people/bundle.ts';
import { isRefusal, refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { labelled } from '../suite/label.ts';
import { sizes } from '../suite/suite.ts';
import type { Suite } from '../suite/suite.ts';
import { bucketByte, bucketOf, controlBucket } from '../wire/bucket.ts';
import type { Shown } from './handshake.ts';
import { tagBytes, tagOf } from './tags.ts';
import { whoBytes } from './who.ts';

export interface Initial extends Shown {
  readonly sealedWho: Uint8Array;
  readonly sealedContent: Uint8Array;
  /** What the one and the other are bound to: all that stands before them. */
  readonly beforeWho: Uint8Array;
  readonly beforeContent: Uint8Array;
}

export function decodeInitial(envelope: Uint8Array): Initial | Refusal {
  const bucket = bucketOf(envelope);
  if (isRefusal(bucket)) return bucket;
  if (bucket.number !== controlBucket.initial) return refuse('bad-bucket');
  const read = createReader(envelope);
  read.fixed(1 + tagBytes);
  const [e, ciphertext, sealedWho] = [read.fixed(sizes.dhKey), read.fixed(sizes.kemCiphertext), read.fixed(sealedWhoBytes)];
  const beforeWho = envelope.slice(0, headBytes);
  const beforeContent = envelope.slice(0, headBytes + sealedWhoBytes);
  return { e, ciphertext, sealedWho, sealedContent: read.rest(), beforeWho, beforeContent };
}

/** All before the sealed parts. */
export const initialHead = (suite: Suite, bundle: Bundle, { e, ciphertext }: Shown): Uint8Array =>
  concat([Uint8Array.of(firstByte), tagOf(suite, initialSecret(suite, bundle, e)), e, ciphertext]);

/**
 * Whether an envelope is an initial to `bundle`, at the price of a MAC and two hashes: then the `a` that acknowledges it, else null.
 * Whoever has the bundle can work this one out, so it proves a hop less than a session's does.
 */
export function initialFor(suite: Suite, bundle: Bundle, envelope: Uint8Array): Uint8Array | null {
  if (envelope.length !== initialBytes || envelope[0] !== firstByte) return null;
  const a = initialSecret(suite, bundle, envelope.subarray(1 + tagBytes, 1 + tagBytes + sizes.dhKey));
  return isEqual(tagOf(suite, a), envelope.subarray(1, 1 + tagBytes)) ? a : null;
}

const initialBytes = 2_048;
const firstByte = bucketByte({ number: controlBucket.initial, bytes: initialBytes });
const headBytes = 1 + tagBytes + sizes.dhKey + sizes.kemCiphertext;
const sealedWhoBytes = whoBytes + sizes.sealTag;
/** What content and padding have between them. */
export const initialPaddedBytes: number = initialBytes - headBytes - sealedWhoBytes - sizes.sealTag;

const initialSecret = (suite: Suite, bundle: Bundle, e: Uint8Array): Uint8Array =>
  suite.mac(suite.hash(labelled('initial tag', bundle.bytes)), e).slice(0, tagBytes);
