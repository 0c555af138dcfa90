/** Everything that hops see. */
import { isRefusal } from '../../../src/protocol/refusal.ts';
import { decodeAcknowledgement, encodeAcknowledgement } from '../../../src/protocol/wire/acknowledgement.ts';
import { bucketOf, pad, unpad } from '../../../src/protocol/wire/bucket.ts';
import { decodeHop, encodeHop } from '../../../src/protocol/wire/hop.ts';
import { decodeParcel, encodeParcel } from '../../../src/protocol/wire/parcel.ts';
import type { FuzzedDecoder } from '../fuzz.ts';

export const nowHour = 498_684;
const to = new Uint8Array(8).fill(5);
const envelope = new Uint8Array(128).fill(0x20);
const parcel = encodeParcel({ box: new Uint8Array(16).fill(9), expiresHour: nowHour + 168 }, envelope);

export const wireDecoders: readonly FuzzedDecoder[] = [
  {
    name: 'hop',
    samples: [
      encodeHop({ kind: 'envelope', ttl: 7, copies: 4, to }, envelope),
      encodeHop({ kind: 'parcel', ttl: 0, copies: 15, to }, parcel),
    ],
    again: (bytes) => {
      const hop = decodeHop(bytes);
      return isRefusal(hop) ? hop : encodeHop(hop, hop.rest);
    },
  },
  {
    name: 'parcel',
    samples: [parcel],
    again: (bytes) => {
      const read = decodeParcel(bytes, nowHour);
      return isRefusal(read) ? read : encodeParcel(read, read.envelope);
    },
  },
  {
    name: 'acknowledgement',
    samples: [encodeAcknowledgement(new Uint8Array(16).fill(3))],
    again: (bytes) => {
      const a = decodeAcknowledgement(bytes);
      return isRefusal(a) ? a : encodeAcknowledgement(a);
    },
  },
  {
    name: 'bucket',
    samples: [envelope, new Uint8Array(223).fill(0x23), new Uint8Array(17_408).fill(0x2b)],
    again: (bytes) => {
      const bucket = bucketOf(bytes);
      return isRefusal(bucket) ? bucket : bytes;
    },
  },
  {
    name: 'padding',
    samples: [pad(new Uint8Array(40).fill(1), 61), pad(new Uint8Array(0), 1)],
    again: (bytes) => {
      const content = unpad(bytes);
      return isRefusal(content) ? content : pad(content, bytes.length);
    },
  },
];
