/** A suite that protects nothing: stand-ins of the right sizes, for simulations that must count cryptography instead of waiting for it. */
import { isGoodDhKey, isGoodKemKey, isGoodSignature, isGoodSignKey } from '../../src/protocol/suite/admission.ts';
import { needLength } from '../../src/protocol/suite/lengths.ts';
import { sizes } from '../../src/protocol/suite/suite.ts';
import type { Suite } from '../../src/protocol/suite/suite.ts';
import { blend } from './blend.ts';

export type Operation = Exclude<keyof Suite, 'name'>;

export interface UnsafeCountedSuite extends Suite {
  readonly name: 'unsafe-counted';
  readonly counts: Readonly<Record<Operation, number>>;
}

export interface CountedOptions {
  /** Told before each operation what it would have cost a page. */
  readonly charge?: (cpuUs: number, operation: Operation) => void;
  /** The app's device has its Ed25519 key before any suite is there: its public half must be the true one. */
  readonly signPublic?: Suite['signPublic'];
}

interface Price {
  readonly onceUs: number;
  readonly perKiBUs: number;
}

/**
 * Noble in Chromium 156 on the machine of FACTS. Its figures where it has them (dh, encapsulate, verify, seal, open); the others
 * measured there in the same way.
 */
const prices: Readonly<Record<Operation, Price>> = {
  hash: { onceUs: 2, perKiBUs: 12 },
  mac: { onceUs: 7, perKiBUs: 8.5 },
  kdf: { onceUs: 10, perKiBUs: 64 },
  dhPublic: { onceUs: 85, perKiBUs: 0 },
  dh: { onceUs: 220, perKiBUs: 0 },
  kemPublic: { onceUs: 210, perKiBUs: 0 },
  encapsulate: { onceUs: 330, perKiBUs: 0 },
  decapsulate: { onceUs: 620, perKiBUs: 0 },
  signPublic: { onceUs: 75, perKiBUs: 0 },
  sign: { onceUs: 150, perKiBUs: 17 },
  verify: { onceUs: 390, perKiBUs: 8.5 },
  seal: { onceUs: 14, perKiBUs: 28 },
  open: { onceUs: 14, perKiBUs: 28 },
};

export function createUnsafeCountedSuite({ charge, signPublic: given }: CountedOptions = {}): UnsafeCountedSuite {
  const publics = new Map<string, Uint8Array>();
  const publicOf = (secret: Uint8Array): Uint8Array => {
    if (given === undefined) return signPublic(secret);
    const name = secret.join();
    const known = publics.get(name) ?? given(secret);
    publics.set(name, known);
    return known;
  };
  const counts = Object.fromEntries(Object.keys(prices).map((operation) => [operation, 0])) as Record<Operation, number>;
  const pay = (operation: Operation, bytes: number): void => {
    counts[operation] += 1;
    const { onceUs, perKiBUs } = prices[operation];
    charge?.(onceUs + (perKiBUs * bytes) / 1_024, operation);
  };
  return {
    name: 'unsafe-counted',
    counts,
    hash: (bytes) => {
      pay('hash', bytes.length);
      return blend(kinds.hash, sizes.hash, bytes);
    },
    mac: (key, bytes) => {
      pay('mac', bytes.length);
      return blend(kinds.mac, sizes.mac, key, bytes);
    },
    kdf: (salt, secret, info, length) => {
      if (length > 255 * sizes.mac) throw new Error(`kdf: ${length} bytes are too many`);
      pay('kdf', length);
      return blend(kinds.kdf, length, salt, secret, info);
    },

    dhPublic: (secret) => {
      needLength(secret, sizes.dhKey, 'dh secret');
      pay('dhPublic', 0);
      return dhPublic(secret);
    },
    dh: (secret, theirs) => {
      needLength(secret, sizes.dhKey, 'dh secret');
      pay('dh', 0);
      if (theirs.length !== sizes.dhKey) return null;
      const [ours, point] = [dhPublic(secret), respelled(theirs)];
      if (!isGoodDhKey(point)) return null;
      const [low, high] = isBefore(ours, point) ? [ours, point] : [point, ours];
      return blend(kinds.dh, sizes.shared, low, high);
    },

    kemPublic: (secret) => {
      needLength(secret, sizes.kemSecret, 'kem secret');
      pay('kemPublic', 0);
      return kemPublic(secret);
    },
    encapsulate: (theirs, luck) => {
      needLength(luck, sizes.kemLuck, 'kem luck');
      pay('encapsulate', 0);
      return isGoodKemKey(theirs) ? encapsulate(theirs, luck) : null;
    },
    decapsulate: (secret, ciphertext) => {
      needLength(secret, sizes.kemSecret, 'kem secret');
      pay('decapsulate', 0);
      if (ciphertext.length !== sizes.kemCiphertext) return null;
      const ours = kemPublic(secret);
      const again = encapsulate(ours, masked(ciphertext.subarray(0, sizes.kemLuck), ours));
      return isSame(again.ciphertext, ciphertext) ? again.shared : blend(kinds.kemWrong, sizes.shared, secret, ciphertext);
    },

    signPublic: (secret) => {
      needLength(secret, sizes.signSecret, 'sign secret');
      pay('signPublic', 0);
      return publicOf(secret);
    },
    sign: (secret, bytes) => {
      needLength(secret, sizes.signSecret, 'sign secret');
      pay('sign', bytes.length);
      return signature(publicOf(secret), bytes);
    },
    verify: (theirs, bytes, given) => {
      pay('verify', bytes.length);
      return isGoodSignKey(theirs) && isGoodSignature(given) && isSame(signature(theirs, bytes), given);
    },

    seal: (key, nonce, plain, bound) => {
      needCipherLengths(key, nonce);
      pay('seal', plain.length);
      const sealed = new Uint8Array(plain.length + sizes.sealTag);
      sealed.set(streamed(key, nonce, plain));
      sealed.set(blend(kinds.tag, sizes.sealTag, key, nonce, sealed.subarray(0, plain.length), bound), plain.length);
      return sealed;
    },
    open: (key, nonce, sealed, bound) => {
      needCipherLengths(key, nonce);
      pay('open', sealed.length);
      if (sealed.length < sizes.sealTag) return null;
      const length = sealed.length - sizes.sealTag;
      const tag = blend(kinds.tag, sizes.sealTag, key, nonce, sealed.subarray(0, length), bound);
      return isSame(tag, sealed.subarray(length)) ? streamed(key, nonce, sealed.subarray(0, length)) : null;
    },
  };
}

/** Keeps the uses apart. */
const kinds = {
  hash: 1,
  mac: 2,
  kdf: 3,
  dh: 4,
  dhPublic: 5,
  kemPublic: 6,
  kemMask: 7,
  kemPadding: 8,
  kemShared: 9,
  kemWrong: 10,
  signPublic: 11,
  signature: 12,
  stream: 13,
  tag: 14,
};

/** Below 2^254, so in its one spelling; the chance of small order is nobody's worry. */
function canonical(bytes: Uint8Array): Uint8Array {
  bytes[31] = bytes[31]! & 0x3f;
  return bytes;
}
const dhPublic = (secret: Uint8Array): Uint8Array => canonical(blend(kinds.dhPublic, sizes.dhKey, secret));
const signPublic = (secret: Uint8Array): Uint8Array => canonical(blend(kinds.signPublic, sizes.signKey, secret));

/** X25519 forgives the top bit and the nineteen values from p on. */
function respelled(key: Uint8Array): Uint8Array {
  const point = key.slice();
  point[31] = point[31]! & 0x7f;
  if (point[31] !== 0x7f || point[0]! < 0xed || point.subarray(1, 31).some((byte) => byte !== 0xff)) return point;
  return new Uint8Array(sizes.dhKey).fill(point[0]! - 0xed, 0, 1);
}

/** Whoever knows the key can forge: that is what "unsafe" says. */
function signature(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  const made = canonical(blend(kinds.signature, sizes.signature, key, bytes));
  // Below the order of the group.
  made[63] = made[63]! & 0x0f;
  return made;
}

/** Each coefficient below 2,048, so it passes the modulus check. */
function kemPublic(secret: Uint8Array): Uint8Array {
  const key = blend(kinds.kemPublic, sizes.kemKey, secret);
  for (let at = 1; at < key.length - 32; at += 3) {
    key[at] = key[at]! & 0xf7;
    key[at + 1] = key[at + 1]! & 0x7f;
  }
  return key;
}

function encapsulate(key: Uint8Array, luck: Uint8Array): { ciphertext: Uint8Array; shared: Uint8Array } {
  const ciphertext = blend(kinds.kemPadding, sizes.kemCiphertext, key, luck);
  ciphertext.set(masked(luck, key));
  return { ciphertext, shared: blend(kinds.kemShared, sizes.shared, key, luck) };
}

const masked = (luck: Uint8Array, key: Uint8Array): Uint8Array => xor(luck, blend(kinds.kemMask, sizes.kemLuck, key));
const streamed = (key: Uint8Array, nonce: Uint8Array, bytes: Uint8Array): Uint8Array =>
  xor(bytes, blend(kinds.stream, bytes.length, key, nonce));

function xor(left: Uint8Array, right: Uint8Array): Uint8Array {
  for (let at = 0; at < right.length; at += 1) right[at] = right[at]! ^ left[at]!;
  return right;
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let at = 0; at < left.length; at += 1) if (left[at] !== right[at]) return false;
  return true;
}

function isBefore(left: Uint8Array, right: Uint8Array): boolean {
  for (let at = 0; at < left.length; at += 1) if (left[at] !== right[at]) return left[at]! < right[at]!;
  return true;
}

function needCipherLengths(key: Uint8Array, nonce: Uint8Array): void {
  needLength(key, sizes.sealKey, 'seal key');
  needLength(nonce, sizes.nonce, 'nonce');
}
