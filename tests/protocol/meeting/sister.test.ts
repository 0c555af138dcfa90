/** What a relay says to a sister, read back, cut, too long, and made up. */
import { expect, test } from 'vitest';
import { parsePeerId, parseTopic } from '../../../src/protocol/ids.ts';
import { limits } from '../../../src/protocol/limits.ts';
import { decodeSister, encodeSister } from '../../../src/protocol/meeting/sister.ts';
import { fuzz } from '../fuzz.ts';
import { meetingDecoders, sisterFrames } from './decoders.ts';

const topic = parseTopic('cd'.repeat(16))!;
const peers = (count: number) => Array.from({ length: count }, (_, at) => parsePeerId(`peer${at.toString().padStart(4, '0')}`)!);

test('every frame is read back as it was said', () => {
  for (const frame of sisterFrames) expect(decodeSister(encodeSister(frame))).toEqual(frame);
  expect(new Set(sisterFrames.map(({ kind }) => kind)).size).toBe(12);
});

test('[E1] a frame cut anywhere is refused by name; a pass is a shorter one', () => {
  for (const frame of sisterFrames) {
    const whole = encodeSister(frame);
    for (let length = 0; length < whole.length; length += 1) {
      const read = decodeSister(whole.subarray(0, length));
      expect('refused' in read || (frame.kind === 'pass' && read.kind === 'pass'), `${frame.kind} cut to ${length}`).toBe(true);
    }
  }
});

test('[E1] more than a frame may hold is refused, and so is another version', () => {
  const many = { kind: 'keeps', topics: Array(limits.topicsPerFrame + 1).fill(topic) } as const;
  expect(decodeSister(encodeSister(many))).toEqual({ refused: 'too-many' });
  expect(decodeSister(encodeSister({ kind: 'here', topic, pages: peers(limits.pagesPerFrame + 1) }))).toEqual({
    refused: 'too-many',
  });
  const [page] = peers(1);
  const tooMany = { kind: 'met', topic, page: page!, peers: peers(limits.peersPerTopic + 1) } as const;
  expect(decodeSister(encodeSister(tooMany))).toEqual({ refused: 'too-many' });
  const long = { kind: 'pass', from: page!, to: page!, bytes: new Uint8Array(limits.passBytes + 1) } as const;
  expect(decodeSister(encodeSister(long))).toEqual({ refused: 'too-big' });
  expect(decodeSister(new Uint8Array(limits.frameBytes + 1))).toEqual({ refused: 'too-big' });
  expect(decodeSister(Uint8Array.of(2, 1))).toEqual({ refused: 'unknown-version' });
  expect(decodeSister(Uint8Array.of(1, 99))).toEqual({ refused: 'unknown-kind' });
  expect(encodeSister({ kind: 'keeps', topics: Array(limits.topicsPerFrame).fill(topic) }).length).toBeLessThan(
    limits.frameBytes,
  );
});

test('[E1] spoiled bytes are refused or have one spelling', () => {
  for (const decoder of meetingDecoders) expect(fuzz(decoder, 20_000)).toBeGreaterThan(0);
});
