/** The parts of sync that are read back. */
import type { OperationId } from '../../../src/protocol/ids.ts';
import { shortOf } from '../../../src/protocol/ids.ts';
import { isRefusal } from '../../../src/protocol/refusal.ts';
import { decodePart, encodePart } from '../../../src/protocol/sync/parts.ts';
import type { Part } from '../../../src/protocol/sync/parts.ts';
import { hexOf, operationOf } from '../entries/talk.ts';
import type { FuzzedDecoder } from '../fuzz.ts';
import { devices, item } from './two-sides.ts';

const clocks = devices.map((device, at) => ({ device: shortOf(device), seq: 10 ** at }));
const names = devices.map((device) => shortOf(item(device, 1).id));
const heads = ['a', 'b'].map(operationOf);
const signature = new Uint8Array(64).fill(4);

export const parts: readonly Part[] = [
  { kind: 'summary', asks: true, heads, clocks },
  { kind: 'summary', asks: false, heads: [], clocks: [] },
  { kind: 'want-operations', wanted: heads, known: heads.slice(1) },
  { kind: 'operations', operations: [new Uint8Array(300).fill(1), new Uint8Array(4_096)] },
  { kind: 'want-entries', number: 255, ranges: clocks.map(({ device, seq }) => ({ device, from: seq, to: seq * 2 })) },
  {
    kind: 'entries',
    number: 3,
    entries: devices.map((device, at) => ({
      device,
      epochId: hexOf('epoch', 32) as OperationId,
      n: 2 ** 32 - 1 - at,
      signature,
      entry: new Uint8Array(at * 60),
    })),
  },
  {
    kind: 'gone',
    number: 0,
    gone: devices.map((device, at) => ({ ...clocks[at]!, message: item(device, at + 1).id, parents: names.slice(0, at) })),
  },
  { kind: 'want-named', number: 9, names },
  { kind: 'direct-entries', number: 7, entries: devices.map((device) => ({ device, entry: new Uint8Array(90).fill(8) })) },
];

export const syncDecoders: readonly FuzzedDecoder[] = [
  {
    name: 'part of sync',
    samples: parts.map(encodePart),
    again: (bytes) => {
      const part = decodePart(bytes);
      return isRefusal(part) ? part : encodePart(part);
    },
  },
];
