/** Answers the suite with Node's own cryptography (OpenSSL): for the relay, the terminal and tests. */
import crypto from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isGoodSignature, isGoodSignKey } from '../../protocol/suite/admission.ts';
import { needLength } from '../../protocol/suite/lengths.ts';
import { nobleSuite } from '../../protocol/suite/noble.ts';
import { sizes } from '../../protocol/suite/suite.ts';
import type { Suite } from '../../protocol/suite/suite.ts';
import { dhKeyDer, dhSecretDer, kemSecretDer, signKeyDer, signSecretDer } from './der.ts';
import { createKeyShelf } from './key-shelf.ts';

// Importing a key costs as much as using it. Only signing keys are kept: they live long anyway, while the secrets of dh and kem
// are erased by their owner and must not survive in here.
const signKeys = createKeyShelf(1_024, (key) => publicKey(signKeyDer, key));
const signSecrets = createKeyShelf(16, (secret) => privateKey(signSecretDer, secret));

export const nodeCryptoSuite: Suite = {
  name: 'node-crypto',

  hash: (bytes) => plain(crypto.createHash('sha256').update(bytes).digest()),
  mac,
  kdf: (salt, secret, info, length) =>
    // Node refuses a longer info, and to derive nothing; RFC 5869 does not.
    info.length > 1_024 || length === 0
      ? expand(mac(salt, secret), info, length)
      : new Uint8Array(crypto.hkdfSync('sha512', secret, salt, info, length)),

  dhPublic: (secret) => {
    needLength(secret, sizes.dhKey, 'dh secret');
    return publicHalf(privateKey(dhSecretDer, secret));
  },
  dh: (secret, theirs) => {
    needLength(secret, sizes.dhKey, 'dh secret');
    if (theirs.length !== sizes.dhKey) return null;
    const keys = { privateKey: privateKey(dhSecretDer, secret), publicKey: publicKey(dhKeyDer, theirs) };
    return orNull(() => plain(crypto.diffieHellman(keys)));
  },

  ...(hasKem() ? { kemPublic, decapsulate } : { kemPublic: nobleSuite.kemPublic, decapsulate: nobleSuite.decapsulate }),
  // Node draws the luck itself and lets nobody hand it in.
  encapsulate: nobleSuite.encapsulate,

  signPublic: (secret) => {
    needLength(secret, sizes.signSecret, 'sign secret');
    return publicHalf(signSecrets(secret));
  },
  sign: (secret, bytes) => {
    needLength(secret, sizes.signSecret, 'sign secret');
    return plain(crypto.sign(null, bytes, signSecrets(secret)));
  },
  // OpenSSL 3.5 is as strict by itself; asked first, so that no other version decides.
  verify: (theirs, bytes, signature) =>
    isGoodSignKey(theirs) &&
    isGoodSignature(signature) &&
    (orNull(() => crypto.verify(null, bytes, signKeys(theirs), signature)) ?? false),

  seal: (key, nonce, message, bound) => {
    needCipherLengths(key, nonce);
    const cipher = crypto.createCipheriv('aes-256-gcm', key, nonce).setAAD(bound);
    const sealed = new Uint8Array(message.length + sizes.sealTag);
    sealed.set(cipher.update(message));
    cipher.final();
    sealed.set(cipher.getAuthTag(), message.length);
    return sealed;
  },
  open: (key, nonce, sealed, bound) => {
    needCipherLengths(key, nonce);
    const length = sealed.length - sizes.sealTag;
    if (length < 0) return null;
    const cipher = crypto.createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: sizes.sealTag });
    cipher.setAAD(bound).setAuthTag(sealed.subarray(length));
    const opened = plain(cipher.update(sealed.subarray(0, length)));
    return orNull(() => cipher.final()) === null ? null : opened;
  },
};

function mac(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  return plain(crypto.createHmac('sha512', key).update(bytes).digest());
}

function expand(key: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  if (length > 255 * sizes.mac) throw new Error(`kdf: ${length} bytes are too many`);
  const blocks = new Uint8Array(Math.ceil(length / sizes.mac) * sizes.mac);
  for (let at = 0, count = 1; at < length; at += sizes.mac, count += 1) {
    const before = blocks.subarray(Math.max(0, at - sizes.mac), at);
    blocks.set(crypto.createHmac('sha512', key).update(before).update(info).update(Uint8Array.of(count)).digest(), at);
  }
  return blocks.slice(0, length);
}

function kemPublic(secret: Uint8Array): Uint8Array {
  needLength(secret, sizes.kemSecret, 'kem secret');
  const spelled = crypto.createPublicKey(privateKey(kemSecretDer, secret)).export({ format: 'der', type: 'spki' });
  return new Uint8Array(spelled.subarray(spelled.length - sizes.kemKey));
}

function decapsulate(secret: Uint8Array, ciphertext: Uint8Array): Uint8Array | null {
  needLength(secret, sizes.kemSecret, 'kem secret');
  if (ciphertext.length !== sizes.kemCiphertext) return null;
  return plain(crypto.decapsulate(privateKey(kemSecretDer, secret), ciphertext));
}

/** Node before 24.7 has no ML-KEM, nor has one built on an older OpenSSL. */
function hasKem(): boolean {
  return (
    typeof crypto.decapsulate === 'function' && orNull(() => privateKey(kemSecretDer, new Uint8Array(sizes.kemSecret))) !== null
  );
}

function needCipherLengths(key: Uint8Array, nonce: Uint8Array): void {
  needLength(key, sizes.sealKey, 'seal key');
  needLength(nonce, sizes.nonce, 'nonce');
}

// Declared as functions: `hasKem` asks while this module is still being read.
function privateKey(prefix: Uint8Array, secret: Uint8Array): KeyObject {
  const key = joined(prefix, secret);
  const imported = crypto.createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  key.fill(0);
  return imported;
}

function publicKey(prefix: Uint8Array, bytes: Uint8Array): KeyObject {
  return crypto.createPublicKey({ key: joined(prefix, bytes), format: 'der', type: 'spki' });
}

/** Ten times faster than DER. */
const publicHalf = (key: KeyObject): Uint8Array =>
  new Uint8Array(Buffer.from(crypto.createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url'));

function joined(prefix: Uint8Array, bytes: Uint8Array): Buffer {
  const whole = Buffer.alloc(prefix.length + bytes.length);
  whole.set(prefix);
  whole.set(bytes, prefix.length);
  return whole;
}

/** A Buffer's `slice` shares its memory where a Uint8Array's copies: none leaves here. */
const plain = (bytes: Buffer): Uint8Array => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);

function orNull<Result>(work: () => Result): Result | null {
  try {
    return work();
  } catch {
    return null;
  }
}
