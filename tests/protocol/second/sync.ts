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
  | { readonly kind: 'entries'; readonly entries: readonly MovedEntry[] };

const takeAsks = (taker: Taker): boolean => {
  const asks = taker.u8();
  insist(asks < 2, 'bad-number');
  return asks === 1;
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
    case 5:
      insist(taker.u8() === 0, 'bad-number');
      return {
        kind: 'entries',
        entries: taker.many(taker.varint(), 64, (one) => ({
          device: one.take(32),
          epochId: one.take(32),
          n: one.u32(),
          signature: one.take(64),
          entry: one.bytes(8_200),
        })),
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
