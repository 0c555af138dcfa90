/** What the numbers of one direction are known by: each has a secret `a`, which acknowledges it, and the hash of that is its tag. */
import { labelled } from '../suite/label.ts';
import type { Suite } from '../suite/suite.ts';

/** 0 from the initiator to the responder, 1 back. */
export type Direction = 0 | 1;

/** One key makes the 64 numbers of a block, and the key of the next block. */
export interface TagBlock {
  readonly block: number;
  readonly key: Uint8Array;
}

export interface NumberSecrets {
  readonly n: number;
  readonly a: Uint8Array;
  /** For the header. */
  readonly mask: Uint8Array;
}

/** S5: the current block and four on either side. Behind, so that what comes again is acknowledged again. */
export const blocksAround = 4;
export const blockNumbers = 64;
export const tagBytes = 16;
/** Numbers stand in 32 bits. */
export const mostNumbers: number = 2 ** 32;
export const maskBytes = 35;

export const blockOf = (n: number): number => Math.floor(n / blockNumbers);

/** The first block still recognised where every number below `reached` was passed. */
export const firstBlockFor = (reached: number): number => Math.max(0, currentBlock(reached) - blocksAround);
export const lastBlockFor = (reached: number): number => currentBlock(reached) + blocksAround;

export function firstTagBlock(suite: Suite, sessionId: Uint8Array, root0: Uint8Array, direction: Direction): TagBlock {
  return { block: 0, key: suite.kdf(sessionId, root0, labelled('tags', Uint8Array.of(direction)), 32) };
}

/** Forward only: the key of a block that was passed is gone. */
export function tagBlockAt(suite: Suite, from: TagBlock, block: number): TagBlock {
  if (block < from.block) throw new Error(`tags go forward only: ${from.block} to ${block}`);
  let at = from;
  while (at.block < block) at = { block: at.block + 1, key: suite.mac(at.key, nextBlock).slice(0, 32) };
  return at;
}

export function numberSecrets(suite: Suite, from: TagBlock, n: number): NumberSecrets {
  const { key } = tagBlockAt(suite, from, blockOf(n));
  const made = suite.mac(key, numberInputs[n % blockNumbers]!);
  return { n, a: made.slice(0, tagBytes), mask: made.slice(tagBytes, tagBytes + maskBytes) };
}

export const tagOf = (suite: Suite, a: Uint8Array): Uint8Array => suite.hash(a).slice(0, tagBytes);

export const currentBlock = (reached: number): number => blockOf(Math.max(0, reached - 1));
const nextBlock = labelled('next block');
const numberInputs = Array.from({ length: blockNumbers }, (_, at) => labelled('tag', Uint8Array.of(at)));
