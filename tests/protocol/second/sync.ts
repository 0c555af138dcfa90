/** The parts two members send each other to miss nothing (WIRE section 7), read a second time. */
import { big, insist, takerOf, unreadable } from './bytes.ts';
import type { Taker } from './bytes.ts';
import { checkSignature, label } from './primitives.ts';

type Clock = { readonly device: Uint8Array; readonly seq: number };

export type MovedEntry = {
  readonly device: Uint8Array;
  readonly epochId: Uint8Array;
  readonly n: number;
  readonly signature: Uint8Array;
  readonly entry: Uint8Array;
};

export type SecondPart =
  | { readonly kind: 'summary'; readonly asks: boolean; readonly heads: readonly Uint8Array[]; readonly clocks: readonly Clock[] }
  | { readonly kind: 'want-operations'; readonly operations: readonly Uint8Array[]; readonly known: readonly Uint8Array[] }
  | { readonly kind: 'operations'; readonly operations: readonly Uint8Array[] }
  | {
      readonly kind: 'want-entries';
      readonly number: number;
      readonly ranges: readonly { readonly device: Uint8Array; readonly from: number; readonly to: number }[];
    }
  | { readonly kind: 'entries'; readonly number: number; readonly entries: readonly MovedEntry[] }
  | {
      readonly kind: 'gone';
      readonly number: number;
      readonly entries: readonly {
        readonly device: Uint8Array;
        readonly seq: number;
        readonly message: Uint8Array;
        readonly parents: readonly Uint8Array[];
      }[];
    }
  | { readonly kind: 'want-named'; readonly number: number; readonly messages: readonly Uint8Array[] }
  | {
      readonly kind: 'direct-entries';
      readonly number: number;
      readonly entries: readonly { readonly device: Uint8Array; readonly entry: Uint8Array }[];
    };

const takeAsks = (taker: Taker): boolean => {
  const asks = taker.u8();
  insist(asks < 2, 'bad-number');
  return asks === 1;
};

const takeRange = (taker: Taker): { readonly device: Uint8Array; readonly from: number; readonly to: number } => {
  const range = { device: taker.take(8), from: taker.varint(), to: taker.varint() };
  insist(range.from >= 1 && range.from <= range.to, 'bad-number');
  return range;
};

const takePart = (taker: Taker): SecondPart => {
  const kind = taker.u8();
  switch (kind) {
    case 1:
      return {
        kind: 'summary',
        asks: takeAsks(taker),
        heads: taker.many(taker.u8(), 16, (one) => one.take(32)),
        clocks: taker.many(taker.varint(), 500, (one) => ({ device: one.take(8), seq: one.varint() })),
      };
    case 2:
      return {
        kind: 'want-operations',
        operations: taker.many(taker.varint(), 64, (one) => one.take(32)),
        known: taker.many(taker.varint(), 32, (one) => one.take(32)),
      };
    case 3:
      return { kind: 'operations', operations: taker.many(taker.varint(), 64, (one) => one.bytes(4_096)) };
    case 4:
      return {
        kind: 'want-entries',
        number: taker.u8(),
        ranges: taker.many(taker.varint(), 64, takeRange),
      };
    case 5:
      return {
        kind: 'entries',
        number: taker.u8(),
        entries: taker.many(taker.varint(), 64, (one) => ({
          device: one.take(32),
          epochId: one.take(32),
          n: one.u32(),
          signature: one.take(64),
          entry: one.bytes(8_200),
        })),
      };
    case 6:
      return {
        kind: 'gone',
        number: taker.u8(),
        entries: taker.many(taker.varint(), 64, (one) => ({
          device: one.take(8),
          seq: one.varint(),
          message: one.take(16),
          parents: one.many(one.u8(), 8, (each) => each.take(8)),
        })),
      };
    case 7:
      return { kind: 'want-named', number: taker.u8(), messages: taker.many(taker.varint(), 64, (one) => one.take(8)) };
    case 8:
      return {
        kind: 'direct-entries',
        number: taker.u8(),
        entries: taker.many(taker.varint(), 64, (one) => ({ device: one.take(32), entry: one.bytes(8_200) })),
      };
    default:
      throw unreadable('unknown-kind');
  }
};

export const readSyncPart = (bytes: Uint8Array): SecondPart => {
  const taker = takerOf(bytes);
  const part = takePart(taker);
  taker.end();
  return part;
};

/** [Y1] what is moved is the signed entry as it was in its room's envelope (section 3.4). */
export const checkMoved = (room: Uint8Array, moved: MovedEntry): void => {
  const said = [label('room content'), room, moved.epochId, moved.device, big(moved.n, 32), moved.entry];
  checkSignature(moved.device, moved.signature, ...said);
};
