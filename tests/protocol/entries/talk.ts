/** A conversation for tests: who says what, having seen what; and the slow, plain way to say what is shown of it. */
import { nodeCryptoSuite } from '../../../src/adapters/node-crypto/suite.ts';
import { encodeEntry, messageIdOf } from '../../../src/protocol/entries/entry.ts';
import type { Body } from '../../../src/protocol/entries/entry.ts';
import type { Facts } from '../../../src/protocol/entries/fold.ts';
import { outlineOf } from '../../../src/protocol/entries/outline.ts';
import type { Outline } from '../../../src/protocol/entries/outline.ts';
import { createTimeline } from '../../../src/protocol/entries/timeline.ts';
import type { Timeline } from '../../../src/protocol/entries/timeline.ts';
import { shortOf } from '../../../src/protocol/ids.ts';
import type { DeviceId, MessageId, OperationId, PersonId, RoomId, Short } from '../../../src/protocol/ids.ts';

export const suite = nodeCryptoSuite;
export const nowMs = Date.UTC(2026, 10, 20, 12);
export const room = 'ab'.repeat(16) as RoomId;

export const hexOf = (name: string, bytes: number): string =>
  Buffer.from(suite.kdf(new Uint8Array(0), new TextEncoder().encode(name), new Uint8Array(0), bytes)).toString('hex');
export const deviceOf = (name: string): DeviceId => hexOf(`device ${name}`, 32) as DeviceId;
export const operationOf = (name: string): OperationId => hexOf(`operation ${name}`, 32) as OperationId;
const personNamed = (name: string): PersonId => hexOf(`person ${name}`, 32) as PersonId;

/** Asha has two devices and is admin. */
export const asha = { person: personNamed('asha'), phone: deviceOf('asha phone'), laptop: deviceOf('asha laptop') };
export const badru = { person: personNamed('badru'), phone: deviceOf('badru') };
export const chidi = { person: personNamed('chidi'), phone: deviceOf('chidi') };

export const persons: ReadonlyMap<DeviceId, PersonId> = new Map([
  [asha.phone, asha.person],
  [asha.laptop, asha.person],
  [badru.phone, badru.person],
  [chidi.phone, chidi.person],
]);

export const facts: Facts = {
  personOf: (device) => persons.get(device) ?? null,
  endsAt: () => null,
  isAdmin: (person) => person === asha.person,
};

export interface Said extends Outline {
  readonly bytes: Uint8Array;
}

let said = 0;

/** `seq` counts by itself where it is not given: only some tests care. */
export function say(
  device: DeviceId,
  body: Body,
  { at = 0, after = [], seq }: { at?: number; after?: readonly (Outline | Short)[]; seq?: number } = {},
): Said {
  said += 1;
  const parents = after.map((each) => (typeof each === 'string' ? each : shortOf(each.id)));
  const entry = { sentAtMs: nowMs + at, seq: seq ?? said, parents, body };
  const bytes = encodeEntry(entry);
  return { ...outlineOf(messageIdOf(suite, room, device, bytes), device, entry), bytes };
}

export const text = (words: string): Body => ({ kind: 'text', text: words });

export function timelineOf(outlines: readonly Outline[], known: Facts = facts, atMs: number = nowMs): Timeline {
  const timeline = createTimeline(known);
  for (const outline of outlines) timeline.add(outline, atMs);
  return timeline;
}

/** All that can be seen of it. */
export const seen = (timeline: Timeline): unknown => ({
  page: timeline.page(null, 10_000),
  heads: [...timeline.heads()].map(({ place }) => place).toSorted((one, other) => (one.id < other.id ? -1 : 1)),
  missing: [...timeline.missing()].toSorted(),
  held: timeline
    .held()
    .map(({ id }) => id)
    .toSorted(),
});

/** M2, M4, M6 once more, from the whole set, without any of the timeline's means. */
export function shownSlowly(outlines: readonly Outline[], known: Facts): unknown {
  const all = new Map(outlines.map((outline) => [outline.id, outline]));
  const named = (name: Short): Outline | undefined =>
    [...all.values()].filter(({ id }) => id.startsWith(name)).toSorted((one, other) => (one.id < other.id ? -1 : 1))[0];
  const times = new Map<MessageId, number>();
  const timeOf = (outline: Outline): number => {
    const before = times.get(outline.id);
    if (before !== undefined) return before;
    const parents = outline.parents.map(named).filter((each) => each !== undefined);
    const t = Math.max(outline.sentAtMs, ...parents.map((parent) => timeOf(parent) + 1));
    times.set(outline.id, t);
    return t;
  };
  const isBefore = (one: Outline, other: Outline): boolean =>
    timeOf(one) < timeOf(other) || (timeOf(one) === timeOf(other) && one.id < other.id);
  const inOrder = [...all.values()].toSorted((one, other) => (isBefore(one, other) ? -1 : 1));
  const meant = (id: MessageId): MessageId => {
    const target = all.get(id);
    return target?.says.kind === 'edit' ? meant(target.says.to) : id;
  };
  const isAt = (change: Outline, id: MessageId): boolean =>
    'to' in change.says && change.says.kind !== 'reply' && meant(change.says.to) === id;
  const personOf = (outline: Outline): PersonId | null => {
    const end = known.endsAt(outline.device);
    return end !== null && outline.seq > end ? null : known.personOf(outline.device);
  };
  const deleterOf = (target: Outline): PersonId | null => {
    for (const change of inOrder) {
      if (change.says.kind !== 'delete' || !isAt(change, target.id)) continue;
      const person = personOf(change);
      if (person === null) continue;
      if (person === known.personOf(target.device) || known.isAdmin(person, change)) return person;
    }
    return null;
  };
  return inOrder
    .filter(({ says }) => says.kind === 'text' || says.kind === 'reply')
    .filter((line) => personOf(line) !== null)
    .map((line) => {
      const changes = inOrder.filter((change) => isAt(change, line.id));
      const edits = changes.filter((change) => change.says.kind === 'edit' && personOf(change) === personOf(line));
      const reactions = changes.filter(
        (change) => change.says.kind === 'reaction' && personOf(change) !== null && deleterOf(change) === null,
      );
      const last = reactions.filter((one, at) => !reactions.slice(at + 1).some((later) => personOf(later) === personOf(one)));
      const by = deleterOf(line);
      return {
        id: line.id,
        device: line.device,
        person: personOf(line),
        place: { t: timeOf(line), id: line.id },
        sentAtMs: line.sentAtMs,
        replyTo: line.says.kind === 'reply' ? meant(line.says.to) : null,
        isTwice: outlines.some(({ id, device, seq }) => id !== line.id && device === line.device && seq === line.seq),
        shows:
          by === null
            ? {
                state: 'said',
                wordsOf: edits.at(-1)?.id ?? line.id,
                reactions: last.flatMap((one) =>
                  one.says.kind === 'reaction' && one.says.text !== '' ? [{ person: personOf(one), text: one.says.text }] : [],
                ),
              }
            : { state: 'deleted', by },
      };
    });
}

/** Every order of so few. */
export function* ordersOf<One>(all: readonly One[]): Iterable<readonly One[]> {
  if (all.length < 2) yield all;
  else {
    for (const [at, one] of all.entries()) {
      for (const rest of ordersOf(all.toSpliced(at, 1))) yield [one, ...rest];
    }
  }
}
