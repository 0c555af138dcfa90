/** What of the suite needs no lattice: a page that only links to others need not load ML-KEM. */
import { gcm } from '@noble/ciphers/aes.js';
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE, equalBytes } from '@noble/curves/utils.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { isGoodSignature, isGoodSignKey } from './admission.ts';
import { needLength } from './lengths.ts';
import { sizes } from './suite.ts';
import type { CurveSuite } from './suite.ts';

export const nobleCurve: CurveSuite = {
  name: 'noble',

  hash: sha256,
  mac: (key, bytes) => hmac(sha512, key, bytes),
  kdf: (salt, secret, info, length) => hkdf(sha512, secret, salt, info, length),

  dhPublic: (secret) => {
    needLength(secret, sizes.dhKey, 'dh secret');
    return x25519.getPublicKey(secret);
  },
  dh: (secret, theirs) => {
    needLength(secret, sizes.dhKey, 'dh secret');
    if (theirs.length !== sizes.dhKey) return null;
    return orNull(() => x25519.getSharedSecret(secret, theirs));
  },

  signPublic: (secret) => {
    needLength(secret, sizes.signSecret, 'sign secret');
    return ed25519.getPublicKey(secret);
  },
  sign: (secret, bytes) => {
    needLength(secret, sizes.signSecret, 'sign secret');
    return ed25519.sign(bytes, secret);
  },
  verify,

  seal: (key, nonce, plain, bound) => cipher(key, nonce, bound).encrypt(plain),
  open: (key, nonce, sealed, bound) => {
    const ours = cipher(key, nonce, bound);
    return sealed.length < sizes.sealTag ? null : orNull(() => ours.decrypt(sealed));
  },
};

/** Noble throws where bytes from outside are no good. */
export function orNull<Result>(work: () => Result): Result | null {
  try {
    return work();
  } catch {
    return null;
  }
}

/**
 * Not noble's own `verify`: that one multiplies by the cofactor even where it is strict, so it takes signatures that OpenSSL and
 * the browsers refuse (CCTV's low_order_residue). Here, as there: the bytes of S·B − k·A are R's.
 */
function verify(theirs: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  if (!isGoodSignKey(theirs) || !isGoodSignature(signature)) return false;
  const key = orNull(() => ed25519.Point.fromBytes(theirs));
  if (key === null) return false;
  const r = signature.subarray(0, 32);
  const k = Fn.create(bytesToNumberLE(sha512.create().update(r).update(theirs).update(bytes).digest()));
  const s = bytesToNumberLE(signature.subarray(32));
  return equalBytes(ed25519.Point.BASE.multiplyUnsafe(s).subtract(key.multiplyUnsafe(k)).toBytes(), r);
}

const { Fn } = ed25519.Point;

function cipher(key: Uint8Array, nonce: Uint8Array, bound: Uint8Array): ReturnType<typeof gcm> {
  needLength(key, sizes.sealKey, 'seal key');
  needLength(nonce, sizes.nonce, 'nonce');
  return gcm(key, nonce, bound);
}
