/** Draws luck from the browser's own generator. */
import type { Entropy } from '../../ports/entropy.ts';

/** `getRandomValues` refuses more in one call. */
const MOST_BYTES_AT_ONCE = 65_536;

export const createEntropy = (): Entropy => ({ bytes: drawBytes });

function drawBytes(length: number): Uint8Array {
  const drawn = new Uint8Array(length);
  for (let at = 0; at < length; at += MOST_BYTES_AT_ONCE) {
    crypto.getRandomValues(drawn.subarray(at, at + MOST_BYTES_AT_ONCE));
  }
  return drawn;
}
