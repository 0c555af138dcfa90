/** An epoch's seed for one device, over its session: so short that a small carrier takes it. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { createReader, createWriter } from '../bytes.ts';
import type { OperationId, RoomId } from '../ids.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { seedBytes } from './epoch.ts';

export interface SeedRow {
  readonly room: RoomId;
  readonly epoch: OperationId;
  readonly seed: Uint8Array;
}

/** The body of content of kind 130. */
export const encodeSeedRow = ({ room, epoch, seed }: SeedRow): Uint8Array =>
  createWriter().fixed(hexToBytes(room)).fixed(hexToBytes(epoch)).fixed(seed).done();

export function decodeSeedRow(body: Uint8Array): SeedRow | Refusal {
  const read = createReader(body);
  const room = bytesToHex(read.fixed(16)) as RoomId;
  const epoch = bytesToHex(read.fixed(32)) as OperationId;
  const seed = read.fixed(seedBytes);
  return read.isDone() ? { room, epoch, seed } : refuse('truncated');
}
