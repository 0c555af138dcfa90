/** What goes over a hop and what is inside it, up to the sealing (WIRE sections 2 and 3), read a second time. */
import { insist, takerOf, unreadable } from './bytes.ts';
import type { Taker } from './bytes.ts';
import { H } from './primitives.ts';

const fixed = [128, 190, 212, 223, 512, 1_024, 1_536, 2_048, 4_096, 8_192, 16_384];

export type SecondHop =
  | {
      readonly kind: 'envelope';
      readonly ttl: number;
      readonly copies: number;
      readonly to: Uint8Array;
      readonly envelope: Uint8Array;
    }
  | {
      readonly kind: 'parcel';
      readonly ttl: number;
      readonly copies: number;
      readonly to: Uint8Array;
      readonly box: Uint8Array;
      readonly expiresHour: number;
      readonly envelope: Uint8Array;
    }
  | { readonly kind: 'acknowledgement'; readonly a: Uint8Array; readonly tag: Uint8Array };

export type SecondEnvelope = { readonly bucket: number; readonly head: number; readonly rest: Taker };

/** Padmé of Nikitin et al.: only so many leading bits of a length stand that the rest leaks nothing. */
export const padme = (length: number): number => {
  const exponent = Math.floor(Math.log2(length));
  const free = exponent - (Math.floor(Math.log2(exponent)) + 1);
  const step = 2 ** free;
  return Math.ceil(length / step) * step;
};

/** The smallest bucket that holds so many bytes, and its length. */
export const bucketFor = (length: number): { readonly bucket: number; readonly length: number } => {
  const bucket = fixed.findIndex((size) => size >= length);
  return bucket >= 0 ? { bucket, length: fixed[bucket] ?? 0 } : { bucket: 11, length: padme(length) };
};

export const envelopeIdOf = (envelope: Uint8Array): Uint8Array => H(envelope).slice(0, 16);

/** [E2] [E3] */
export const readEnvelope = (envelope: Uint8Array): SecondEnvelope => {
  const rest = takerOf(envelope);
  const head = rest.u8();
  insist(head >> 4 === 2, 'unknown-version');
  const bucket = head & 15;
  const size = bucket === 12 ? 1_910 : fixed[bucket];
  const isBig = envelope.length > 16_384 && envelope.length <= 1 << 20 && padme(envelope.length) === envelope.length;
  insist(size === undefined ? bucket === 11 && isBig : envelope.length === size, 'bad-bucket');
  return { bucket, head, rest };
};

/** [E4] */
export const withoutPadding = (padded: Uint8Array): Uint8Array => {
  const last = padded.findLastIndex((byte) => byte !== 0);
  if (last < 0 || padded[last] !== 0x80) throw unreadable('bad-padding');
  return padded.slice(0, last);
};

/** Of 65,536 hours one is equally far before and after now, and is nobody's. */
const nearest = (low: number, nowHour: number): number => {
  const ahead = (low - nowHour) & 0xffff;
  insist(ahead !== 0x8000, 'bad-hour');
  return ahead < 0x8000 ? nowHour + ahead : nowHour + ahead - 0x10000;
};

export const readHop = (bytes: Uint8Array, nowHour: number): SecondHop => {
  const taker = takerOf(bytes);
  const first = taker.u8();
  insist(first >> 4 === 2, 'unknown-version');
  const kind = first & 15;
  if (kind === 2) {
    const a = taker.take(16);
    taker.end();
    return { kind: 'acknowledgement', a, tag: tagOf(a) };
  }
  insist(kind < 2, 'unknown-kind');
  const second = taker.u8();
  const [ttl, copies] = [second >> 4, second & 15];
  insist(copies > 0, 'bad-copies');
  const to = taker.take(8);
  if (kind === 0) {
    const envelope = taker.rest();
    readEnvelope(envelope);
    return { kind: 'envelope', ttl, copies, to, envelope };
  }
  const [box, expiresHour] = [taker.take(16), nearest(taker.u16(), nowHour)];
  const envelope = taker.rest();
  readEnvelope(envelope);
  return { kind: 'parcel', ttl, copies, to, box, expiresHour, envelope };
};

/** [E7] what an acknowledgement reveals is the tag's preimage. */
export const tagOf = (a: Uint8Array): Uint8Array => H(a).slice(0, 16);
