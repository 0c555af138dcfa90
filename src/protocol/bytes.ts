/** Bytes out and bytes in: fixed, varint and capped fields. Reading never throws; it goes bad once and stays bad. */
// Those who may import no library write ids by these.
export { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';

export interface Writer {
  u8(value: number): Writer;
  u16(value: number): Writer;
  u32(value: number): Writer;
  u40(value: number): Writer;
  u64(value: number): Writer;
  varint(value: number): Writer;
  fixed(bytes: Uint8Array): Writer;
  /** Length as varint, then the bytes. */
  capped(bytes: Uint8Array): Writer;
  text(text: string): Writer;
  done(): Uint8Array;
}

export function createWriter(): Writer {
  const parts: Uint8Array[] = [];
  let size = 0;
  const push = (bytes: Uint8Array): Writer => {
    parts.push(bytes);
    size += bytes.length;
    return writer;
  };
  const writer: Writer = {
    u8: (value) => push(Uint8Array.of(value)),
    u16: (value) => push(Uint8Array.of(value >>> 8, value)),
    u32: (value) => push(Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)),
    u40: (value) => writer.u8(Math.floor(value / 2 ** 32)).u32(value % 2 ** 32),
    u64: (value) => {
      const bytes = new Uint8Array(8);
      new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
      return push(bytes);
    },
    varint: (value) => {
      const bytes: number[] = [];
      let rest = value;
      while (rest >= 0x80) {
        bytes.push((rest % 0x80) | 0x80);
        rest = Math.floor(rest / 0x80);
      }
      bytes.push(rest);
      return push(Uint8Array.from(bytes));
    },
    fixed: push,
    capped: (bytes) => writer.varint(bytes.length).fixed(bytes),
    text: (text) => writer.capped(new TextEncoder().encode(text)),
    done: () => concat(parts, size),
  };
  return writer;
}

export interface Reader {
  u8(): number;
  u16(): number;
  u32(): number;
  u40(): number;
  /** At most 2^53 − 1; more is bad. */
  u64(): number;
  /** At most 2^53 − 1, shortest form only. */
  varint(): number;
  fixed(length: number): Uint8Array;
  capped(maxBytes: number): Uint8Array;
  /** Strict UTF-8. */
  text(maxBytes: number): string;
  rest(): Uint8Array;
  /** True while nothing was missing, too long or malformed. */
  isGood(): boolean;
  /** Good, and nothing is left over. */
  isDone(): boolean;
}

/** Fields it hands out are copies: they outlive the frame they came in. */
export function createReader(bytes: Uint8Array): Reader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  let good = true;
  const take = (length: number): number => {
    if (!good || length > bytes.length - at) {
      good = false;
      return -1;
    }
    at += length;
    return at - length;
  };
  const reader: Reader = {
    u8: () => {
      const from = take(1);
      return from < 0 ? 0 : view.getUint8(from);
    },
    u16: () => {
      const from = take(2);
      return from < 0 ? 0 : view.getUint16(from);
    },
    u32: () => {
      const from = take(4);
      return from < 0 ? 0 : view.getUint32(from);
    },
    u40: () => {
      const from = take(5);
      return from < 0 ? 0 : view.getUint8(from) * 2 ** 32 + view.getUint32(from + 1);
    },
    u64: () => {
      const from = take(8);
      const value = from < 0 ? 0n : view.getBigUint64(from);
      if (value > BigInt(Number.MAX_SAFE_INTEGER)) good = false;
      return good ? Number(value) : 0;
    },
    varint: () => {
      let value = 0;
      for (let scale = 1, count = 1; count <= 8; scale *= 0x80, count += 1) {
        const byte = reader.u8();
        value += (byte & 0x7f) * scale;
        if (byte < 0x80) {
          if ((byte === 0 && count > 1) || value > Number.MAX_SAFE_INTEGER) good = false;
          return good ? value : 0;
        }
      }
      good = false;
      return 0;
    },
    fixed: (length) => {
      const from = take(length);
      return from < 0 ? new Uint8Array(0) : bytes.slice(from, from + length);
    },
    capped: (maxBytes) => {
      const length = reader.varint();
      if (length > maxBytes) good = false;
      return good ? reader.fixed(length) : new Uint8Array(0);
    },
    text: (maxBytes) => {
      const text = decodeText(reader.capped(maxBytes));
      if (text === null) good = false;
      return text ?? '';
    },
    rest: () => reader.fixed(bytes.length - at),
    isGood: () => good,
    isDone: () => good && at === bytes.length,
  };
  return reader;
}

export function concat(parts: readonly Uint8Array[], size?: number): Uint8Array {
  const whole = new Uint8Array(size ?? parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  let difference = 0;
  for (let at = 0; at < one.length; at += 1) difference |= one[at]! ^ other[at]!;
  return difference === 0;
}

/** Byte by byte, as unsigned numbers: below 0 where `one` is the lower. */
export function compareBytes(one: Uint8Array, other: Uint8Array): number {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at += 1) {
    if (one[at] !== other[at]) return one[at]! - other[at]!;
  }
  return one.length - other.length;
}

export function decodeText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const letterOf = Uint8Array.from(alphabet, (letter) => letter.charCodeAt(0));
/** By a letter's code; 255: no letter of ours. */
const sixOf = new Uint8Array(128).fill(255);
for (const [six, code] of letterOf.entries()) sixOf[code] = six;

export function toBase64url(bytes: Uint8Array): string {
  let text = '';
  // Strings are made of so many letters at once: letter by letter costs several times as much, and a relay does it for each frame.
  for (let from = 0; from < bytes.length; from += piece) {
    const codes: number[] = [];
    const to = Math.min(from + piece, bytes.length);
    for (let at = from; at < to; at += 3) {
      const three = (bytes[at]! << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
      codes.push(letterOf[three >> 18]!, letterOf[(three >> 12) & 63]!);
      if (at + 1 < to) codes.push(letterOf[(three >> 6) & 63]!);
      if (at + 2 < to) codes.push(letterOf[three & 63]!);
    }
    text += String.fromCharCode(...codes);
  }
  return text;
}

/** Of three bytes each, so that only the last piece ends in between. */
const piece = 3_072;

/** Null for anything but the one canonical spelling. */
export function fromBase64url(text: string): Uint8Array | null {
  if (text.length % 4 === 1) return null;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let letter = 0; letter < text.length; letter += 1) {
    const six = sixOf[text.charCodeAt(letter)] ?? 255;
    if (six === 255) return null;
    held = ((held << 6) | six) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at] = (held >> bits) & 0xff;
      at += 1;
    }
  }
  // What is left over says nothing, and so must be nothing.
  return (held & ((1 << bits) - 1)) === 0 ? bytes : null;
}
