/** The ten bytes in front of an envelope that forwarders see, and may change two numbers of. */
import { concat, createReader, createWriter } from '../bytes.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { envelopeVersion } from './bucket.ts';

export interface Hop {
  /** What follows: an envelope, or a parcel header and an envelope. */
  readonly kind: 'envelope' | 'parcel';
  /** Hops it may still take, 0 to 15. */
  readonly ttl: number;
  /** Copies this one stands for, 1 to 15. */
  readonly copies: number;
  /** A device's address of the day, or a room's cast id: 8 bytes. */
  readonly to: Uint8Array;
}

export const hopBytes = 10;
export const addressBytes = 8;
/** Of the first byte, low half. */
export const hopKinds = { envelope: 0, parcel: 1, acknowledgement: 2 } as const;

export const encodeHop = (hop: Hop, rest: Uint8Array): Uint8Array =>
  concat([
    createWriter()
      .u8((envelopeVersion << 4) | hopKinds[hop.kind])
      .u8((hop.ttl << 4) | hop.copies)
      .fixed(hop.to)
      .done(),
    rest,
  ]);

export interface Hopped extends Hop {
  readonly rest: Uint8Array;
}

/** For an acknowledgement, which has no hop header, ask `isAcknowledgement` first. */
export function decodeHop(bytes: Uint8Array): Hopped | Refusal {
  const read = createReader(bytes);
  const first = read.u8();
  if (!read.isGood()) return refuse('truncated');
  if (first >> 4 !== envelopeVersion) return refuse('unknown-version');
  const low = first & 15;
  if (low !== hopKinds.envelope && low !== hopKinds.parcel) return refuse('unknown-kind');
  const numbers = read.u8();
  const to = read.fixed(addressBytes);
  const rest = read.rest();
  if (!read.isGood()) return refuse('truncated');
  // E6: a copy that stands for none is nobody's to carry.
  if ((numbers & 15) === 0) return refuse('no-copies');
  return { kind: low === hopKinds.parcel ? 'parcel' : 'envelope', ttl: numbers >> 4, copies: numbers & 15, to, rest };
}

/** Whether this is an envelope to more than whoever is at the end of the link: a quick look, which believes nothing. */
export const isForRoom = (bytes: Uint8Array): boolean =>
  bytes[0] === ((envelopeVersion << 4) | hopKinds.envelope) && bytes.subarray(2, hopBytes).some((byte) => byte !== 0);

/** E6: one hop further, standing for so many of its copies; null where it may not go on. */
export const passOn = (hop: Hop, copies: number): Hop | null =>
  hop.ttl < 1 || copies < 1 || copies > hop.copies
    ? null
    : { kind: hop.kind, ttl: hop.ttl - 1, copies: Math.floor(copies), to: hop.to };
