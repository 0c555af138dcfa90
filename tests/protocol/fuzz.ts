/** Throws bytes at a decoder that nobody would write, and holds it to its word: never a throw, and one spelling for what it takes. */
import { expect } from 'vitest';
import { concat } from '../../src/protocol/bytes.ts';
import { isRefusal } from '../../src/protocol/refusal.ts';
import type { Refusal } from '../../src/protocol/refusal.ts';

export interface FuzzedDecoder {
  readonly name: string;
  /** What it takes, to be spoiled. */
  readonly samples: readonly Uint8Array[];
  /** Decodes, and encodes what came out. */
  again(bytes: Uint8Array): Uint8Array | Refusal;
}

export const fixedSeed = 20_261_120;

/** Prints the fresh seed where it fails. */
export function fuzz(decoder: FuzzedDecoder, count: number, seed: number = fixedSeed): number {
  const next = random(seed);
  let taken = 0;
  for (let at = 0; at < count; at += 1) {
    const bytes = spoil(decoder.samples[next() % decoder.samples.length]!, next);
    const where = `${decoder.name}, seed ${seed}, case ${at}: ${Buffer.from(bytes).toString('hex').slice(0, 400)}`;
    let back: Uint8Array | Refusal;
    try {
      back = decoder.again(bytes);
    } catch (error) {
      throw new Error(`threw: ${where}`, { cause: error });
    }
    if (isRefusal(back)) continue;
    taken += 1;
    if (Buffer.compare(back, bytes) !== 0) expect.fail(`has two spellings: ${where}`);
  }
  return taken;
}

type Next = () => number;

/** Whole now and then; mostly flipped, cut, lengthened, overwritten, spliced with itself; or nothing but noise. */
function spoil(sample: Uint8Array, next: Next): Uint8Array {
  let bytes: Uint8Array = sample.slice();
  const at = (): number => (bytes.length === 0 ? 0 : next() % bytes.length);
  switch (next() % 8) {
    case 0:
      return noise(next() % 300, next);
    case 1:
      return bytes;
    default:
  }
  for (let times = 1 + (next() % 3); times > 0; times -= 1) {
    switch (next() % 7) {
      case 0:
        if (bytes.length > 0) bytes[at()]! ^= 1 << (next() % 8);
        break;
      case 1:
        if (bytes.length > 0) bytes[at()] = [0, 1, 0x7f, 0x80, 0xff][next() % 5]!;
        break;
      case 2:
        bytes = bytes.slice(0, at());
        break;
      case 3:
        bytes = concat([bytes, noise(1 + (next() % 40), next)]);
        break;
      case 4:
        bytes.fill(next() % 2 === 0 ? 0 : 0xff, at(), at());
        break;
      case 5:
        bytes.copyWithin(at(), at(), at());
        break;
      default:
        // Shortens or lengthens in the middle, so that everything behind is read out of step.
        bytes = concat([bytes.slice(0, at()), noise(next() % 4, next), bytes.slice(at())]);
    }
  }
  return bytes;
}

const noise = (length: number, next: Next): Uint8Array => Uint8Array.from({ length }, () => next() & 0xff);

/** mulberry32. */
function random(seed: number): Next {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}
