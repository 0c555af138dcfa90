/** The key of one start where the browser cannot make, use or check an Ed25519 key. */
import { ed25519 } from '@noble/curves/ed25519.js';
import type { PageKey } from './thin-page.ts';

export function createNobleKey(): PageKey {
  const { secretKey: seed, publicKey } = ed25519.keygen();
  return {
    seed,
    publicKey,
    sign: async (bytes) => ed25519.sign(bytes, seed),
    verify: async (key, signature, bytes) => ed25519.verify(signature, bytes, key),
  };
}
