/** What two people compare to know that nobody stands between them: words to say, digits to type, a knot to recognise. */
import { hexToBytes } from '@noble/hashes/utils.js';
import { compareBytes } from '../bytes.ts';
import type { PersonId } from '../ids.ts';
import { labelled } from '../suite/label.ts';
import type { Suite } from '../suite/suite.ts';
import type { Certificate } from './certificate.ts';
import { wordsOf } from './words.ts';

export interface Fingerprint {
  readonly words: readonly string[];
  /** Ten groups of five. */
  readonly digits: readonly string[];
  /** What the knot is drawn from, 16 bytes. Recognised, not compared: a knot tells too few bits apart. */
  readonly knot: Uint8Array;
}

/** P6. */
export const fingerprintOf = (id: PersonId): Fingerprint => printOf(hexToBytes(id), soloWords);

/** Of one device, for its owner's eyes: that the device beside them is the one on the screen. */
export const deviceCode = (suite: Suite, certificate: Certificate): Fingerprint =>
  printOf(suite.hash(labelled('device', certificate.bytes)), soloWords);

/** Of two persons, the same on both sides. */
export function safetyNumber(suite: Suite, one: PersonId, other: PersonId): Fingerprint {
  const [lower, higher] = [hexToBytes(one), hexToBytes(other)].sort(compareBytes);
  return printOf(suite.hash(labelled('safety', lower!, higher!)), sharedWords);
}

/** 80 bits: whoever wants to pass for somebody needs a key with exactly these. */
const soloWords = 5;
/** 160: between two persons a forger chooses two keys, one for each side, and a match of 80 bits would cost only 2^40 of each. */
const sharedWords = 10;

const printOf = (bytes: Uint8Array, words: number): Fingerprint => ({
  words: wordsOf(bytes.subarray(0, words * 2)),
  digits: Array.from({ length: 10 }, (_, group) => fiveDigits(bytes, group)),
  knot: bytes.slice(16, 32),
});

/** Of 20 bits, which begin at the middle of a byte every other time. */
function fiveDigits(bytes: Uint8Array, group: number): string {
  const from = (group * 20) >> 3;
  const three = (bytes[from]! << 16) | (bytes[from + 1]! << 8) | bytes[from + 2]!;
  const bits = group % 2 === 0 ? three >>> 4 : three & 0xfffff;
  return String(bits % 100_000).padStart(5, '0');
}
