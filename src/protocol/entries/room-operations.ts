/** New operations, said to the whole room at once; sync brings them to whoever was not there. */
import { createReader, createWriter } from '../bytes.ts';
import { limits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';

export const roomOperationsKind = 69;

export function encodeRoomOperations(operations: readonly Uint8Array[]): Uint8Array {
  const out = createWriter().u8(roomOperationsKind).varint(operations.length);
  for (const operation of operations) out.capped(operation);
  return out.done();
}

export function decodeRoomOperations(content: Uint8Array): readonly Uint8Array[] | Refusal {
  const read = createReader(content);
  if (read.u8() !== roomOperationsKind) return refuse(read.isGood() ? 'unknown-kind' : 'truncated');
  const count = read.varint();
  if (count > mostAtOnce) return refuse('too-many');
  const operations: Uint8Array[] = [];
  while (operations.length < count && read.isGood()) operations.push(read.capped(limits.operationBytes));
  return read.isDone() ? operations : refuse('truncated');
}

const mostAtOnce = 16;
