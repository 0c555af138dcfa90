/** The head seed of a device that was added, said to the whole room: the body of an entry of kind 6. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { createReader, createWriter } from '../bytes.ts';
import type { OperationId } from '../ids.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { seedBytes } from './epoch.ts';

export interface HeadEntry {
  /** That added the device. */
  readonly operation: OperationId;
  readonly seed: Uint8Array;
}

export const encodeHeadEntry = ({ operation, seed }: HeadEntry): Uint8Array =>
  createWriter().fixed(hexToBytes(operation)).fixed(seed).done();

export function decodeHeadEntry(body: Uint8Array): HeadEntry | Refusal {
  const read = createReader(body);
  const operation = bytesToHex(read.fixed(32)) as OperationId;
  const seed = read.fixed(seedBytes);
  return read.isDone() ? { operation, seed } : refuse('truncated');
}
