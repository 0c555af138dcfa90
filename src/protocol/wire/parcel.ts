/** What stands before an envelope that is kept for somebody absent: whose box it is for, and until when. */
import { concat, createReader, createWriter } from '../bytes.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';

export interface Parcel {
  /** 16 bytes. */
  readonly box: Uint8Array;
  /** Hours since 1970. */
  readonly expiresHour: number;
}

export const parcelBytes = 18;

/** The hour is said modulo 65,536, so it must be within 32,767 of the reader's. */
export const encodeParcel = (parcel: Parcel, envelope: Uint8Array): Uint8Array =>
  concat([
    createWriter()
      .fixed(parcel.box)
      .u16(parcel.expiresHour & 0xffff)
      .done(),
    envelope,
  ]);

export interface OpenedParcel extends Parcel {
  readonly envelope: Uint8Array;
}

export function decodeParcel(bytes: Uint8Array, nowHour: number): OpenedParcel | Refusal {
  const read = createReader(bytes);
  const box = read.fixed(16);
  const ahead = (read.u16() - nowHour) & 0xffff;
  const envelope = read.rest();
  if (!read.isGood()) return refuse('truncated');
  // As far ahead as back: nobody knows which is meant.
  if (ahead === 0x8000) return refuse('bad-hour');
  return { box, expiresHour: nowHour + (ahead < 0x8000 ? ahead : ahead - 0x10000), envelope };
}
