/** A device's own key: signs what it says, so that a room knows its voices apart. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import type { DeviceId } from './ids.ts';

export interface DeviceKey {
  readonly id: DeviceId;
  readonly seed: Uint8Array;
}

export const deviceSeedBytes = 32;
export const signatureBytes = 64;

export function deriveDevice(seed: Uint8Array): DeviceKey {
  return { id: bytesToHex(ed25519.getPublicKey(seed)) as DeviceId, seed };
}

export const sign = (key: DeviceKey, bytes: Uint8Array): Uint8Array => ed25519.sign(bytes, key.seed);

/**
 * Strict: canonical encodings, no small-order keys. noble's default would take a forged one. It multiplies by the cofactor, which version
 * 2 does not (suite/noble.ts): a key's owner can make signatures that pass here alone. Here nothing is folded of them, so peers need not agree.
 */
export function isSigned(by: DeviceId, bytes: Uint8Array, signature: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, bytes, hexToBytes(by), { zip215: false });
  } catch {
    return false;
  }
}
