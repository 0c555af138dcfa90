/** Where all chains of an epoch stand, for a device that came later or missed its row (K2). */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { createReader, createWriter } from '../bytes.ts';
import type { OperationId, RoomId, Short } from '../ids.ts';
import { limits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';

export interface Heads {
  readonly room: RoomId;
  readonly epoch: OperationId;
  readonly tags: Uint8Array;
  /** Zeros where the epoch's cast secret is not known. */
  readonly cast: Uint8Array;
  /** None: only the cast secret is meant, of an epoch whose chains are erased. */
  readonly rows: readonly HeadRow[];
}

export interface HeadRow {
  readonly device: Short;
  readonly chain: Uint8Array;
  readonly n: number;
}

/** The body of content of kind 131. */
export function encodeHeads({ room, epoch, tags, cast, rows }: Heads): Uint8Array {
  const out = createWriter().fixed(hexToBytes(room)).fixed(hexToBytes(epoch)).fixed(tags).fixed(cast).varint(rows.length);
  for (const { device, chain, n } of rows) out.fixed(hexToBytes(device)).fixed(chain).u32(n);
  return out.done();
}

export function decodeHeads(body: Uint8Array): Heads | Refusal {
  const read = createReader(body);
  const room = bytesToHex(read.fixed(16)) as RoomId;
  const epoch = bytesToHex(read.fixed(32)) as OperationId;
  const tags = read.fixed(32);
  const cast = read.fixed(32);
  const count = read.varint();
  if (count > limits.devicesPerRoom) return refuse('too-many');
  const rows = Array.from({ length: count }, () => ({
    device: bytesToHex(read.fixed(8)) as Short,
    chain: read.fixed(32),
    n: read.u32(),
  }));
  return read.isDone() ? { room, epoch, tags, cast, rows } : refuse('truncated');
}
