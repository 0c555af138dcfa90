/** The answer to an envelope of two: its receiver reveals what the tag is the hash of, so every hop on the way back can check it. */
import { createReader, createWriter } from '../bytes.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
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

const first = (envelopeVersion << 4) | hopKinds.acknowledgement;
