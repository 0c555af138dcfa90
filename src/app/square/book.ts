/** What of a Square is here: the last 200 messages of a day, and how lately each device spoke. */
import type { Core } from '../core.ts';
import { decodeText } from '../../protocol/bytes.ts';
import type { Message } from '../../protocol/content.ts';
import { forgetFirst } from '../../protocol/forget-first.ts';
import type { DeviceId } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import type { RefusalReason } from '../../protocol/refusal.ts';
import { isTooSoon, squareRefusal } from '../../protocol/square/pace.ts';
import type { Spoken } from '../../protocol/square/pace.ts';
import type { Write } from '../../ports/storage.ts';
import type { Outbox } from '../delivery/outbox.ts';
import { keyOf, under } from '../records.ts';
import { lastOf } from '../rooms/keep-message.ts';
import { readKept } from '../rooms/kept.ts';
import { lastOf as lastNumber, withEntry, withUpTo, writeRoom } from '../rooms/room.ts';
import type { Room } from '../rooms/room.ts';
import type { Owner } from './owner.ts';
import type { Timelines } from '../rooms/timeline.ts';

export interface Book {
  load(): Promise<void>;
  /** Why it is not taken; null: nothing here speaks against it. */
  judge(message: Message): RefusalReason | null;
  /** It is taken, and counts for its author's pace, before the disk has it. */
  heard(message: Spoken): void;
  /** These are on the disk now. */
  kept(messages: readonly Message[]): void;
  saidBy(device: DeviceId): readonly Spoken[];
  /** Where a message that is here lies. */
  keyOf(message: Pick<Spoken, 'author' | 'id'>): string | null;
  /** In the lane: what is too old or too much is gone from disk and screen, and what nobody gives is waited for no more. */
  tidy(): Promise<void>;
  /** In the lane: what is shown changed. */
  reshow(): Promise<void>;
}

export interface BookDesk {
  readonly timelines: Timelines;
  readonly outbox: Outbox;
  readonly owner: Pick<Owner, 'word' | 'isShut'>;
  isHere(device: DeviceId): boolean;
}

export function createBook(core: Core, room: Room, desk: BookDesk): Book {
  const here = new Map<string, Spoken>();
  const voices = new Map<DeviceId, Spoken[]>();
  /** Gaps as they were at the last look. */
  let gaps = new Map<DeviceId, number>();

  const heard = (message: Spoken): void => {
    const said = voices.get(message.author) ?? [];
    if (said.some(({ id }) => id === message.id)) return;
    voices.delete(message.author);
    voices.set(message.author, [...said, message].slice(-mostSaid));
    forgetFirst(voices, mostVoices);
  };

  const add = (message: Message): void => {
    const { author, id, n, sentAtMs } = message;
    here.set(keyOf.timeline(room.id, message), { author, id, n, sentAtMs });
    heard({ author, id, n, sentAtMs });
  };

  const inOrder = (): readonly string[] => [...here.keys()].toSorted();

  /** The oldest first. */
  const surplus = (): readonly string[] => {
    const after = Math.max(core.clock.nowMs() - limits.squareMs, desk.owner.word()?.clearedMs ?? 0);
    const keys = inOrder();
    return keys.filter((key, at) => (here.get(key)?.sentAtMs ?? 0) <= after || at < keys.length - limits.squareMessages);
  };

  const erase = async (keys: readonly string[]): Promise<boolean> => {
    const me = core.me()?.key.id;
    const writes: Write[] = [];
    const mine = new Set<number>();
    for (const key of keys) {
      const spoken = here.get(key);
      if (spoken === undefined) continue;
      writes.push({ op: 'delete', key });
      for (const log of [keyOf.log(room.id, spoken.author, spoken.n), keyOf.twin(room.id, spoken.author, spoken.n, 1)]) {
        const place = await core.storage.get(log);
        if (place !== null && decodeText(place.value) === key) writes.push({ op: 'delete', key: log });
      }
      if (spoken.author === me) mine.add(spoken.n);
    }
    const staying = new Set([...here].flatMap(([key, { author }]) => (keys.includes(key) ? [] : author)));
    const gone = [...room.heads.keys()].filter((device) => device !== me && !staying.has(device));
    writes.push(...gone.map((device): Write => ({ op: 'delete', key: keyOf.head(room.id, device) })));
    // Who has what of mine: of words that are gone nobody asks.
    const had = me === undefined || staying.has(me) ? [] : [...room.got.keys()];
    writes.push(...had.map((device): Write => ({ op: 'delete', key: keyOf.got(room.id, device) })));
    // Whoever was not here in a day does not hear it any more.
    const settled = me === undefined ? null : desk.outbox.settled(room.id, new Map([[me, { upTo: 0, above: mine, from: 0 }]]));
    if (!(await core.commit([...writes, ...(settled?.writes ?? [])], 'relaxed'))) return false;
    settled?.apply();
    for (const key of keys) here.delete(key);
    for (const device of had) room.got.delete(device);
    for (const device of gone) {
      room.heads.delete(device);
      if (!desk.isHere(device)) room.names.delete(device);
    }
    desk.timelines.remove(room, keys);
    return true;
  };

  /** What nobody gave from one look to the next, nobody has: it was before us, or too old, or not to be heard. */
  const closeGaps = (): void => {
    const open = [...room.heads].filter(([, head]) => head.above.size > 0);
    for (const [device, head] of open) {
      if (gaps.get(device) === head.upTo) room.heads.set(device, withUpTo(head, lastNumber(head)));
    }
    gaps = new Map(open.map(([device, head]) => [device, head.upTo]));
  };

  const isHere = (): boolean => core.rooms.get(room.id) === room;

  const book: Book = {
    load: async () => {
      for (const { key, value } of await core.storage.range(under(`timeline/${room.id}`))) {
        const message = readKept(key, value);
        if (message !== null) add(message);
      }
    },
    heard,
    judge: (message) => {
      if (message.text.trim() === '') return 'bad-text';
      const why = squareRefusal(message, core.clock.nowMs(), desk.owner.word(), desk.owner.isShut());
      if (why !== null) return why;
      const said = voices.get(message.author) ?? [];
      if (isTooSoon(message, said)) {
        // Nobody shall offer it again.
        const head = room.heads.get(message.author);
        if (head !== undefined) room.heads.set(message.author, withEntry(head, message.n));
        return 'too-fast';
      }
      const oldest = here.size < limits.squareMessages ? null : inOrder()[0];
      if (oldest !== null && oldest !== undefined && keyOf.timeline(room.id, message) < oldest) return 'too-old';
      return null;
    },
    kept: (messages) => {
      messages.forEach(add);
      if (here.size > limits.squareMessages) void core.lane.run(book.tidy);
    },
    saidBy: (device) => voices.get(device) ?? [],
    keyOf: ({ author, id }) => [...here].find(([, each]) => each.author === author && each.id === id)?.[0] ?? null,
    tidy: async () => {
      if (!isHere()) return;
      closeGaps();
      const keys = surplus();
      for (let at = 0; at < keys.length; at += mostAtOnce) {
        if (!(await erase(keys.slice(at, at + mostAtOnce)))) return;
      }
      if (keys.length > 0) await book.reshow();
    },
    reshow: async () => {
      if (!isHere()) return;
      const shown = inOrder().filter((key) => {
        const spoken = here.get(key);
        return spoken !== undefined && room.rules?.isShown(spoken) !== false;
      });
      const newest = shown.at(-1);
      const record = newest === undefined ? null : await core.storage.get(newest);
      const message = newest === undefined || record === null ? null : readKept(newest, record.value);
      room.last = message && lastOf(message, core.me()?.key.id);
      const others = shown.filter((key) => here.get(key)?.author !== core.me()?.key.id).length;
      if (room.unread > others && (await core.commit([writeRoom(room, others)], 'relaxed'))) room.unread = others;
      desk.timelines.refresh(room.id);
      core.showRooms();
    },
  };
  return book;
}

const mostSaid = 8;
const mostVoices = 1_024;
const mostAtOnce = 200;
