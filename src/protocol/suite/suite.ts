/** The primitives everything else is made of: synchronous, and with luck as an argument, so that the same input gives the same bytes. */
export interface Suite {
  /** Stands in every result that was measured with it. */
  readonly name: 'noble' | 'node-crypto' | 'unsafe-counted';

  /** SHA-256. */
  hash(bytes: Uint8Array): Uint8Array;
  /** HMAC-SHA-512: 64 bytes. */
  mac(key: Uint8Array, bytes: Uint8Array): Uint8Array;
  /** HKDF-SHA-512. */
  kdf(salt: Uint8Array, secret: Uint8Array, info: Uint8Array, length: number): Uint8Array;

  /** X25519: the public half of 32 secret bytes. */
  dhPublic(secret: Uint8Array): Uint8Array;
  /** Null for an all-zero result, which a small-order key forces. */
  dh(secret: Uint8Array, theirs: Uint8Array): Uint8Array | null;

  /** ML-KEM-768: the public half of 64 secret bytes (d ‖ z). */
  kemPublic(secret: Uint8Array): Uint8Array;
  /** `luck` is FIPS 203's m, 32 bytes. Null for a key that fails the modulus check or has another length. */
  encapsulate(theirs: Uint8Array, luck: Uint8Array): Encapsulated | null;
  /** Null only for a ciphertext of another length: a wrong one gives another secret, as FIPS 203 says. */
  decapsulate(secret: Uint8Array, ciphertext: Uint8Array): Uint8Array | null;

  /** Ed25519: the public half of 32 secret bytes. */
  signPublic(secret: Uint8Array): Uint8Array;
  sign(secret: Uint8Array, bytes: Uint8Array): Uint8Array;
  /** Strict and cofactorless: canonical encodings, no key or point of small order. False for anything else. */
  verify(theirs: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean;

  /** AES-256-GCM with a nonce of 12 bytes; 16 bytes longer than `plain`. A nonce never serves a key twice. */
  seal(key: Uint8Array, nonce: Uint8Array, plain: Uint8Array, bound: Uint8Array): Uint8Array;
  /** Null unless every byte is as it was sealed. */
  open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, bound: Uint8Array): Uint8Array | null;
}

/** All of it that knows no lattices. */
export type CurveSuite = Omit<Suite, 'kemPublic' | 'encapsulate' | 'decapsulate'>;

export interface Encapsulated {
  readonly ciphertext: Uint8Array;
  readonly shared: Uint8Array;
}

/** Fresh bytes for one call: from entropy in the world, from a seed in tests. Never asked twice for the same use. */
export type Luck = (length: number) => Uint8Array;

/** Lengths in bytes. */
export const sizes = {
  hash: 32,
  mac: 64,
  dhKey: 32,
  kemSecret: 64,
  kemKey: 1_184,
  kemCiphertext: 1_088,
  kemLuck: 32,
  shared: 32,
  signSecret: 32,
  signKey: 32,
  signature: 64,
  sealKey: 32,
  nonce: 12,
  sealTag: 16,
} as const;
