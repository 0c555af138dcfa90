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

/** A name, mine or a stranger's: on one line, without letters that cannot be seen, trimmed and clipped. */
export const fitName = (text: string, maxBytes: number): string =>
  clip(text.replaceAll(/\s+/gu, ' ').replaceAll(unseen, '').trim(), maxBytes).trim();

/** Control letters, and those that turn or hide others: two names must not differ by them alone, nor turn the line around. */
const unseen = /[\p{Cc}\u{ad}\u{61c}\u{200b}\u{200e}\u{200f}\u{202a}-\u{202e}\u{2060}-\u{2069}\u{feff}]/gu;
