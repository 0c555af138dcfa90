/** Moves root and chains: a new pair's agreement gives the next root and a new chain, a chain gives the seeds of its numbers. */
import { concat } from '../bytes.ts';
import { stepChain } from '../suite/chain.ts';
import { labelled, nothing } from '../suite/label.ts';
import { sizes } from '../suite/suite.ts';
import type { Luck, Suite } from '../suite/suite.ts';

export interface KeyPair {
  readonly secret: Uint8Array;
  readonly key: Uint8Array;
}

export function makeKeyPair(suite: Suite, luck: Luck): KeyPair {
  const secret = luck(sizes.dhKey);
  return { secret, key: suite.dhPublic(secret) };
}

export interface RootStep {
  readonly root: Uint8Array;
  readonly chain: Uint8Array;
}

/** Null where the agreement is all zero (S1). `epochSecret` enters with the first step under its epoch. */
export function stepRoot(
  suite: Suite,
  root: Uint8Array,
  secret: Uint8Array,
  theirs: Uint8Array,
  epoch: number,
  epochSecret: Uint8Array | null,
): RootStep | null {
  const shared = suite.dh(secret, theirs);
  if (shared === null) return null;
  const both = suite.kdf(root, concat([shared, epochSecret ?? nothing]), labelled('ratchet', Uint8Array.of(epoch)), 64);
  return { root: both.slice(0, 32), chain: both.slice(32) };
}

export interface Walk {
  readonly chain: Uint8Array;
  readonly seeds: readonly Uint8Array[];
}

/** The seeds of the next `count` numbers, and the chain after them. */
export function walk(suite: Suite, from: Uint8Array, count: number): Walk {
  const seeds: Uint8Array[] = [];
  let chain = from;
  while (seeds.length < count) {
    const step = stepChain(suite, chain);
    chain = step.next;
    seeds.push(step.seed);
  }
  return { chain, seeds };
}
