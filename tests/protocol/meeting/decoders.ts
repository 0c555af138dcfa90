/** What relays of one mesh say to each other. */
import { parsePeerId, parseTopic } from '../../../src/protocol/ids.ts';
import { decodeSister, encodeSister } from '../../../src/protocol/meeting/sister.ts';
import type { SisterFrame } from '../../../src/protocol/meeting/sister.ts';
import { isRefusal } from '../../../src/protocol/refusal.ts';
import type { FuzzedDecoder } from '../fuzz.ts';

const topic = parseTopic('ab'.repeat(16))!;
const [ann, bob] = [parsePeerId('annA')!, parsePeerId('bobb'.repeat(12))!];

export const sisterFrames: readonly SisterFrame[] = [
  { kind: 'welcome' },
  { kind: 'keeps', topics: [topic, topic] },
  { kind: 'drops', topics: [] },
  { kind: 'here', topic, pages: [ann, bob] },
  { kind: 'there', topic, pages: [bob] },
  { kind: 'gone', topic, pages: [bob] },
  { kind: 'met', topic, page: ann, peers: [bob] },
  { kind: 'joined', topic, page: bob, peers: [ann, ann] },
  { kind: 'pass', from: ann, to: bob, bytes: Uint8Array.of(1, 2, 3) },
  { kind: 'refused', why: 'overloaded', from: bob, to: ann },
  { kind: 'ping' },
  { kind: 'pong', load: 200 },
];

export const meetingDecoders: readonly FuzzedDecoder[] = [
  {
    name: 'sister',
    samples: sisterFrames.map(encodeSister),
    again: (bytes) => {
      const frame = decodeSister(bytes);
      return isRefusal(frame) ? frame : encodeSister(frame);
    },
  },
];
