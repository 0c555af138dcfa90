/** Signals between two pages (WIRE section 9), read a second time. */
import { createHash } from 'node:crypto';
import { insist, join, takerOf } from './bytes.ts';
import { takeVersion } from './people.ts';
import { DH, H, KDF, admitDhKey, admitSignKey, label, openSeal } from './primitives.ts';

export type SignalEnds = {
  readonly hearsSeed: Uint8Array;
  readonly hears: Uint8Array;
  readonly says: Uint8Array;
};

const prime = 2n ** 255n - 19n;

/** By Fermat; a reader for tests has the time. */
const inverse = (value: bigint): bigint => {
  let [result, base] = [1n, ((value % prime) + prime) % prime];
  for (let power = prime - 2n; power > 0n; power >>= 1n) {
    if (power & 1n) result = (result * base) % prime;
    base = (base * base) % prime;
  }
  return result;
};

/** X(key): u = (1 + y) / (1 − y). */
const mapped = (signKey: Uint8Array): Uint8Array => {
  admitSignKey(signKey);
  const y = BigInt(`0x${Buffer.from(signKey).reverse().toString('hex')}`) & (2n ** 255n - 1n);
  const u = ((1n + y) * inverse(1n - y)) % prime;
  return new Uint8Array(Buffer.from(u.toString(16).padStart(64, '0'), 'hex').reverse());
};

const mappedSecret = (seed: Uint8Array): Uint8Array => new Uint8Array(createHash('sha512').update(seed).digest()).slice(0, 32);

const wayOf = ({ says, hears }: SignalEnds): Uint8Array => join(label('signal'), says, hears);

export const readSealedSignal = (
  bytes: Uint8Array,
  ends: SignalEnds,
): { readonly dial: Uint8Array; readonly body: Uint8Array } => {
  insist(bytes.length <= 1_024, 'too-big');
  const taker = takerOf(bytes);
  takeVersion(taker);
  const n = taker.u8();
  const e = taker.take(32);
  admitDhKey(e);
  const head = taker.before();
  const secret = mappedSecret(ends.hearsSeed);
  const keys = KDF(H(wayOf(ends), e), join(DH(secret, e), DH(secret, mapped(ends.says))), label('signal seal'), 44);
  keys[43] = (keys[43] ?? 0) ^ n;
  const plain = takerOf(openSeal(keys.slice(0, 32), keys.slice(32), taker.rest(), head));
  return { dial: plain.take(8), body: plain.rest() };
};

/** What the other end must prove about the two signals by hand. */
export const proofOf = (about: Uint8Array, ends: SignalEnds): Uint8Array =>
  KDF(H(wayOf(ends), about), DH(mappedSecret(ends.hearsSeed), mapped(ends.says)), label('signal proof'), 32);
