/** What every source of luck must do. */
import type { Entropy } from '../../src/ports/entropy.ts';
import { assert, assertSame, casesOf } from './contract.ts';
import type { Case } from './contract.ts';

export const entropyContract = (name: string, make: () => Promise<Entropy>): readonly Case[] =>
  casesOf<Entropy>(name, make, async () => {}, cases);

const cases: Readonly<Record<string, (entropy: Entropy) => Promise<void>>> = {
  'gives exactly as many bytes as asked': async (entropy) => {
    // Browsers hand out at most 65,536 at a time; the port hides that.
    for (const length of [0, 1, 3, 16, 32, 65_536, 65_537, 200_000]) {
      assertSame(entropy.bytes(length).length, length, 'length');
    }
    const large = entropy.bytes(200_000);
    assert(
      large.subarray(-64).some((byte) => byte !== 0),
      'the end is filled too',
    );
  },

  'never gives the same 16 bytes twice': async (entropy) => {
    const seen = new Set(Array.from({ length: 2_000 }, () => entropy.bytes(16).join()));
    assertSame(seen.size, 2_000, 'different draws');
  },

  'gives fresh arrays': async (entropy) => {
    const first = entropy.bytes(16);
    const kept = first.join();
    entropy.bytes(16).fill(0);
    assertSame(first.join(), kept, 'bytes given before');
  },

  'has no favourite among the bytes': async (entropy) => {
    const counts = Array.from({ length: 256 }, () => 0);
    for (const byte of entropy.bytes(256_000)) counts[byte] = (counts[byte] ?? 0) + 1;
    // 1,000 expected, deviation 32: six of them either way.
    assert(
      counts.every((count) => count > 810 && count < 1_190),
      'all about equally often',
    );
  },
};
