/**
 * Takes bytes apart, for the second reader: written from WIRE.md alone, it shares no code with `src`, so that text and code
 * can be found to disagree. What cannot be read throws an `Unreadable`, whose message is the reason.
 */
const maxSafeLength = 1 << 20;

/** A reason, thrown: this reader is for tests only, where a throw is the shortest way out. */
export const unreadable = (why: string): Error => {
  const error = new Error(why);
  error.name = 'Unreadable';
  return error;
};

export const insist = (holds: boolean, why: string): void => {
  if (!holds) throw unreadable(why);
};

export const join = (...parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

export const same = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && left.every((byte, at) => byte === right[at]);

/** -1, 0 or 1: as bytes are compared, the first differing one decides. */
export const order = (left: Uint8Array, right: Uint8Array): number => Buffer.compare(left, right);

export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

/** A number of so many bits, highest byte first. */
export const big = (value: number, bits: 8 | 16 | 32 | 40 | 64): Uint8Array => {
  const bytes = new Uint8Array(bits / 8);
  let rest = BigInt(value);
  for (let at = bytes.length - 1; at >= 0; at -= 1) {
    bytes[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
};

export type Taker = {
  readonly u8: () => number;
  readonly u16: () => number;
  readonly u32: () => number;
  readonly u40: () => number;
  readonly varint: (atMost?: number) => number;
  readonly take: (length: number) => Uint8Array;
  readonly text: (atMost: number) => string;
  readonly bytes: (atMost: number) => Uint8Array;
  readonly many: <T>(count: number, atMost: number, one: (taker: Taker) => T) => readonly T[];
  readonly rest: () => Uint8Array;
  readonly restAsText: (atMost: number) => string;
  readonly left: () => number;
  readonly before: () => Uint8Array;
  readonly end: () => void;
};

export const textOf = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw unreadable('bad-text');
  }
};

export const takerOf = (whole: Uint8Array): Taker => {
  let at = 0;
  const take = (length: number): Uint8Array => {
    insist(length >= 0 && length <= maxSafeLength && at + length <= whole.length, 'truncated');
    at += length;
    return new Uint8Array(whole.subarray(at - length, at));
  };
  const number = (length: number): number => take(length).reduce((sum, byte) => sum * 256 + byte, 0);
  const varint = (atMost = Number.MAX_SAFE_INTEGER): number => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      insist(shift < 56n, 'bad-varint');
      const byte = number(1);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte >= 0x80) continue;
      // The shortest form alone is read: a last byte of zero would have been left out.
      insist(byte !== 0 || shift === 0n, 'bad-varint');
      insist(value <= BigInt(Number.MAX_SAFE_INTEGER), 'bad-varint');
      insist(value <= BigInt(atMost), 'too-many');
      return Number(value);
    }
  };
  const taker: Taker = {
    u8: () => number(1),
    u16: () => number(2),
    u32: () => number(4),
    u40: () => number(5),
    varint,
    take,
    text: (atMost) => textOf(take(varint(atMost))),
    bytes: (atMost) => take(varint(atMost)),
    many: (count, atMost, one) => {
      insist(count <= atMost, 'too-many');
      return Array.from({ length: count }, () => one(taker));
    },
    rest: () => take(whole.length - at),
    restAsText: (atMost) => {
      insist(whole.length - at <= atMost, 'too-long');
      return textOf(take(whole.length - at));
    },
    left: () => whole.length - at,
    before: () => new Uint8Array(whole.subarray(0, at)),
    end: () => insist(at === whole.length, 'trailing'),
  };
  return taker;
};
