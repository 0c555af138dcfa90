/** The primitives of suite 1 for the second reader, on Node's own cryptography, with the strictness RULES asks of keys. */
import {
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  decapsulate,
  diffieHellman,
  hkdfSync,
  verify,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { insist, isZero, join, unreadable } from './bytes.ts';

const ascii = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
const plain = (bytes: ArrayBuffer | Uint8Array): Uint8Array => new Uint8Array(bytes);

/** The ASCII of `wavu/2 name`, without a length. */
export const label = (name: string): Uint8Array => ascii(`wavu/2 ${name}`);

export const H = (...parts: readonly Uint8Array[]): Uint8Array =>
  plain(
    createHash('sha256')
      .update(join(...parts))
      .digest(),
  );

export const MAC = (key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array =>
  plain(
    createHmac('sha512', key)
      .update(join(...parts))
      .digest(),
  );

export const KDF = (salt: Uint8Array, secret: Uint8Array, info: Uint8Array, length: number): Uint8Array =>
  plain(hkdfSync('sha512', secret, salt, info, length));

export const none = new Uint8Array(0);
export const zeros = (length: number): Uint8Array => new Uint8Array(length);

export const openSeal = (key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, bound: Uint8Array): Uint8Array => {
  insist(sealed.length >= 16, 'truncated');
  const opener = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
  opener.setAAD(bound);
  opener.setAuthTag(sealed.subarray(sealed.length - 16));
  try {
    return plain(Buffer.concat([opener.update(sealed.subarray(0, sealed.length - 16)), opener.final()]));
  } catch {
    throw unreadable('bad-seal');
  }
};

type Kind = 'x25519' | 'ed25519' | 'ml-kem-768';
// What DER puts before the raw key: RFC 8410's two, and for ML-KEM the form that holds the 64-byte seed alone.
const secretHead: Record<Kind, string> = {
  x25519: '302e020100300506032b656e04220420',
  ed25519: '302e020100300506032b657004220420',
  'ml-kem-768': '3054020100300b060960864801650304040204428040',
};
const publicHead: Record<'x25519' | 'ed25519', string> = {
  x25519: '302a300506032b656e032100',
  ed25519: '302a300506032b6570032100',
};
const secretKey = (kind: Kind, secret: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([Buffer.from(secretHead[kind], 'hex'), secret]), format: 'der', type: 'pkcs8' });
const publicKey = (kind: 'x25519' | 'ed25519', key: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([Buffer.from(publicHead[kind], 'hex'), key]), format: 'der', type: 'spki' });

/** The public key of a secret: 32 bytes, or the 1,184 that ML-KEM makes of its seed. */
export const publicOf = (kind: Kind, secret: Uint8Array): Uint8Array => {
  const exported = createPublicKey(secretKey(kind, secret)).export({ type: 'spki', format: 'der' });
  return plain(exported.subarray(exported.length - (kind === 'ml-kem-768' ? 1_184 : 32)));
};

/** [S1] refuses what comes out as zeros. */
export const DH = (secret: Uint8Array, theirs: Uint8Array): Uint8Array => {
  try {
    const shared = plain(diffieHellman({ privateKey: secretKey('x25519', secret), publicKey: publicKey('x25519', theirs) }));
    insist(!isZero(shared), 'bad-key');
    return shared;
  } catch {
    throw unreadable('bad-key');
  }
};

export const openKem = (seed: Uint8Array, ciphertext: Uint8Array): Uint8Array =>
  plain(decapsulate(secretKey('ml-kem-768', seed), ciphertext));

export const checkSignature = (key: Uint8Array, signature: Uint8Array, ...said: readonly Uint8Array[]): void => {
  admitSignKey(key);
  // Suite 1 is strict: what is asked of a key is asked of a signature's point too.
  insist(signature.length === 64 && isGoodPoint(signature.subarray(0, 32)), 'bad-signature');
  const isGood = verify(null, join(...said), publicKey('ed25519', key), signature);
  insist(isGood, 'bad-signature');
};

const p = 2n ** 255n - 19n;
const modulo = (x: bigint): bigint => ((x % p) + p) % p;
const power = (base: bigint, exponent: bigint): bigint => {
  let [result, square] = [1n, modulo(base)];
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % p;
    square = (square * square) % p;
  }
  return result;
};
const d = modulo(-121_665n * power(121_666n, p - 2n));
const littleEndian = (bytes: Uint8Array): bigint => bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
const signKeysSeen = new Map<string, boolean>();

/** [P1] canonical, and not one of the eight points of small order. */
export const admitSignKey = (key: Uint8Array): void => {
  const name = Buffer.from(key).toString('hex');
  const seen = signKeysSeen.get(name) ?? isGoodPoint(key);
  signKeysSeen.set(name, seen);
  insist(seen, 'bad-key');
};

// Whether y belongs to a point at all is left to the signatures: where it does not, there are none.
const isGoodPoint = (key: Uint8Array): boolean => {
  const y = littleEndian(key) & (2n ** 255n - 1n);
  const yy = (y * y) % p;
  // Of order 1 and 2: x = 0. Of order 4: y = 0. Of order 8: doubled it has y = 0, which is where x^2 = -y^2.
  return y < p && y !== 0n && yy !== 1n && modulo(d * yy * yy + 2n * yy - 1n) !== 0n;
};

// The u of order 1, 2, 4 and 8 on the curve and its twist, that are below p.
const smallOrder: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  p - 1n,
  325606250916557431795983626356110631294008115727848805560023387167927233504n,
  39382357235489614581723060781553021112529911719440698176882885853963445705823n,
]);

/** [P1] for X25519. */
export const admitDhKey = (key: Uint8Array): void => {
  const u = littleEndian(key);
  insist(u < p && !smallOrder.has(u), 'bad-key');
};

/** [P1] for ML-KEM: FIPS 203's modulus check, every twelve bits below 3,329. */
export const admitKemKey = (key: Uint8Array): void => {
  insist(key.length === 1_184, 'bad-key');
  for (let at = 0; at < 1_152; at += 3) {
    const [first = 0, second = 0, third = 0] = key.subarray(at, at + 3);
    insist((first | ((second & 15) << 8)) < 3_329 && ((second >> 4) | (third << 4)) < 3_329, 'bad-key');
  }
};
