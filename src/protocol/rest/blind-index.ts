/** Looks something up in storage without storing what it is. */
import { labelled, nothing } from '../suite/label.ts';
import type { Suite } from '../suite/suite.ts';

export type BlindIndex = (value: Uint8Array) => Uint8Array;

/** 16 bytes, the same for the same value in one store. Who sees the storage sees which are equal, and no more. */
export function createBlindIndex(suite: Suite, dataKey: Uint8Array, store: string): BlindIndex {
  const key = suite.kdf(nothing, dataKey, labelled('index', new TextEncoder().encode(store)), 32);
  return (value) => suite.mac(key, value).slice(0, 16);
}
