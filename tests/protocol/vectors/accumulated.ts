/** CCTV's accumulated ML-KEM-768 run: thousands of random cases, held against one hash that other implementations agree on. */
import { shake128 } from '@noble/hashes/sha3.js';
import type { Suite } from '../../../src/protocol/suite/suite.ts';
import { sizes } from '../../../src/protocol/suite/suite.ts';

/** For the final FIPS 203, as in Go's `crypto/mlkem` (TestAccumulated); those in CCTV's README are the draft's, and hash dk too. */
export const accumulatedHashes: Readonly<Record<number, string>> = {
  100: '1114b1b6699ed191734fa339376afa7e285c9e6acf6ff0177d346696ce564415',
  10_000: '8a518cc63da366322a8e7a818c7a0d63483cb3528d34a4cf42f35d5ad73f22fc',
};

export function accumulate(suite: Suite, rounds: number): string {
  const luck = shake128.create({});
  const sum = shake128.create({ dkLen: 32 });
  for (let round = 0; round < rounds; round += 1) {
    const secret = luck.xof(sizes.kemSecret);
    const key = suite.kemPublic(secret);
    const made = suite.encapsulate(key, luck.xof(sizes.kemLuck));
    if (made === null) throw new Error(`round ${round}: our own key was refused`);
    const [shared, wrong] = [made.ciphertext, luck.xof(sizes.kemCiphertext)].map((each) => suite.decapsulate(secret, each));
    if (shared?.join() !== made.shared.join()) throw new Error(`round ${round}: the two sides differ`);
    sum
      .update(key)
      .update(made.ciphertext)
      .update(made.shared)
      .update(wrong ?? new Uint8Array(0));
  }
  return Buffer.from(sum.digest()).toString('hex');
}
