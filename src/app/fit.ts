/** What people type, made fit for the wire: how long it may be, and where it is cut. */
import { limits } from '../protocol/limits.ts';

/** In UTF-8 bytes; peers refuse more. */
export const nameBytes: number = limits.nameBytes;
export const roomNameBytes: number = limits.roomNameBytes;
export const textBytes: number = limits.textBytes;

export const byteLength = (text: string): number => new TextEncoder().encode(text).length;

/** Cuts at whole characters. */
export function clip(text: string, maxBytes: number): string {
  if (byteLength(text) <= maxBytes) return text;
  let kept = '';
  let used = 0;
  for (const letter of text) {
    used += byteLength(letter);
    if (used > maxBytes) break;
    kept += letter;
  }
  return kept;
}

/** So many letters at the end are more than fit. */
export function lettersOver(text: string, maxBytes: number): number {
  let over = 0;
  for (const _letter of text.slice(clip(text, maxBytes).length)) over += 1;
  return over;
}
