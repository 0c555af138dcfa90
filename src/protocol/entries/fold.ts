/** What a message shows, once all that was said about it is heard: edited, deleted, reacted to. The order of arrival plays no part. */
import type { DeviceId, MessageId, PersonId } from '../ids.ts';
import type { Node } from './graph.ts';
import { comparePlaces } from './ordered.ts';
import type { Place } from './ordered.ts';
import type { Outline } from './outline.ts';

/** Of the room's own fold. */
export interface Facts {
  /** Null: never a member's. */
  personOf(device: DeviceId): PersonId | null;
  /** M2: the last seq of the device that counts; null where nothing ended it. */
  endsAt(device: DeviceId): number | null;
  /** M6: whether the person is an admin as far as this delete goes. */
  isAdmin(person: PersonId, by: Outline): boolean;
}

export interface Line {
  readonly id: MessageId;
  readonly device: DeviceId;
  readonly person: PersonId;
  readonly place: Place;
  readonly sentAtMs: number;
  readonly replyTo: MessageId | null;
  /** M1: its device said something else too, under the same seq. */
  readonly isTwice: boolean;
  readonly shows: Shows;
}

export type Shows =
  /** The words are those of `wordsOf`: its own, or its last edit's. */
  | { readonly state: 'said'; readonly wordsOf: MessageId; readonly reactions: readonly Reaction[] }
  | { readonly state: 'deleted'; readonly by: PersonId }
  /** Its time is over, here. */
  | { readonly state: 'gone' };

export interface Reaction {
  readonly person: PersonId;
  readonly text: string;
}

/** M2: who says it, where that counts. */
export function speaker({ device, seq }: Outline, facts: Facts): PersonId | null {
  const end = facts.endsAt(device);
  return end !== null && seq > end ? null : facts.personOf(device);
}

/** All that is aimed at an id, or at its edits. */
export interface About {
  readonly deletes: readonly Node[];
  /** Edits and reactions. */
  readonly changes: readonly Node[];
}

export function foldShows(message: Node, aboutOf: (id: MessageId) => About, facts: Facts): Shows {
  const author = speaker(message.outline, facts);
  const about = aboutOf(message.outline.id);
  const by = deletedBy(message.outline, about, facts);
  if (by !== null) return { state: 'deleted', by };
  let words: Place = message.place;
  const last = new Map<PersonId, Node>();
  for (const change of about.changes) {
    const person = speaker(change.outline, facts);
    if (person === null) continue;
    const { kind } = change.outline.says;
    if (kind === 'edit' && person === author && isLater(change.place, words, message.place)) words = change.place;
    if (kind !== 'reaction' || deletedBy(change.outline, aboutOf(change.outline.id), facts) !== null) continue;
    const before = last.get(person);
    if (before === undefined || comparePlaces(before.place, change.place) < 0) last.set(person, change);
  }
  const reactions = [...last]
    .map(([person, { outline, place }]) => ({ person, text: outline.says.kind === 'reaction' ? outline.says.text : '', place }))
    .filter(({ text }) => text !== '')
    .toSorted((one, other) => comparePlaces(one.place, other.place));
  return { state: 'said', wordsOf: words.id, reactions: reactions.map(({ person, text }) => ({ person, text })) };
}

/** M6: by its own person, or an admin. Of several, who comes first in the order. */
export function deletedBy(target: Outline, about: About, facts: Facts): PersonId | null {
  if (target.says.kind === 'delete' || target.says.kind === 'head') return null;
  const owner = facts.personOf(target.device);
  let first: { readonly person: PersonId; readonly place: Place } | null = null;
  for (const { outline, place } of about.deletes) {
    const person = speaker(outline, facts);
    if (person === null || (person !== owner && !facts.isAdmin(person, outline))) continue;
    if (first === null || comparePlaces(place, first.place) < 0) first = { person, place };
  }
  return first?.person ?? null;
}

/** An edit replaces the words as written, wherever a wrong clock puts it; among edits the later one. */
const isLater = (edit: Place, words: Place, written: Place): boolean => words === written || comparePlaces(words, edit) < 0;
