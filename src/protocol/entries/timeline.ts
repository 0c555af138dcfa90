/**
 * A conversation as it is shown: a function of the entries that are here, the room's facts and the clock, however they came.
 *
 * It is kept in memory and made anew from what is stored. One more entry costs log n, its parents (graph.ts) and, when it is
 * looked at, what is said about its message. It holds no words: a line says whose to load.
 */
import type { DeviceId, MessageId, Short } from '../ids.ts';
import { limits } from '../limits.ts';
import { deletedBy, foldShows, speaker } from './fold.ts';
import type { About, Facts, Line, Shows } from './fold.ts';
import { createGraph } from './graph.ts';
import type { Node } from './graph.ts';
import { createOrdered } from './ordered.ts';
import type { Place } from './ordered.ts';
import type { Outline } from './outline.ts';

export interface Timeline {
  add(outline: Outline, nowMs: number): Changed;
  /** M4: takes in what was held and is near enough by now. */
  release(nowMs: number): Changed;
  /** The words are gone from this device: their time was over (M8), or they were erased before. */
  forget(id: MessageId): Changed;
  /** The room's fold has changed. */
  judge(facts: Facts): Changed;
  line(id: MessageId): Line | null;
  /** At most so many, oldest first, that come before the place, or the last ones. */
  page(before: Place | null, count: number): readonly Line[];
  /** M5: entries that none names. */
  heads(): Iterable<Node>;
  /** Named here by somebody, and neither here nor, perhaps, an operation. */
  missing(): Iterable<Short>;
  /** M4: too far ahead of the clock to be shown. */
  held(): readonly Outline[];
}

export interface Changed {
  /** Lines to be looked at again. */
  readonly lines: readonly MessageId[];
  /** M7: entries whose words are to go from the disk; each is said once. */
  readonly erase: readonly MessageId[];
}

export function createTimeline(first: Facts): Timeline {
  let facts = first;
  const graph = createGraph();
  const lines = createOrdered();
  const held = new Map<MessageId, Outline>();
  /** By what it means in the end, edits followed. */
  const about = new Map<MessageId, Gathered>();
  const aimOfEdit = new Map<MessageId, MessageId>();
  const said = new Map<DeviceId, Map<number, MessageId>>();
  const twice = new Set<MessageId>();
  const gone = new Set<MessageId>();
  const erased = new Set<MessageId>();
  const shown = new Map<MessageId, Shows>();

  const aboutOf = (id: MessageId): About => about.get(id) ?? nothingAbout;

  /** What an aim means in the end, edits followed. The way is shortened as it is walked. */
  const meaning = (aim: MessageId): MessageId => {
    let end = aim;
    for (let next = aimOfEdit.get(end); next !== undefined; next = aimOfEdit.get(end)) end = next;
    for (let at = aim; at !== end;) {
      const next = aimOfEdit.get(at)!;
      aimOfEdit.set(at, end);
      at = next;
    }
    return end;
  };

  /** The line that shows differently when this entry comes or moves. */
  const lineOf = ({ id, says }: Outline): MessageId => {
    if (!isAimed(says)) return id;
    const target = meaning(says.to);
    const reaction = graph.get(target)?.outline.says;
    return reaction?.kind === 'reaction' ? meaning(reaction.to) : target;
  };

  const isOver = (id: MessageId): boolean => {
    const target = graph.get(id)?.outline;
    return gone.has(id) || (target !== undefined && deletedBy(target, aboutOf(id), facts) !== null);
  };

  /** M7: once a message is over, its words, those of its edits, and what was said to it in reactions. */
  const eraseAt = (id: MessageId): readonly MessageId[] => {
    if (!isOver(id)) return [];
    const ids = [id, ...aboutOf(id).changes.map(({ outline }) => outline.id)];
    const fresh = ids.filter((each) => graph.get(each) !== undefined && !erased.has(each));
    for (const each of fresh) erased.add(each);
    return fresh;
  };

  const noteSeq = ({ id, device, seq }: Outline): readonly MessageId[] => {
    const ids = said.get(device) ?? new Map<number, MessageId>();
    said.set(device, ids);
    const other = ids.get(seq);
    if (other === undefined) {
      ids.set(seq, id);
      return [];
    }
    twice.add(id).add(other);
    return [other];
  };

  const take = (outline: Outline): Changed => {
    if (graph.get(outline.id) !== undefined) return nothingChanged;
    const moved = graph.add(outline);
    const node = graph.get(outline.id)!;
    const { id, says } = outline;
    for (const each of moved) {
      if (!isLine(each.node.outline)) continue;
      lines.remove(each.from);
      lines.insert(each.node.place);
    }
    if (isLine(outline)) lines.insert(node.place);
    if (says.kind === 'edit') {
      aimOfEdit.set(id, says.to);
      const waiting = about.get(id);
      about.delete(id);
      if (waiting !== undefined) gather(about, meaning(id), [...waiting.deletes, ...waiting.changes]);
    }
    if (isAimed(says)) gather(about, meaning(says.to), [node]);
    const changed = new Set([lineOf(outline), ...noteSeq(outline), ...moved.map((each) => lineOf(each.node.outline))]);
    for (const each of changed) shown.delete(each);
    const over = new Set([lineOf(outline), isAimed(says) ? meaning(says.to) : id, id]);
    return { lines: [...changed], erase: [...over].flatMap(eraseAt) };
  };

  const lineAt = (id: MessageId): Line | null => {
    const node = graph.get(id);
    if (node === undefined || !isLine(node.outline)) return null;
    const { device, sentAtMs, says } = node.outline;
    const person = speaker(node.outline, facts);
    if (person === null) return null;
    let shows = shown.get(id);
    if (shows === undefined) {
      shows = foldShows(node, aboutOf, facts);
      if (shows.state === 'said' && gone.has(id)) shows = { state: 'gone' };
      shown.set(id, shows);
    }
    const replyTo = says.kind === 'reply' ? meaning(says.to) : null;
    return { id, device, person, place: node.place, sentAtMs, replyTo, isTwice: twice.has(id), shows };
  };

  return {
    add: (outline, nowMs) => {
      if (outline.sentAtMs <= nowMs + limits.aheadMs) return take(outline);
      held.set(outline.id, outline);
      return nothingChanged;
    },
    release: (nowMs) => {
      const near = [...held.values()].filter(({ sentAtMs }) => sentAtMs <= nowMs + limits.aheadMs);
      for (const { id } of near) held.delete(id);
      return merge(near.map(take));
    },
    forget: (id) => {
      gone.add(id);
      shown.delete(id);
      return { lines: [id], erase: eraseAt(id) };
    },
    judge: (next) => {
      facts = next;
      shown.clear();
      return { lines: [...lines.downFrom(null)].map(({ id }) => id), erase: [...about.keys()].flatMap(eraseAt) };
    },
    line: lineAt,
    page: (before, count) => {
      const page: Line[] = [];
      for (const { id } of lines.downFrom(before)) {
        if (page.length >= count) break;
        const line = lineAt(id);
        if (line !== null) page.push(line);
      }
      return page.toReversed();
    },
    heads: () => graph.heads(),
    missing: () => graph.missing(),
    held: () => [...held.values()],
  };
}

const nothingChanged: Changed = { lines: [], erase: [] };

const isLine = ({ says }: Outline): boolean => says.kind === 'text' || says.kind === 'reply';

const isAimed = (
  says: Outline['says'],
): says is Outline['says'] & { readonly kind: 'edit' | 'delete' | 'reaction'; readonly to: MessageId } =>
  says.kind === 'edit' || says.kind === 'delete' || says.kind === 'reaction';

interface Gathered extends About {
  readonly deletes: Node[];
  readonly changes: Node[];
}

const nothingAbout: About = { deletes: [], changes: [] };

function gather(about: Map<MessageId, Gathered>, id: MessageId, more: readonly Node[]): void {
  const known = about.get(id) ?? { deletes: [], changes: [] };
  about.set(id, known);
  for (const node of more) (node.outline.says.kind === 'delete' ? known.deletes : known.changes).push(node);
}

const merge = (all: readonly Changed[]): Changed => ({
  lines: [...new Set(all.flatMap(({ lines }) => lines))],
  erase: all.flatMap(({ erase }) => erase),
});
