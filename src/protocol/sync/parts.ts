/** What two members say to each other to miss nothing: WIRE section 7. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { createReader, createWriter } from '../bytes.ts';
import type { Reader, Writer } from '../bytes.ts';
import { encodeClocks, readClocks, readShort } from '../entries/passing.ts';
import type { Clock } from '../entries/passing.ts';
import type { DeviceId, MessageId, OperationId, Short } from '../ids.ts';
import { limits } from '../limits.ts';
import { isRefusal, refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';

export type Part =
  | Summary
  | WantOperations
  | { readonly kind: 'operations'; readonly operations: readonly Uint8Array[] }
  | WantEntries
  | { readonly kind: 'entries'; readonly number: number; readonly entries: readonly SignedEntry[] }
  | { readonly kind: 'gone'; readonly number: number; readonly gone: readonly Gone[] }
  | WantNamed
  | { readonly kind: 'direct-entries'; readonly number: number; readonly entries: readonly DirectEntry[] };

export interface Summary {
  readonly kind: 'summary';
  /** Tell me yours. */
  readonly asks: boolean;
  readonly heads: readonly OperationId[];
  /** The highest seq it has of each. */
  readonly clocks: readonly Clock[];
}

export interface WantOperations {
  readonly kind: 'want-operations';
  readonly wanted: readonly OperationId[];
  readonly known: readonly OperationId[];
}

export interface WantEntries {
  readonly kind: 'want-entries';
  readonly number: number;
  readonly ranges: readonly Range[];
}

export interface WantNamed {
  readonly kind: 'want-named';
  readonly number: number;
  readonly names: readonly Short[];
}

/** From and to are both wanted. */
export interface Range {
  readonly device: Short;
  readonly from: number;
  readonly to: number;
}

/** As it was sealed in its room (Y1); the signature is the room's to check. */
export interface SignedEntry {
  readonly device: DeviceId;
  readonly epochId: OperationId;
  readonly n: number;
  readonly signature: Uint8Array;
  readonly entry: Uint8Array;
}

/** Of a conversation of two: what the session's other side says it is (S17, Y2). */
export interface DirectEntry {
  readonly device: DeviceId;
  readonly entry: Uint8Array;
}

/** Proves nothing: it only says that asking again is idle. */
export interface Gone {
  readonly device: Short;
  readonly seq: number;
  readonly message: MessageId;
  readonly parents: readonly Short[];
}

export function encodePart(part: Part): Uint8Array {
  const out = createWriter().u8(kinds.indexOf(part.kind) + 1);
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
    case 'want-entries':
      return writeMany(out.u8(part.number), part.ranges, ({ device, from, to }) =>
        out.fixed(hexToBytes(device)).varint(from).varint(to),
      ).done();
    case 'entries':
      return writeMany(out.u8(part.number), part.entries, ({ device, epochId, n, signature, entry }) =>
        out.fixed(hexToBytes(device)).fixed(hexToBytes(epochId)).u32(n).fixed(signature).capped(entry),
      ).done();
    case 'gone':
      return writeMany(out.u8(part.number), part.gone, ({ device, seq, message, parents }) => {
        out.fixed(hexToBytes(device)).varint(seq).fixed(hexToBytes(message)).u8(parents.length);
        for (const parent of parents) out.fixed(hexToBytes(parent));
      }).done();
    case 'want-named':
      return writeMany(out.u8(part.number), part.names, (name) => out.fixed(hexToBytes(name))).done();
    case 'direct-entries':
      return writeMany(out.u8(part.number), part.entries, ({ device, entry }) =>
        out.fixed(hexToBytes(device)).capped(entry),
      ).done();
  }
}

export function decodePart(bytes: Uint8Array): Part | Refusal {
  const read = createReader(bytes);
  const kind = kinds[read.u8() - 1];
  if (kind === undefined) return refuse(read.isGood() ? 'unknown-kind' : 'truncated');
  const part = readPart(read, kind);
  return isRefusal(part) || read.isDone() ? part : refuse('truncated');
}

/** Bytes of an entry in a part, beside its own. */
export const aroundEntry = 135;

const kinds = [
  'summary',
  'want-operations',
  'operations',
  'want-entries',
  'entries',
  'gone',
  'want-named',
  'direct-entries',
] as const;

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
    case 'want-entries': {
      const number = read.u8();
      const ranges = readMany(read, () => ({ device: readShort(read), from: read.varint(), to: read.varint() }));
      if (ranges === null) return refuse('too-many');
      return ranges.every(({ from, to }) => from >= 1 && from <= to) ? { kind, number, ranges } : refuse('bad-number');
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
      return entries ? { kind, number, entries } : refuse('too-many');
    }
    case 'gone':
      return readGone(read);
    case 'want-named': {
      const number = read.u8();
      const names = readMany(read, () => readShort(read));
      return names ? { kind, number, names } : refuse('too-many');
    }
    case 'direct-entries': {
      const number = read.u8();
      const entries = readMany(read, () => ({ device: readDeviceId(read), entry: read.capped(limits.entryBytes) }));
      return entries ? { kind, number, entries } : refuse('too-many');
    }
  }
}

function readGone(read: Reader): Part | Refusal {
  const number = read.u8();
  let isTooMany = false;
  const gone = readMany(read, (): Gone => {
    const device = readShort(read);
    const seq = read.varint();
    const message = bytesToHex(read.fixed(16)) as MessageId;
    const parents = readCounted(read, read.u8(), limits.entryParents, () => readShort(read));
    isTooMany ||= parents === null;
    return { device, seq, message, parents: parents ?? [] };
  });
  return gone === null || isTooMany ? refuse('too-many') : { kind: 'gone', number, gone };
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
