/** What is said and not kept: receipts, clocks, typing. It uses a chain's numbers and is never sent again (M10). */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { createReader, createWriter } from '../bytes.ts';
import type { Reader } from '../bytes.ts';
import type { Short } from '../ids.ts';
import { limits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';

export type Passing =
  /** Turns the ratchet. */
  | { readonly kind: 'nothing' }
  /** Beginnings of messages' ids. */
  | { readonly kind: 'receipt'; readonly state: ReceiptState; readonly messages: readonly Short[] }
  | { readonly kind: 'clocks'; readonly state: ReceiptState; readonly clocks: readonly Clock[] }
  /** For so many seconds from now. */
  | { readonly kind: 'typing'; readonly seconds: number }
  /** Of a newer version: ignored. */
  | { readonly kind: 'unknown' };

export type ReceiptState = 'stored' | 'read';

/** Of a device, everything up to seq: in a receipt of whoever says it, in a summary the highest it has. */
export interface Clock {
  readonly device: Short;
  readonly seq: number;
}

export function encodePassing(passing: Exclude<Passing, { kind: 'unknown' }>): Uint8Array {
  const out = createWriter().u8(firstKind + kinds.indexOf(passing.kind));
  switch (passing.kind) {
    case 'nothing':
      break;
    case 'receipt':
      out.u8(states.indexOf(passing.state) + 1).varint(passing.messages.length);
      for (const message of passing.messages) out.fixed(hexToBytes(message));
      break;
    case 'clocks':
      out.u8(states.indexOf(passing.state) + 1).fixed(encodeClocks(passing.clocks));
      break;
    case 'typing':
      out.u8(passing.seconds);
      break;
  }
  return out.done();
}

/** Content of two devices that says nothing, and turns the ratchet. */
export const nothingSaid: Uint8Array = Uint8Array.of(64);

export function decodePassing(bytes: Uint8Array): Passing | Refusal {
  const read = createReader(bytes);
  const number = read.u8();
  if (!read.isGood()) return refuse('truncated');
  if (number < firstKind || number > lastPassingKind) return refuse('unknown-kind');
  const passing = readPassing(read, number);
  if ('refused' in passing || passing.kind === 'unknown') return passing;
  return read.isDone() ? passing : refuse('truncated');
}

export const lastPassingKind = 127;

export function encodeClocks(clocks: readonly Clock[]): Uint8Array {
  const out = createWriter().varint(clocks.length);
  for (const { device, seq } of clocks) out.fixed(hexToBytes(device)).varint(seq);
  return out.done();
}

export function readClocks(read: Reader): readonly Clock[] | Refusal {
  const count = read.varint();
  if (count > limits.devicesPerRoom) return refuse('too-many');
  return Array.from({ length: count }, () => ({ device: readShort(read), seq: read.varint() }));
}

export const readShort = (read: Reader): Short => bytesToHex(read.fixed(8)) as Short;

const firstKind = 64;
const kinds = ['nothing', 'receipt', 'clocks', 'typing'] as const;
const states = ['stored', 'read'] as const;

function readPassing(read: Reader, number: number): Passing | Refusal {
  const kind = kinds[number - firstKind];
  switch (kind) {
    case 'nothing':
      return { kind };
    case 'receipt': {
      const state = states[read.u8() - 1];
      const count = read.varint();
      if (!read.isGood()) return refuse('truncated');
      if (state === undefined) return refuse('bad-number');
      if (count > limits.receiptIds) return refuse('too-many');
      return { kind, state, messages: Array.from({ length: count }, () => readShort(read)) };
    }
    case 'clocks': {
      const state = states[read.u8() - 1];
      if (state === undefined) return refuse(read.isGood() ? 'bad-number' : 'truncated');
      const clocks = readClocks(read);
      return 'refused' in clocks ? clocks : { kind, state, clocks };
    }
    case 'typing':
      return { kind, seconds: read.u8() };
    default:
      return { kind: 'unknown' };
  }
}
