/** The entropy port from a seed. For tests alone: anybody who knows the seed knows it all. */
import type { Entropy } from '../../ports/entropy.ts';
import type { Random } from './random.ts';

export const unsafeSeededEntropy = (random: Random): Entropy => ({
  bytes: (length) => random.bytes(length),
});
