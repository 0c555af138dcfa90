/** Framing: whatever the pieces a stream comes in, the frames are the same; a bad length is bad at once. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFrameReader, writeFrame } from '../../src/adapters/libp2p/frames.ts';
import { concat } from '../../src/protocol/bytes.ts';

const maxBytes = 32_768;
const collect = (): { readonly frames: Uint8Array[]; readonly take: ReturnType<typeof createFrameReader> } => {
  const frames: Uint8Array[] = [];
  return { frames, take: createFrameReader(maxBytes, (frame) => frames.push(frame) > 0) };
};

test('frames come out as they went in, however the stream is cut', () => {
  const length = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(127, 128, 16_383, 16_384, 32_767, maxBytes));
  fc.assert(
    fc.property(
      fc.array(length, { maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1 }),
      (lengths, cuts) => {
        const sent = lengths.map((size, at) => new Uint8Array(size).fill(at + 1));
        const stream = concat(sent.map(writeFrame));
        const { frames, take } = collect();
        for (let at = 0, cut = 0; at < stream.length; cut += 1) {
          const end = Math.min(stream.length, at + cuts[cut % cuts.length]!);
          expect(take(stream.subarray(at, end))).toBe('good');
          at = end;
        }
        expect(frames).toEqual(sent);
      },
    ),
    { numRuns: 60 },
  );
});

test('lengths that are too long, or longer written than need be, are bad', () => {
  for (const bytes of [
    [0x81, 0x80, 0x02],
    [0xff, 0xff, 0xff],
    [0x80, 0x00],
    [0xff, 0xff, 0x03],
  ]) {
    expect(collect().take(Uint8Array.from(bytes))).toBe('bad');
  }
  expect(collect().take(Uint8Array.of(0x80, 0x80, 0x02))).toBe('good');
});

test('junk never throws', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000 }), (junk) => {
      expect(['good', 'bad']).toContain(collect().take(junk));
    }),
  );
});

test('whoever wants no more gets no more', () => {
  let heard = 0;
  const take = createFrameReader(maxBytes, () => {
    heard += 1;
    return false;
  });
  take(concat([writeFrame(Uint8Array.of(1)), writeFrame(Uint8Array.of(2))]));
  expect(heard).toBe(1);
});
