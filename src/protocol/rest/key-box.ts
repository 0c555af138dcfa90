/** The data key of this device, wrapped: by a passphrase, by a passkey, or by a key that the browser keeps (weaker, and called so). */
import { argon2id } from '@noble/hashes/argon2.js';
import { concat, createReader, createWriter } from '../bytes.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { label } from '../suite/label.ts';
import { needLength } from '../suite/lengths.ts';
import { sizes } from '../suite/suite.ts';
import type { Luck, Suite } from '../suite/suite.ts';

export interface KeyBox {
  readonly bytes: Uint8Array;
  /** What to ask for. */
  readonly way: KeyWay;
  /** The passkey is asked about it, the passphrase stretched with it. */
  readonly salt: Uint8Array;
  readonly cost: StretchCost;
  readonly nonce: Uint8Array;
  readonly sealed: Uint8Array;
}

export type KeyWay = 'passphrase' | 'passkey' | 'device-key';

/** What opens it. `secret`: 32 bytes that the passkey's PRF, or the kept key, gives for the box's salt. */
export type Opener =
  | { readonly way: 'passphrase'; readonly passphrase: string }
  | { readonly way: 'passkey' | 'device-key'; readonly secret: Uint8Array };

export interface StretchCost {
  readonly memoryKib: number;
  readonly passes: number;
}

/** OWASP's least for Argon2id; a weak phone bears it (README). */
export const usualCost: StretchCost = { memoryKib: 19_456, passes: 2 };
export const saltBytes = 16;

/** The salt comes first, because a passkey must be asked about it; new for every box. */
export function sealKeyBox(
  suite: Suite,
  dataKey: Uint8Array,
  opener: Opener,
  salt: Uint8Array,
  luck: Luck,
  stretch: StretchCost = usualCost,
): Uint8Array {
  needLength(dataKey, sizes.sealKey, 'data key');
  needLength(salt, saltBytes, 'salt');
  const cost = opener.way === 'passphrase' ? stretch : noCost;
  const nonce = luck(sizes.nonce);
  const bound = keyBoxHead(opener.way, salt, nonce, cost);
  return concat([bound, suite.seal(wrappingKey(suite, opener, salt, cost), nonce, dataKey, bound)]);
}

/** What stands before the sealed key, and is bound to it. */
export const keyBoxHead = (way: KeyWay, salt: Uint8Array, nonce: Uint8Array, cost: StretchCost = noCost): Uint8Array =>
  createWriter()
    .u8(version)
    .u8(ways.indexOf(way) + 1)
    .fixed(salt)
    .u32(cost.memoryKib)
    .u8(cost.passes)
    .fixed(nonce)
    .done();

/** Reads what to ask for, and opens nothing yet. A cost that no device should be asked for is refused here. */
export function decodeKeyBox(bytes: Uint8Array): KeyBox | Refusal {
  const read = createReader(bytes);
  if (read.u8() !== version) return refuse(read.isGood() ? 'unknown-version' : 'truncated');
  const way = ways[read.u8() - 1];
  const salt = read.fixed(saltBytes);
  const cost = { memoryKib: read.u32(), passes: read.u8() };
  const nonce = read.fixed(sizes.nonce);
  const sealed = read.fixed(sizes.sealKey + sizes.sealTag);
  if (!read.isDone()) return refuse('truncated');
  if (way === undefined) return refuse('unknown-kind');
  const { memoryKib, passes } = cost;
  if (memoryKib > mostMemoryKib || passes > mostPasses) return refuse('too-big');
  const isFit = way === 'passphrase' ? memoryKib >= leastMemoryKib && passes > 0 : memoryKib === 0 && passes === 0;
  return isFit ? { bytes: bytes.slice(), way, salt, cost, nonce, sealed } : refuse('unknown-kind');
}

/** `bad-seal` for a wrong passphrase as for a spoiled box: they cannot be told apart. Takes as long as the cost says. */
export function openKeyBox(suite: Suite, box: KeyBox, opener: Opener): Uint8Array | Refusal {
  if (opener.way !== box.way) throw new Error(`A box for a ${box.way} is opened with a ${opener.way}`);
  const key = wrappingKey(suite, opener, box.salt, box.cost);
  return (
    suite.open(key, box.nonce, box.sealed, box.bytes.subarray(0, box.bytes.length - box.sealed.length)) ?? refuse('bad-seal')
  );
}

/** What the wrapping key is derived for, where no passphrase is stretched. */
export const keyBoxInfo = (way: 'passkey' | 'device-key'): Uint8Array => label(way === 'passkey' ? 'passkey' : 'device key');

const version = 2;
const ways = ['passphrase', 'passkey', 'device-key'] as const;
const noCost: StretchCost = { memoryKib: 0, passes: 0 };
/** What a box from outside may ask of this device. Less memory than Argon2 itself needs is no box. */
const mostMemoryKib = 65_536;
const leastMemoryKib = 8;
const mostPasses = 8;

function wrappingKey(suite: Suite, opener: Opener, salt: Uint8Array, { memoryKib, passes }: StretchCost): Uint8Array {
  if (opener.way !== 'passphrase') return suite.kdf(salt, opener.secret, keyBoxInfo(opener.way), sizes.sealKey);
  // Another keyboard may spell the same letters otherwise.
  const passphrase = new TextEncoder().encode(opener.passphrase.normalize('NFKC'));
  return argon2id(passphrase, salt, { m: memoryKib, t: passes, p: 1, dkLen: sizes.sealKey });
}
