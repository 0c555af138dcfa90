/** The lengths an envelope may have, and the padding that brings content to one of them. */
import { limits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';

export const envelopeVersion = 2;

/** By number; 11 stands for every Padmé length above, and 12 for knocks alone, which so are of one length whoever knocks. */
const lengths = [128, 190, 212, 223, 512, 1_024, 1_536, 2_048, 4_096, 8_192, 16_384] as const;
export const padmeBucket: number = lengths.length;
export const controlBucket = { kemOffer: 6, initial: 7, knock: 12 } as const;
export const knockBytes = 1_910;

export interface Bucket {
  readonly number: number;
  /** Of the whole envelope. */
  readonly bytes: number;
}

/** E3: the smallest that holds the content; `around` counts all bytes that are neither content nor padding. */
export function bucketFor(contentBytes: number, around: number): Bucket | Refusal {
  const least = contentBytes + 1 + around;
  const number = lengths.findIndex((bytes) => bytes >= least);
  if (number >= 0) return { number, bytes: lengths[number]! };
  const bytes = padmeLength(least);
  return bytes > limits.largestEnvelopeBytes ? refuse('too-big') : { number: padmeBucket, bytes };
}

export const bucketByte = (bucket: Bucket): number => (envelopeVersion << 4) | bucket.number;

/** Reads and checks an envelope's first byte against its length. */
export function bucketOf(envelope: Uint8Array): Bucket | Refusal {
  const first = envelope[0];
  if (first === undefined) return refuse('truncated');
  if (first >> 4 !== envelopeVersion) return refuse('unknown-version');
  const number = first & 15;
  const bytes = envelope.length;
  const isPadme = bytes > lengths.at(-1)! && bytes <= limits.largestEnvelopeBytes && padmeLength(bytes) === bytes;
  const isFixed = (number === controlBucket.knock ? knockBytes : lengths[number]) === bytes;
  const isRight = number === padmeBucket ? isPadme : isFixed;
  return isRight ? { number, bytes } : refuse('bad-bucket');
}

/** Content ‖ 0x80 ‖ zeros. */
export function pad(content: Uint8Array, paddedBytes: number): Uint8Array {
  if (content.length >= paddedBytes) throw new Error('no room for padding');
  const padded = new Uint8Array(paddedBytes);
  padded.set(content);
  padded[content.length] = 0x80;
  return padded;
}

/** E4. */
export function unpad(padded: Uint8Array): Uint8Array | Refusal {
  let end = padded.length - 1;
  while (end >= 0 && padded[end] === 0) end -= 1;
  return end >= 0 && padded[end] === 0x80 ? padded.slice(0, end) : refuse('bad-padding');
}

/** Leaves at most 12 % on top, and tells log log of the length (Nikitin et al., PURBs, 2019). */
function padmeLength(bytes: number): number {
  // Not Math.log2: engines may round it differently, and all must agree.
  const exponent = 31 - Math.clz32(bytes);
  const kept = 32 - Math.clz32(exponent);
  const step = 2 ** (exponent - kept);
  return Math.ceil(bytes / step) * step;
}
