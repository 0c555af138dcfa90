/** Everything inside an envelope, and what is kept of it, that is read back. */
import { createReader } from '../../../src/protocol/bytes.ts';
import { classOf, decodeBetween, encodeBetween } from '../../../src/protocol/entries/between.ts';
import { decodeEntry, encodeEntry } from '../../../src/protocol/entries/entry.ts';
import type { Body } from '../../../src/protocol/entries/entry.ts';
import { decodeOutline, encodeOutline } from '../../../src/protocol/entries/outline.ts';
import { decodePassing, encodePassing } from '../../../src/protocol/entries/passing.ts';
import type { Passing } from '../../../src/protocol/entries/passing.ts';
import { decodeReceipts, encodeReceipts } from '../../../src/protocol/entries/receipts.ts';
import { isRefusal } from '../../../src/protocol/refusal.ts';
import type { Refusal } from '../../../src/protocol/refusal.ts';
import { encodeRuns, readRuns } from '../../../src/protocol/runs.ts';
import { decodeRoomOperations, encodeRoomOperations } from '../../../src/protocol/entries/room-operations.ts';
import { decodeRoomWord, encodeRoomWord } from '../../../src/protocol/entries/room-word.ts';
import { parsePeerId, shortOf } from '../../../src/protocol/ids.ts';
import type { FuzzedDecoder } from '../fuzz.ts';
import { asha, badru, chidi, operationOf, room, say, text } from './talk.ts';

const first = say(asha.phone, text('Habari za asubuhi, 早上好'));
export const bodies: readonly Body[] = [
  text(''),
  text('Habari'),
  { kind: 'reply', to: first.id, text: 'Nzuri' },
  { kind: 'reaction', to: first.id, text: '♥' },
  { kind: 'reaction', to: first.id, text: '' },
  { kind: 'edit', to: first.id, text: 'Habari za mchana' },
  { kind: 'delete', to: first.id },
  { kind: 'head', bytes: new Uint8Array(64).fill(7) },
  { kind: 'invite', bytes: new Uint8Array(64).fill(6) },
  { kind: 'call-me', text: 'Asha' },
  { kind: 'unknown', number: 63, bytes: Uint8Array.of(1, 2, 3) },
];
const said = bodies.map((body, at) =>
  say(badru.phone, body, { after: Array.from({ length: at }, () => first), seq: at * 100 + 1 }),
);

export const passing: readonly Exclude<Passing, { kind: 'unknown' }>[] = [
  { kind: 'nothing' },
  { kind: 'receipt', state: 'stored', messages: said.map(({ id }) => shortOf(id)) },
  { kind: 'receipt', state: 'read', messages: [] },
  {
    kind: 'clocks',
    state: 'read',
    clocks: [asha.phone, badru.phone].map((device) => ({ device: shortOf(device), seq: 70_000 })),
  },
  { kind: 'typing', seconds: 6 },
];

const orItself = <Noun extends object>(noun: Noun | Refusal, encode: (noun: Noun) => Uint8Array): Uint8Array | Refusal =>
  isRefusal(noun) ? noun : encode(noun);

export const entryDecoders: readonly FuzzedDecoder[] = [
  { name: 'entry', samples: said.map(({ bytes }) => bytes), again: (bytes) => orItself(decodeEntry(bytes), encodeEntry) },
  {
    name: 'passing',
    samples: passing.map(encodePassing),
    again: (bytes) => orItself(decodePassing(bytes), (known) => (known.kind === 'unknown' ? bytes : encodePassing(known))),
  },
  {
    name: 'between',
    samples: [
      encodeBetween({ kind: 'heads', body: new Uint8Array(90) }),
      encodeBetween({ kind: 'direct', room, author: chidi.phone, entry: first.bytes }),
      encodeBetween({ kind: 'sync', room, part: Uint8Array.of(1, 0, 0, 0) }),
    ],
    again: (bytes) => orItself(decodeBetween(bytes), encodeBetween),
  },
  {
    name: 'class of content',
    samples: [first.bytes, encodePassing({ kind: 'nothing' }), Uint8Array.of(133)],
    again: (bytes) => {
      const known = classOf(bytes);
      return typeof known === 'string' ? bytes : known;
    },
  },
  {
    name: 'word in a room',
    samples: [
      encodeRoomWord({ peer: parsePeerId('abcd')!, about: 'asks', bundle: null, heads: [operationOf('a')], clocks: [] }),
      encodeRoomWord({
        peer: parsePeerId('Zm9vYmFy')!,
        about: 'tells',
        bundle: new Uint8Array(1_484),
        heads: [],
        clocks: [{ device: shortOf(chidi.phone), seq: 300 }],
      }),
    ],
    again: (bytes) => orItself(decodeRoomWord(bytes), encodeRoomWord),
  },
  {
    name: 'operations in a room',
    samples: [encodeRoomOperations([]), encodeRoomOperations([Uint8Array.of(1), new Uint8Array(400)])],
    again: (bytes) => orItself(decodeRoomOperations(bytes), encodeRoomOperations),
  },
  { name: 'outline', samples: said.map(encodeOutline), again: (bytes) => orItself(decodeOutline(bytes), encodeOutline) },
  {
    name: 'receipts',
    samples: [
      encodeReceipts({}),
      encodeReceipts({
        [asha.phone]: { stored: [{ from: 1, to: 900 }], read: [] },
        [badru.phone]: { stored: [{ from: 1, to: 3 }], read: [{ from: 2, to: 2 }] },
      }),
    ],
    again: (bytes) => orItself(decodeReceipts(bytes), encodeReceipts),
  },
  {
    name: 'runs',
    samples: [encodeRuns([]), encodeRuns([1, 5, 900, 70_000].map((from) => ({ from, to: from + 3 })))],
    again: (bytes) => {
      const read = createReader(bytes);
      const runs = readRuns(read, 1_000);
      return runs !== null && read.isDone() ? encodeRuns(runs) : { refused: 'truncated' };
    },
  },
];
