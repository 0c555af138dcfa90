/** Answers the suite in plain JavaScript: for pages, which have no synchronous cryptography of their own. */
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { needLength } from './lengths.ts';
import { nobleCurve, orNull } from './noble-curve.ts';
import { sizes } from './suite.ts';
import type { Suite } from './suite.ts';

export const nobleSuite: Suite = {
  ...nobleCurve,

  kemPublic: (secret) => {
    needLength(secret, sizes.kemSecret, 'kem secret');
    const { publicKey, secretKey } = ml_kem768.keygen(secret);
    secretKey.fill(0);
    return publicKey;
  },
  encapsulate: (theirs, luck) => {
    needLength(luck, sizes.kemLuck, 'kem luck');
    if (theirs.length !== sizes.kemKey) return null;
    const made = orNull(() => ml_kem768.encapsulate(theirs, luck));
    return made && { ciphertext: made.cipherText, shared: made.sharedSecret };
  },
  decapsulate: (secret, ciphertext) => {
    needLength(secret, sizes.kemSecret, 'kem secret');
    if (ciphertext.length !== sizes.kemCiphertext) return null;
    // Expanded anew each time: a kept key would outlive the secret its owner erases.
    const { secretKey } = ml_kem768.keygen(secret);
    const shared = ml_kem768.decapsulate(ciphertext, secretKey);
    secretKey.fill(0);
    return shared;
  },
};
