/**
 * Who had seen what: entries, the parents they name, and the time each has in the order (M4).
 *
 * One more entry costs its parents, and where it comes late those after it whose time it moves, each once. What an insider can do
 * is to send its own entries last first, each naming the one before and all dated alike: then each arrival moves all that came.
 */
import { shortOf } from '../ids.ts';
import type { MessageId, Short } from '../ids.ts';
import { createOrdered } from './ordered.ts';
import type { Place } from './ordered.ts';
import type { Outline } from './outline.ts';

export interface Graph {
  /** Gives what moved of those that were here before. Nothing is changed by what is here already. */
  add(outline: Outline): readonly Moved[];
  get(id: MessageId): Node | undefined;
  /** Those that none names, in no order: an insider can make them many. */
  heads(): Iterable<Node>;
  /** Named, and not here: entries that did not come, and operations. */
  missing(): Iterable<Short>;
}

export interface Node {
  readonly outline: Outline;
  readonly place: Place;
}

export interface Moved {
  readonly node: Node;
  readonly from: Place;
}

export function createGraph(): Graph {
  const nodes = new Map<MessageId, Mutable>();
  /** M5: where two begin alike, the lower id is meant. */
  const meant = new Map<Short, Mutable>();
  const naming = new Map<Short, Mutable[]>();
  const heads = new Map<Short, Mutable>();
  const missing = new Set<Short>();

  const timeOf = (outline: Outline): number => {
    let t = outline.sentAtMs;
    for (const parent of outline.parents) {
      const known = meant.get(parent);
      if (known !== undefined && known.outline !== outline) t = Math.max(t, known.place.t + 1);
    }
    return t;
  };

  /**
   * In the order of the old times, which rise along parents: so each is done once, after all of its parents.
   * Ids are hashes, so nothing leads back to itself; if 2^64 work made a ring of beginnings, each in it is still done once.
   */
  const moveChildren = (of: Mutable, first: readonly Mutable[]): readonly Moved[] => {
    const moved: Moved[] = [];
    const queue = createOrdered();
    const queued = new Set<MessageId>([of.outline.id]);
    const push = (node: Mutable): void => {
      if (queued.has(node.outline.id)) return;
      queued.add(node.outline.id);
      queue.insert(node.place);
    };
    first.forEach(push);
    for (let next = queue.takeFirst(); next !== undefined; next = queue.takeFirst()) {
      const node = nodes.get(next.id)!;
      const t = timeOf(node.outline);
      if (t === next.t) continue;
      node.place = { t, id: next.id };
      moved.push({ node, from: next });
      const name = shortOf(next.id);
      if (meant.get(name) === node) naming.get(name)?.forEach(push);
    }
    return moved;
  };

  return {
    add: (outline) => {
      if (nodes.has(outline.id)) return [];
      const name = shortOf(outline.id);
      const node: Mutable = { outline, place: { t: timeOf(outline), id: outline.id } };
      nodes.set(outline.id, node);
      for (const parent of new Set(outline.parents)) {
        const children = naming.get(parent);
        if (children === undefined) naming.set(parent, [node]);
        else children.push(node);
        heads.delete(parent);
        if (!meant.has(parent)) missing.add(parent);
      }
      missing.delete(name);
      const other = meant.get(name);
      if (other !== undefined && other.outline.id < outline.id) return [];
      meant.set(name, node);
      const children = naming.get(name);
      if (children === undefined) heads.set(name, node);
      return children === undefined ? [] : moveChildren(node, children);
    },
    get: (id) => nodes.get(id),
    heads: () => heads.values(),
    missing: () => missing,
  };
}

interface Mutable extends Node {
  place: Place;
}
