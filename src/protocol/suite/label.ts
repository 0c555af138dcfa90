/** Names what a hash, a key or a signature is for, so that none serves another purpose. */
import { concat } from '../bytes.ts';

const encoder = new TextEncoder();
const labels = new Map<string, Uint8Array>();

/** WIRE.md's `"name"`. Names stand in the code, so the table stays small. */
export function label(name: string): Uint8Array {
  const known = labels.get(name);
  if (known !== undefined) return known;
  const bytes = encoder.encode(`wavu/2 ${name}`);
  labels.set(name, bytes);
  return bytes;
}

/** `"name"` ‖ parts. */
export const labelled = (name: string, ...parts: readonly Uint8Array[]): Uint8Array => concat([label(name), ...parts]);

/** KDF's empty salt, and its secret where there is none. */
export const nothing: Uint8Array = new Uint8Array(0);
