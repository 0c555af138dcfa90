/**
 * Finds for an envelope that comes the session and the number of its tag, among all sessions at once. A cache of their states, never
 * stored. Blocks are worked out only when a tag is asked for that is not known yet, the likeliest first and each once. Of a block its
 * tags are kept, and the secrets behind them only where an envelope was found: the others are made again when they are needed.
 */
import { isEqual } from '../bytes.ts';
import type { Suite } from '../suite/suite.ts';
import { findSkipped } from './receiving.ts';
import type { Receiving } from './receiving.ts';
import {
  blockNumbers,
  blockOf,
  currentBlock,
  lastBlockFor,
  maskBytes,
  numberSecrets,
  tagBlockAt,
  tagBytes,
  tagOf,
} from './tags.ts';
import type { NumberSecrets, TagBlock } from './tags.ts';

export interface FoundTag extends NumberSecrets {
  readonly session: string;
}

export interface TagSearch {
  /** Blocks of 64 tags to work out at most, where the tag is not known yet; else all there are. Anybody can send an unknown tag. */
  readonly blocks: number;
  /** Sessions to look in before all others: those with the device that it seems to come from. */
  readonly first?: readonly string[];
}

export interface TagIndex {
  /** Tells of a session as it is now: after each envelope opened in it. */
  put(session: string, receiving: Receiving): void;
  drop(session: string): void;
  /**
   * Null: nobody's, or, of a bounded search, not found so far. Then the caller keeps the envelope while `work(0)` is true, goes on with
   * `work` between its other work, and asks again once that is false (or after each slice, for free with `blocks: 0`): a tag that is
   * unknown then is nobody's.
   */
  find(tag: Uint8Array, search?: TagSearch): FoundTag | null;
  /** Works out so many blocks more, the likeliest first. True: more is to do. */
  work(blocks: number): boolean;
}

export function createTagIndex(suite: Suite): TagIndex {
  const pieces = new Map<string, Piece>();
  const shelves = new Map<string, Shelf>();
  /** Those with something to do, by how likely the next block of each is. */
  const waiting = Array.from({ length: 2 * maxAhead + 1 }, () => new Set<Shelf>());

  const learn = (piece: Piece): Piece => {
    for (let at = 0; at < piece.tags.length; at += tagBytes) pieces.set(nameAt(piece.tags, at), piece);
    return piece;
  };
  const forget = (piece: Piece): void => {
    for (let at = 0; at < piece.tags.length; at += tagBytes) pieces.delete(nameAt(piece.tags, at));
  };
  const queue = (shelf: Shelf): void => {
    for (const rank of waiting) rank.delete(shelf);
    const [next] = shelf.todo;
    if (next !== undefined) waiting[rankOf(shelf.receiving, next)]!.add(shelf);
  };
  /** Whether it was the tag's block: then its secrets stay, as more of the block is likely to come. */
  const workOut = (shelf: Shelf, name: string | null): boolean => {
    const block = shelf.todo.shift()!;
    const from = tagBlockAt(suite, shelf.receiving.tags, block);
    const piece: Piece = {
      shelf,
      first: block * blockNumbers,
      from,
      tags: new Uint8Array(blockNumbers * tagBytes),
      secrets: null,
    };
    const secrets = new Uint8Array(blockNumbers * rowBytes);
    for (let at = 0; at < blockNumbers; at += 1) {
      const { a, mask } = numberSecrets(suite, from, piece.first + at);
      secrets.set(a, at * rowBytes);
      secrets.set(mask, at * rowBytes + tagBytes);
      piece.tags.set(tagOf(suite, a), at * tagBytes);
    }
    shelf.blocks.set(block, learn(piece));
    queue(shelf);
    if (name === null || pieces.get(name) !== piece) return false;
    if (shelf.warm !== null) shelf.warm.secrets = null;
    shelf.warm = piece;
    piece.secrets = secrets;
    return true;
  };
  const likeliest = (): Shelf | undefined => {
    for (const rank of waiting) for (const shelf of rank) return shelf;
    return undefined;
  };
  const seek = (name: string, { blocks, first = [] }: TagSearch): void => {
    let left = blocks;
    for (const session of first) {
      const shelf = shelves.get(session);
      for (; shelf !== undefined && shelf.todo.length > 0 && left > 0; left -= 1) if (workOut(shelf, name)) return;
    }
    for (; left > 0; left -= 1) {
      const shelf = likeliest();
      if (shelf === undefined || workOut(shelf, name)) return;
    }
  };
  /** Numbers below the recognised blocks are known by their kept seeds alone. */
  const keepSkipped = (shelf: Shelf): void => {
    const { skipped, tags } = shelf.receiving;
    const passed = [...shelf.blocks].filter(([block]) => block < tags.block).map(([, piece]) => piece);
    const old = skipped.filter(({ n }) => blockOf(n) < tags.block);
    const kept = new Map(old.map((one) => [one.n, one]));
    const tagBefore = (n: number): Uint8Array | null => {
      const at = (n % blockNumbers) * tagBytes;
      return shelf.blocks.get(blockOf(n))?.tags.slice(at, at + tagBytes) ?? null;
    };
    const fresh = old.filter(({ n }) => !shelf.skipped.has(n)).map(({ n, a }) => ({ n, tag: tagBefore(n) ?? tagOf(suite, a) }));
    for (const piece of passed) {
      forget(piece);
      shelf.blocks.delete(blockOf(piece.first));
      if (shelf.warm === piece) shelf.warm = null;
    }
    for (const [n, piece] of shelf.skipped) {
      if (kept.has(n)) continue;
      forget(piece);
      shelf.skipped.delete(n);
    }
    for (const { n, tag } of fresh) shelf.skipped.set(n, learn({ shelf, first: n, from: null, tags: tag, secrets: null }));
  };

  const drop = (session: string): void => {
    const shelf = shelves.get(session);
    if (shelf === undefined) return;
    for (const piece of [...shelf.blocks.values(), ...shelf.skipped.values()]) forget(piece);
    for (const rank of waiting) rank.delete(shelf);
    shelves.delete(session);
  };

  return {
    put: (session, receiving) => {
      // A commit that failed takes a session back.
      if ((shelves.get(session)?.receiving.tags.block ?? 0) > receiving.tags.block) drop(session);
      const before = shelves.get(session);
      const current = currentBlock(receiving.reached);
      const last = lastBlockFor(receiving.reached);
      const shelf: Shelf = before ?? {
        session,
        receiving,
        planned: receiving.tags.block - 1,
        todo: [],
        blocks: new Map(),
        skipped: new Map(),
        warm: null,
      };
      const wasAt = currentBlock(shelf.receiving.reached);
      const isSame = before !== undefined && shelf.receiving.skipped === receiving.skipped && wasAt === current;
      shelf.receiving = receiving;
      shelves.set(session, shelf);
      if (before === undefined || wasAt !== current) {
        for (; shelf.planned < last; shelf.planned += 1) shelf.todo.push(shelf.planned + 1);
        shelf.todo = shelf.todo.filter((block) => block >= receiving.tags.block);
        shelf.todo.sort((one, other) => rankOf(receiving, one) - rankOf(receiving, other));
        queue(shelf);
      }
      if (!isSame) keepSkipped(shelf);
    },
    drop,
    find: (tag, search = { blocks: Infinity }) => {
      if (tag.length !== tagBytes) return null;
      const name = nameAt(tag, 0);
      if (!pieces.has(name)) seek(name, search);
      const piece = pieces.get(name);
      if (piece === undefined) return null;
      const secrets = secretsOf(suite, piece, rowOf(piece, tag));
      return secrets && { session: piece.shelf.session, ...secrets };
    },
    work: (blocks) => {
      for (let left = blocks; left > 0; left -= 1) {
        const shelf = likeliest();
        if (shelf === undefined) return false;
        workOut(shelf, null);
      }
      return likeliest() !== undefined;
    },
  };
}

/** Numbers that follow each other, and their tags: a block, or a single one that was skipped. */
interface Piece {
  readonly shelf: Shelf;
  readonly first: number;
  /** Makes the secrets of a block; null of a skipped number, whose `a` was kept. */
  readonly from: TagBlock | null;
  readonly tags: Uint8Array;
  /** Of each number its `a` and its mask. */
  secrets: Uint8Array | null;
}

interface Shelf {
  readonly session: string;
  receiving: Receiving;
  /** Blocks up to here are worked out, or to do. */
  planned: number;
  /** The likeliest first. */
  todo: number[];
  readonly blocks: Map<number, Piece>;
  readonly skipped: Map<number, Piece>;
  /** The one block whose secrets are kept. */
  warm: Piece | null;
}

const rowBytes = tagBytes + maskBytes;
const noMask = new Uint8Array(0);
const maxAhead = lastBlockFor(0);

/** The current block and those after it, then those before. */
function rankOf({ reached }: Receiving, block: number): number {
  const ahead = block - currentBlock(reached);
  return ahead >= 0 ? ahead : maxAhead - ahead;
}

/** A letter for each byte: a key of a map, half as long as in hex. */
const nameAt = (tags: Uint8Array, at: number): string => String.fromCharCode(...tags.subarray(at, at + tagBytes));

function rowOf({ tags }: Piece, tag: Uint8Array): number {
  let row = 0;
  while (!isEqual(tags.subarray(row * tagBytes, (row + 1) * tagBytes), tag)) row += 1;
  return row;
}

function secretsOf(suite: Suite, { shelf, first, from, secrets }: Piece, row: number): NumberSecrets | null {
  const n = first + row;
  if (from === null) {
    const skipped = findSkipped(shelf.receiving, n);
    return skipped && { n, a: skipped.a, mask: noMask };
  }
  if (secrets === null) return numberSecrets(suite, from, n);
  const at = row * rowBytes;
  return { n, a: secrets.slice(at, at + tagBytes), mask: secrets.slice(at + tagBytes, at + rowBytes) };
}
