/** What an envelope of two says under its mask: the sender's ratchet key, the epoch, and how far into its chain it stands. */
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { sizes } from '../suite/suite.ts';
import { maskBytes } from './tags.ts';

export interface Header {
  readonly key: Uint8Array;
  readonly epoch: number;
  readonly index: number;
}

/** Two bytes of varint. */
export const mostIndex = 16_383;

/** 34 bytes, or 35 where the index takes two. */
export const headerBytesFor = (index: number): number => (index < 0x80 ? maskBytes - 1 : maskBytes);

// Once for every envelope, either way: so without a writer and a reader.

export function encodeHeader({ key, epoch, index }: Header, mask: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(headerBytesFor(index));
  bytes.set(key);
  bytes[epochAt] = epoch;
  bytes[indexAt] = index < 0x80 ? index : (index & 0x7f) | 0x80;
  if (index >= 0x80) bytes[indexAt + 1] = index >> 7;
  return masked(bytes, mask);
}

/** From the beginning of `bytes`; what follows is not looked at. Nothing of it is authentic before the seal was found good. */
export function decodeHeader(bytes: Uint8Array, mask: Uint8Array): Header | Refusal {
  const plain = masked(bytes.slice(0, maskBytes), mask);
  const [low, high] = [plain[indexAt], plain[indexAt + 1]];
  if (low === undefined) return refuse('bad-seal');
  const header = { key: plain.slice(0, epochAt), epoch: plain[epochAt]! };
  if (low < 0x80) return { ...header, index: low };
  // The shortest form only, and no third byte.
  return high === undefined || high === 0 || high >= 0x80 ? refuse('bad-seal') : { ...header, index: (low & 0x7f) | (high << 7) };
}

const epochAt = sizes.dhKey;
const indexAt = epochAt + 1;

/** In place. */
function masked(bytes: Uint8Array, mask: Uint8Array): Uint8Array {
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = bytes[at]! ^ mask[at]!;
  return bytes;
}
