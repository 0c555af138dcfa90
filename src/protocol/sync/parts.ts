/** What two members say to each other to miss nothing: WIRE section 7. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { createReader, createWriter } from '../bytes.ts';
import type { Reader, Writer } from '../bytes.ts';
import { encodeClocks, readClocks } from '../entries/passing.ts';
import type { Clock } from '../entries/passing.ts';
import type { DeviceId, OperationId } from '../ids.ts';
import { limits } from '../limits.ts';
import { isRefusal, refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import type { Signed } from '../rooms/signed.ts';

export type Part =
  | Summary
  | WantOperations
  | { readonly kind: 'operations'; readonly operations: readonly Uint8Array[] }
  | { readonly kind: 'entries'; readonly entries: readonly Signed[] };

export interface Summary {
  readonly kind: 'summary';
  /** Tell me yours. */
  readonly asks: boolean;
  readonly heads: readonly OperationId[];
  /** Of each it has all up to seq. */
  readonly clocks: readonly Clock[];
}

export interface WantOperations {
  readonly kind: 'want-operations';
  readonly wanted: readonly OperationId[];
  readonly known: readonly OperationId[];
}

export function encodePart(part: Part): Uint8Array {
  const out = createWriter().u8(numbers[part.kind]);
  switch (part.kind) {
    case 'summary':
      out.u8(part.asks ? 1 : 0).u8(part.heads.length);
      for (const head of part.heads) out.fixed(hexToBytes(head));
      return out.fixed(encodeClocks(part.clocks)).done();
    case 'want-operations':
      writeMany(out, part.wanted, (id) => out.fixed(hexToBytes(id)));
      return writeMany(out, part.known, (id) => out.fixed(hexToBytes(id))).done();
    case 'operations':
      return writeMany(out, part.operations, out.capped).done();
    case 'entries':
      // As it was sealed in its room (Y1); the signature is the room's to check.
      return writeMany(out.u8(unasked), part.entries, ({ device, epochId, n, signature, entry }) =>
        out.fixed(hexToBytes(device)).fixed(hexToBytes(epochId)).u32(n).fixed(signature).capped(entry),
      ).done();
  }
}

export function decodePart(bytes: Uint8Array): Part | Refusal {
  const read = createReader(bytes);
  const kind = kinds.get(read.u8());
  if (kind === undefined) return refuse(read.isGood() ? 'unknown-kind' : 'truncated');
  const part = readPart(read, kind);
  return isRefusal(part) || read.isDone() ? part : refuse('truncated');
}

const numbers = { summary: 1, 'want-operations': 2, operations: 3, entries: 5 } as const satisfies Record<Part['kind'], number>;
const kinds = new Map<number, Part['kind']>(
  (['summary', 'want-operations', 'operations', 'entries'] as const).map((kind) => [numbers[kind], kind]),
);
/** Before the entries. */
const unasked = 0;

function readPart(read: Reader, kind: Part['kind']): Part | Refusal {
  switch (kind) {
    case 'summary': {
      const asks = read.u8();
      if (asks > 1) return refuse('bad-number');
      const heads = readCounted(read, read.u8(), limits.operationParents, readOperationId);
      if (heads === null) return refuse('too-many');
      const clocks = readClocks(read);
      return 'refused' in clocks ? clocks : { kind, asks: asks === 1, heads, clocks };
    }
    case 'want-operations': {
      const wanted = readMany(read, readOperationId);
      const known = wanted && readCounted(read, read.varint(), limits.syncKnown, readOperationId);
      return wanted && known ? { kind, wanted, known } : refuse('too-many');
    }
    case 'operations': {
      const operations = readMany(read, () => read.capped(limits.operationBytes));
      return operations ? { kind, operations } : refuse('too-many');
    }
    case 'entries': {
      const number = read.u8();
      const entries = readMany(read, () => ({
        device: readDeviceId(read),
        epochId: readOperationId(read),
        n: read.u32(),
        signature: read.fixed(64),
        entry: read.capped(limits.entryBytes),
      }));
      if (entries === null) return refuse('too-many');
      return number === unasked ? { kind, entries } : refuse('bad-number');
    }
  }
}

const readOperationId = (read: Reader): OperationId => bytesToHex(read.fixed(32)) as OperationId;
const readDeviceId = (read: Reader): DeviceId => bytesToHex(read.fixed(32)) as DeviceId;

/** Null where there are more than may be. Of bytes that end before, it reads no further. */
function readCounted<One>(read: Reader, count: number, most: number, one: (read: Reader) => One): readonly One[] | null {
  if (count > most) return null;
  const all: One[] = [];
  while (all.length < count && read.isGood()) all.push(one(read));
  return all;
}

const readMany = <One>(read: Reader, one: (read: Reader) => One): readonly One[] | null =>
  readCounted(read, read.varint(), limits.syncThings, one);

function writeMany<One>(out: Writer, all: readonly One[], write: (one: One) => unknown): Writer {
  out.varint(all.length);
  for (const one of all) write(one);
  return out;
}
