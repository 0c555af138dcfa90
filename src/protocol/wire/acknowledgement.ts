/** The answer to an envelope of two: its receiver reveals what the tag is the hash of, so every hop on the way back can check it. */
import { bytesToHex } from '@noble/hashes/utils.js';
import { createReader, createWriter } from '../bytes.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import type { Suite } from '../suite/suite.ts';
import { envelopeVersion } from './bucket.ts';
import { hopKinds } from './hop.ts';

export const acknowledgementBytes = 17;

export const isAcknowledgement = (bytes: Uint8Array): boolean => bytes[0] === first;

/** `a`, 16 bytes, is known to both ends of the session and to nobody between. */
export const encodeAcknowledgement = (a: Uint8Array): Uint8Array => createWriter().u8(first).fixed(a).done();

/** Gives `a`. */
export function decodeAcknowledgement(bytes: Uint8Array): Uint8Array | Refusal {
  const read = createReader(bytes);
  const head = read.u8();
  const a = read.fixed(16);
  if (read.isGood() && head >> 4 !== envelopeVersion) return refuse('unknown-version');
  if (read.isGood() && head !== first) return refuse('unknown-kind');
  return read.isDone() ? a : refuse('truncated');
}

/** What went out or through here, by its tag, until it is acknowledged. */
export interface Awaiting<What> {
  sent(tag: Uint8Array, what: What): void;
  /** E7: what `a` acknowledges, once; null where nothing with such a tag is awaited. */
  settle(a: Uint8Array): What | null;
}

/** At most so many are awaited; the oldest are forgotten first. */
export function createAwaiting<What extends object>(suite: Suite, most: number): Awaiting<What> {
  const awaited = new Map<string, What>();
  return {
    sent: (tag, what) => {
      const key = bytesToHex(tag);
      awaited.delete(key);
      awaited.set(key, what);
      if (awaited.size <= most) return;
      for (const oldest of awaited.keys()) {
        awaited.delete(oldest);
        return;
      }
    },
    settle: (a) => {
      const key = bytesToHex(suite.hash(a).subarray(0, 16));
      const what = awaited.get(key) ?? null;
      awaited.delete(key);
      return what;
    },
  };
}

const first = (envelopeVersion << 4) | hopKinds.acknowledgement;
