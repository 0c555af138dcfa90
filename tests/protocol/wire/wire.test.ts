/** What hops see of version 2: buckets, padding, ids, hop and parcel headers, acknowledgements. */
import { expect, test } from 'vitest';
import { nodeCryptoSuite as suite } from '../../../src/adapters/node-crypto/suite.ts';
import { limits } from '../../../src/protocol/limits.ts';
import { isRefusal } from '../../../src/protocol/refusal.ts';
import {
  acknowledgementBytes,
  decodeAcknowledgement,
  encodeAcknowledgement,
  isAcknowledgement,
} from '../../../src/protocol/wire/acknowledgement.ts';
import { bucketByte, bucketFor, bucketOf, pad, padmeBucket, unpad } from '../../../src/protocol/wire/bucket.ts';
import type { Bucket } from '../../../src/protocol/wire/bucket.ts';
import { envelopeIdOf } from '../../../src/protocol/envelope.ts';
import { decodeHop, encodeHop, hopBytes, passOn } from '../../../src/protocol/wire/hop.ts';
import { decodeParcel, encodeParcel, parcelBytes } from '../../../src/protocol/wire/parcel.ts';
import { fuzz } from '../fuzz.ts';
import { nowHour, wireDecoders } from './decoders.ts';

const fixed = [128, 190, 212, 223, 512, 1_024, 1_536, 2_048, 4_096, 8_192, 16_384];
const to = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const hop = { kind: 'envelope', ttl: 7, copies: 4, to } as const;

function bucket(contentBytes: number, around: number): Bucket {
  const found = bucketFor(contentBytes, around);
  if (isRefusal(found)) throw new Error(found.refused);
  return found;
}

test('[E3] content of every length up to 20,000 gets the smallest bucket, and comes out of it again', () => {
  for (const around of [67, 90]) {
    for (let length = 0; length <= 20_000; length += 1) {
      const { number, bytes } = bucket(length, around);
      const least = length + 1 + around;
      const smallest = fixed.find((each) => each >= least);
      if (smallest === undefined) {
        // Padmé: at most 12 % more, and the last bits of the length are zeros.
        expect(number === padmeBucket && bytes >= least && bytes <= least * 1.12 && bytes % 512 === 0).toBe(true);
      } else if (bytes !== smallest || fixed[number] !== bytes) expect({ number, bytes, length }).toBe(smallest);
    }
  }
});

test('[E3] [E4] at the edges of every bucket, padded content comes back as it was', () => {
  const edges = [...fixed, 17_408, 32_768, 33_792, 65_536].flatMap((each) => [each - 2, each - 1, each, each + 1]);
  for (const length of [0, 1, ...edges]) {
    const content = new Uint8Array(length).fill(0x80);
    const { number, bytes } = bucket(length, 67);
    const padded = pad(content, bytes - 67);
    expect(padded.length).toBe(bytes - 67);
    expect(unpad(padded)).toEqual(content);
    const envelope = new Uint8Array(bytes).with(0, bucketByte({ number, bytes }));
    expect(bucketOf(envelope)).toEqual({ number, bytes });
    for (const other of [envelope.slice(1), new Uint8Array(bytes + 1)]) {
      expect(bucketOf(other.with(0, envelope[0]!))).toEqual({ refused: 'bad-bucket' });
    }
  }
});

test('[E3] Padmé lengths are those of its authors’ formula, up to a mebibyte', () => {
  for (let least = 16_385; least < limits.largestEnvelopeBytes; least = Math.ceil(least * 1.013)) {
    // As in the PURBs paper: as many low bits zero as the length has bits, less those of that count.
    const bits = least.toString(2).length - 1;
    const zeros = bits - bits.toString(2).length;
    const length = ((least + (1 << zeros) - 1) >> zeros) << zeros;
    expect(bucket(least - 1, 0)).toEqual({ number: padmeBucket, bytes: length });
    expect(bucket(length - 1, 0).bytes).toBe(length);
  }
  expect(bucket(limits.largestEnvelopeBytes - 1, 0).bytes).toBe(limits.largestEnvelopeBytes);
  expect(bucketFor(limits.largestEnvelopeBytes, 0)).toEqual({ refused: 'too-big' });
});

test('[E3] of the last bucket a length that is no Padmé length, a small one, or one above a mebibyte is refused', () => {
  const of = (length: number): unknown => bucketOf(new Uint8Array(length).with(0, 0x2b));
  expect(of(17_408)).toEqual({ number: 11, bytes: 17_408 });
  for (const length of [128, 16_384, 16_385, 17_409, 1_048_577, 1_048_576 + 32_768])
    expect(of(length)).toEqual({ refused: 'bad-bucket' });
  for (let number = 13; number < 16; number += 1) {
    expect(bucketOf(new Uint8Array(128).with(0, 0x20 | number))).toEqual({ refused: 'bad-bucket' });
  }
});

test('[E2] envelopes and hops of another version are refused by name', () => {
  for (let version = 0; version < 16; version += 1) {
    if (version === 2) continue;
    expect(bucketOf(new Uint8Array(128).with(0, version << 4))).toEqual({ refused: 'unknown-version' });
    expect(decodeHop(new Uint8Array(138).with(0, version << 4))).toEqual({ refused: 'unknown-version' });
    expect(decodeAcknowledgement(new Uint8Array(17).with(0, (version << 4) | 2))).toEqual({ refused: 'unknown-version' });
  }
  expect(bucketOf(new Uint8Array(0))).toEqual({ refused: 'truncated' });
});

test('[E4] padding is one 0x80 and zeros, and nothing else', () => {
  expect(unpad(Uint8Array.of(0x80))).toEqual(new Uint8Array(0));
  expect(unpad(Uint8Array.of(1, 0x80, 0x80, 0, 0))).toEqual(Uint8Array.of(1, 0x80));
  for (const bad of [[], [0], [0, 0, 0], [1], [0x80, 0, 1], [0x80, 0x81, 0], [0x80, 0x40]]) {
    expect(unpad(Uint8Array.from(bad))).toEqual({ refused: 'bad-padding' });
  }
  expect(() => pad(new Uint8Array(4), 4)).toThrow('no room');
});

test('[E5] an envelope’s id is the beginning of its hash', () => {
  const envelope = new Uint8Array(128).fill(7);
  expect(envelopeIdOf(envelope)).toBe(Buffer.from(suite.hash(envelope)).toString('hex').slice(0, 32));
  expect(envelopeIdOf(envelope.slice())).toBe(envelopeIdOf(envelope));
});

test('a hop header is ten bytes before what it carries, and is read as it was written', () => {
  const rest = new Uint8Array(128).fill(0x20);
  for (const each of [hop, { ...hop, kind: 'parcel' as const, ttl: 0, copies: 1 }, { ...hop, ttl: 15, copies: 15 }]) {
    const bytes = encodeHop(each, rest);
    expect(bytes.length).toBe(hopBytes + rest.length);
    expect(decodeHop(bytes)).toEqual({ ...each, rest });
    for (let length = 0; length < hopBytes; length += 1)
      expect(decodeHop(bytes.slice(0, length))).toEqual({ refused: 'truncated' });
  }
  for (let kind = 2; kind < 16; kind += 1)
    expect(decodeHop(new Uint8Array(138).with(0, 0x20 | kind))).toEqual({ refused: 'unknown-kind' });
});

test('[E6] what goes on has one hop less and no more copies, and is otherwise the same; what may not go on does not', () => {
  expect(passOn(hop, 2)).toEqual({ ...hop, ttl: 6, copies: 2 });
  expect(passOn({ ...hop, ttl: 1 }, 4)).toEqual({ ...hop, ttl: 0 });
  expect(passOn({ ...hop, ttl: 0 }, 1)).toBeNull();
  expect(passOn(hop, 5)).toBeNull();
  expect(passOn(hop, 0)).toBeNull();
  expect(passOn(hop, 0.5)).toBeNull();
  expect(decodeHop(encodeHop({ ...hop, copies: 0 }, to))).toEqual({ refused: 'no-copies' });
});

test('[E6] a hop changes one byte of what it passes on', () => {
  const rest = Uint8Array.from({ length: 128 }, (_, at) => at);
  const before = encodeHop(hop, rest);
  const after = encodeHop(passOn(hop, 1)!, rest);
  expect([...before].flatMap((byte, at) => (byte === after[at] ? [] : [at]))).toEqual([1]);
});

test('a parcel’s hour is read right within 32,767 hours, and refused where it could be two', () => {
  const envelope = new Uint8Array(128);
  for (const ahead of [0, 1, 168, 32_767, -1, -32_767]) {
    const bytes = encodeParcel({ box: new Uint8Array(16), expiresHour: nowHour + ahead }, envelope);
    expect(bytes.length).toBe(parcelBytes + envelope.length);
    expect(decodeParcel(bytes, nowHour)).toMatchObject({ expiresHour: nowHour + ahead, envelope });
  }
  const between = encodeParcel({ box: new Uint8Array(16), expiresHour: nowHour + 32_768 }, envelope);
  expect(decodeParcel(between, nowHour)).toEqual({ refused: 'bad-hour' });
  for (let length = 0; length < parcelBytes; length += 1) {
    expect(decodeParcel(between.slice(0, length), nowHour)).toEqual({ refused: 'truncated' });
  }
});

test('an acknowledgement is seventeen bytes, and no hop header', () => {
  const a = new Uint8Array(16).fill(6);
  const bytes = encodeAcknowledgement(a);
  expect(bytes.length).toBe(acknowledgementBytes);
  expect(decodeAcknowledgement(bytes)).toEqual(a);
  expect([isAcknowledgement(bytes), isAcknowledgement(encodeHop(hop, to)), isAcknowledgement(new Uint8Array(0))]).toEqual([
    true,
    false,
    false,
  ]);
  for (const bad of [bytes.slice(1), bytes.slice(0, 16), Uint8Array.of(...bytes, 0), new Uint8Array(0)]) {
    expect(decodeAcknowledgement(bad)).toHaveProperty('refused');
  }
});

test.each(wireDecoders)('[E1] spoiled bytes never throw, and have one spelling: $name', (decoder) => {
  expect(fuzz(decoder, 5_000)).toBeGreaterThan(0);
  fuzz(decoder, 500, Date.now());
});
