/** Which public keys and signatures are let in at all: those with one spelling, and none of small order. Cheap; no curve arithmetic. */
import { hexToBytes } from '@noble/hashes/utils.js';
import { sizes } from './suite.ts';

/** Ed25519: canonical and not of small order. A key that is no point at all passes here and then verifies nothing. */
export function isGoodSignKey(bytes: Uint8Array): boolean {
  return bytes.length === sizes.signKey && isGoodPoint(bytes);
}

/** Ed25519: R as a key would be, and S reduced. */
export function isGoodSignature(bytes: Uint8Array): boolean {
  return bytes.length === sizes.signature && isGoodPoint(bytes) && isBelow(bytes, 32, signOrder, 0xff);
}

/** X25519: canonical (RFC 7748 would forgive the top bit and values from p on) and not of small order. */
export function isGoodDhKey(bytes: Uint8Array): boolean {
  return bytes.length === sizes.dhKey && isBelow(bytes, 0, fieldPrime, 0xff) && !isAmong(bytes, smallDhKeys, 0xff);
}

/** ML-KEM-768: FIPS 203's modulus check, every coefficient below 3,329. */
export function isGoodKemKey(bytes: Uint8Array): boolean {
  if (bytes.length !== sizes.kemKey) return false;
  for (let at = 0; at < kemCoefficientBytes; at += 3) {
    const middle = bytes[at + 1]!;
    if ((bytes[at]! | ((middle & 15) << 8)) >= kemPrime || ((middle >> 4) | (bytes[at + 2]! << 4)) >= kemPrime) return false;
  }
  return true;
}

const kemPrime = 3_329;
const kemCoefficientBytes = 1_152;
/** Little endian, as on the wire: 2^255 − 19 and the order of Ed25519's base point. */
const fieldPrime = hexToBytes('edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f');
const signOrder = hexToBytes('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');
/** The y of the eight points of small order; the sign of x does not matter. */
const smallPoints = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
].map(hexToBytes);
const smallDhKeys = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
].map(hexToBytes);
/** Leaves the sign of x out. */
const ySign = 0x7f;

// Zero has no sign, but both points where x is zero are of small order anyway.
const isGoodPoint = (bytes: Uint8Array): boolean => isBelow(bytes, 0, fieldPrime, ySign) && !isAmong(bytes, smallPoints, ySign);

function isBelow(bytes: Uint8Array, from: number, limit: Uint8Array, topMask: number): boolean {
  for (let at = 31; at >= 0; at -= 1) {
    const is = at === 31 ? bytes[from + at]! & topMask : bytes[from + at]!;
    if (is !== limit[at]!) return is < limit[at]!;
  }
  return false;
}

const isAmong = (bytes: Uint8Array, points: readonly Uint8Array[], topMask: number): boolean =>
  points.some((point) => isSame(bytes, point, topMask));

function isSame(bytes: Uint8Array, point: Uint8Array, topMask: number): boolean {
  for (let at = 0; at < 31; at += 1) if (bytes[at] !== point[at]) return false;
  return (bytes[31]! & topMask) === point[31];
}
