/** A chain of keys: one step gives the next chain and a seed, a seed gives the key and the nonce of one sealing. */
import { label } from './label.ts';
import type { Suite } from './suite.ts';

export interface ChainStep {
  readonly next: Uint8Array;
  readonly seed: Uint8Array;
}

export function stepChain(suite: Suite, chain: Uint8Array): ChainStep {
  const both = suite.mac(chain, label('message'));
  return { next: both.slice(0, 32), seed: both.slice(32) };
}

export interface SealKey {
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
}

export function sealKeyOf(suite: Suite, seed: Uint8Array): SealKey {
  const both = suite.mac(seed, label('seal'));
  return { key: both.slice(0, 32), nonce: both.slice(32, 44) };
}
