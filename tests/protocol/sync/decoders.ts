/** The parts of sync that are read back. */
import type { DeviceId, OperationId } from '../../../src/protocol/ids.ts';
import { shortOf } from '../../../src/protocol/ids.ts';
import { isRefusal } from '../../../src/protocol/refusal.ts';
import { decodePart, encodePart } from '../../../src/protocol/sync/parts.ts';
import type { Part } from '../../../src/protocol/sync/parts.ts';
import { hexOf, operationOf } from '../entries/talk.ts';
import type { FuzzedDecoder } from '../fuzz.ts';

export const devices = ['a', 'b', 'c', 'd'].map((name) => hexOf(name, 32) as DeviceId);
const clocks = devices.map((device, at) => ({ device: shortOf(device), seq: 10 ** at }));
const heads = ['a', 'b'].map(operationOf);
const signature = new Uint8Array(64).fill(4);

export const parts: readonly Part[] = [
  { kind: 'summary', asks: true, heads, clocks },
  { kind: 'summary', asks: false, heads: [], clocks: [] },
  { kind: 'want-operations', wanted: heads, known: heads.slice(1) },
  { kind: 'operations', operations: [new Uint8Array(300).fill(1), new Uint8Array(4_096)] },
  {
    kind: 'entries',
    entries: devices.map((device, at) => ({
      device,
      epochId: hexOf('epoch', 32) as OperationId,
      n: 2 ** 32 - 1 - at,
      signature,
      entry: new Uint8Array(at * 60),
    })),
  },
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
