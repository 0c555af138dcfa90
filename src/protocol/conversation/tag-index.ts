/**
 * Finds for an envelope that comes the session and the number of its tag, among all sessions at once. A cache of their states, never
 * stored. Blocks are worked out only when a tag is asked for that is not known yet, the likeliest first and each once.
 */
import { bytesToHex } from '@noble/hashes/utils.js';
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
import type { NumberSecrets } from './tags.ts';

export interface FoundTag extends NumberSecrets {
  readonly session: string;
}

export interface TagIndex {
  /** Tells of a session as it is now: after each envelope opened in it. */
  put(session: string, receiving: Receiving): void;
  drop(session: string): void;
  find(tag: Uint8Array): FoundTag | null;
}

export function createTagIndex(suite: Suite): TagIndex {
  const rows = new Map<string, Row>();
  const shelves = new Map<string, Shelf>();

  const learn = (shelf: Shelf, n: number, a: Uint8Array): void => {
    const tag = bytesToHex(tagOf(suite, a));
    shelf.tags.set(n, tag);
    rows.set(tag, { shelf, n });
  };
  const forget = (shelf: Shelf, n: number): void => {
    rows.delete(shelf.tags.get(n) ?? '');
    shelf.tags.delete(n);
  };
  const workOut = (shelf: Shelf, block: number): void => {
    const from = tagBlockAt(suite, shelf.receiving.tags, block);
    const made = new Uint8Array(blockNumbers * rowBytes);
    for (let at = 0; at < blockNumbers; at += 1) {
      const { n, a, mask } = numberSecrets(suite, from, block * blockNumbers + at);
      made.set(a, at * rowBytes);
      made.set(mask, at * rowBytes + tagBytes);
      learn(shelf, n, a);
    }
    shelf.blocks.set(block, made);
  };
  /** Numbers below the recognised blocks are known by their kept seeds alone. */
  const keepSkipped = (shelf: Shelf): void => {
    const { skipped, tags } = shelf.receiving;
    const old = skipped.filter(({ n }) => blockOf(n) < tags.block);
    const kept = new Set(old.map(({ n }) => n));
    for (const n of [...shelf.tags.keys()]) if (blockOf(n) < tags.block && !kept.has(n)) forget(shelf, n);
    for (const { n, a } of old) if (!shelf.tags.has(n)) learn(shelf, n, a);
  };
  const secretsOf = ({ shelf, n }: Row): NumberSecrets | null => {
    const made = shelf.blocks.get(blockOf(n));
    if (made === undefined) {
      const skipped = findSkipped(shelf.receiving, n);
      return skipped && { n, a: skipped.a, mask: noMask };
    }
    const from = (n % blockNumbers) * rowBytes;
    return { n, a: made.slice(from, from + tagBytes), mask: made.slice(from + tagBytes, from + rowBytes) };
  };

  return {
    put: (session, receiving) => {
      const before = shelves.get(session);
      const last = lastBlockFor(receiving.reached);
      const shelf: Shelf = before ?? {
        session,
        receiving,
        planned: last,
        todo: likeliest(receiving),
        blocks: new Map(),
        tags: new Map(),
      };
      const isMoved = shelf.receiving.tags.block !== receiving.tags.block;
      const isSame = before !== undefined && !isMoved && shelf.receiving.skipped === receiving.skipped;
      shelf.receiving = receiving;
      shelves.set(session, shelf);
      for (; shelf.planned < last; shelf.planned += 1) shelf.todo.push(shelf.planned + 1);
      if (isMoved) {
        shelf.todo = shelf.todo.filter((block) => block >= receiving.tags.block);
        for (const block of shelf.blocks.keys()) if (block < receiving.tags.block) shelf.blocks.delete(block);
      }
      if (!isSame) keepSkipped(shelf);
    },
    drop: (session) => {
      const shelf = shelves.get(session);
      for (const tag of shelf?.tags.values() ?? []) rows.delete(tag);
      shelves.delete(session);
    },
    find: (tag) => {
      const name = bytesToHex(tag);
      let row = rows.get(name);
      for (let isMore = row === undefined; isMore && row === undefined;) {
        isMore = false;
        for (const shelf of shelves.values()) {
          const block = shelf.todo.shift();
          if (block === undefined) continue;
          isMore = true;
          workOut(shelf, block);
          row = rows.get(name);
          if (row !== undefined) break;
        }
      }
      const secrets = row && secretsOf(row);
      return row && secrets ? { session: row.shelf.session, ...secrets } : null;
    },
  };
}

interface Row {
  readonly shelf: Shelf;
  readonly n: number;
}

interface Shelf {
  readonly session: string;
  receiving: Receiving;
  /** Blocks up to here are worked out, or to do. */
  planned: number;
  todo: number[];
  /** Of each number its `a` and its mask. */
  readonly blocks: Map<number, Uint8Array>;
  /** Every tag known of the session, by number. */
  readonly tags: Map<number, string>;
}

const rowBytes = tagBytes + maskBytes;
const noMask = new Uint8Array(0);

/** The current block and those after it, then those before. */
function likeliest({ tags, reached }: Receiving): number[] {
  const current = currentBlock(reached);
  const blocks = Array.from({ length: lastBlockFor(reached) - current + 1 }, (_, at) => current + at);
  for (let block = current - 1; block >= tags.block; block -= 1) blocks.push(block);
  return blocks;
}
