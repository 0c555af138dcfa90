/** The parts of rooms that are on screen: loaded from the disk a page at a time, newest first. */
import type { Core } from '../core.ts';
import type { RoomId } from '../../protocol/ids.ts';
import type { Message } from '../../protocol/content.ts';
import { fitName } from '../fit-name.ts';
import { nameBytes } from '../fit.ts';
import { keyOf, under } from '../records.ts';
import type { Mark, MessageView, TimelineView } from '../view.ts';
import { readKept } from './kept.ts';
import { faceIn, has } from './room.ts';
import type { Room } from './room.ts';

export interface Timelines {
  show(room: RoomId): Promise<void>;
  older(room: RoomId): Promise<void>;
  /** Newly stored: appears where a timeline reaches that far back. */
  add(room: Room, messages: readonly Message[]): void;
  /** Not to be shown any more. */
  remove(room: Room, keys: readonly string[]): void;
  /** Marks moved, or names. */
  refresh(room: RoomId): void;
  drop(room: RoomId): void;
}

/** `stateOf`: of what nobody acknowledged. */
export function createTimelines(core: Core, stateOf: (room: RoomId, n: number) => Unreceived): Timelines {
  const loaded = new Map<RoomId, Loaded>();

  const load = async (id: RoomId): Promise<void> => {
    const before = loaded.get(id);
    const first = before?.entries[0];
    const all = under(`timeline/${id}`, pageSize);
    const records = await core.storage.range({ ...all, to: first?.key ?? all.to, reverse: true });
    const entries = records.toReversed().flatMap((record) => readEntry(record.key, record.value));
    // What came in while the disk was read stands in `loaded` already.
    const current = loaded.get(id)?.entries ?? [];
    const known = new Set(current.map((entry) => entry.key));
    const merged = [...entries.filter((entry) => !known.has(entry.key)), ...current];
    merged.sort((a, b) => (a.key < b.key ? -1 : 1));
    loaded.set(id, { entries: merged, hasOlder: records.length === pageSize });
    timelines.refresh(id);
  };

  const markOf = (room: Room, message: Message): Mark => {
    let by = 0;
    for (const head of room.got.values()) if (has(head, message.n)) by += 1;
    if (by > 0) return { state: 'received', by };
    return { state: stateOf(room.id, message.n) };
  };

  const project = (room: Room, part: Loaded): TimelineView => {
    const me = core.me()?.key.id;
    const shown = part.entries.filter(({ message }) => room.rules?.isShown(message) !== false);
    const messages = shown.map(({ message }): MessageView => {
      const mine = message.author === me;
      return {
        id: message.id,
        author: message.author,
        face: faceIn(room, message.author),
        name: room.names.get(message.author) ?? fitName(message.name, nameBytes),
        mine,
        sentAtMs: message.sentAtMs,
        text: message.text,
        mark: mine ? markOf(room, message) : null,
      };
    });
    return { messages, hasOlder: part.hasOlder };
  };

  const timelines: Timelines = {
    show: async (id) => {
      if (core.rooms.has(id) && !loaded.has(id)) await load(id);
    },
    older: async (id) => {
      if (loaded.get(id)?.hasOlder === true) await load(id);
    },
    add: (room, messages) => {
      const part = loaded.get(room.id);
      if (part === undefined) return;
      const first = part.entries[0]?.key ?? '';
      const entries = messages
        .filter(({ text }) => text !== '')
        .map((message) => ({ key: keyOf.timeline(room.id, message), message }))
        .filter(({ key }) => !part.hasOlder || key > first);
      const merged = [...part.entries, ...entries].sort((a, b) => (a.key < b.key ? -1 : 1));
      loaded.set(room.id, { ...part, entries: merged });
      timelines.refresh(room.id);
    },
    remove: (room, keys) => {
      const part = loaded.get(room.id);
      if (part === undefined) return;
      loaded.set(room.id, { ...part, entries: part.entries.filter(({ key }) => !keys.includes(key)) });
      timelines.refresh(room.id);
    },
    refresh: (id) => {
      const part = loaded.get(id);
      const room = core.rooms.get(id);
      if (part === undefined || room === undefined) return;
      const timeline = project(room, part);
      core.store.change({ timelines: { ...core.store.view().timelines, [id]: timeline } });
    },
    drop: (id) => {
      loaded.delete(id);
      const { [id]: _gone, ...rest } = core.store.view().timelines;
      core.store.change({ timelines: rest });
    },
  };
  return timelines;
}

interface Loaded {
  readonly entries: readonly Entry[];
  readonly hasOlder: boolean;
}

interface Entry {
  readonly key: string;
  readonly message: Message;
}

type Unreceived = Exclude<Mark['state'], 'received'>;

const pageSize = 60;

function readEntry(key: string, value: Uint8Array): readonly Entry[] {
  const message = readKept(key, value);
  return message === null || message.text === '' ? [] : [{ key, message }];
}
