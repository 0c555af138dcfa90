/** What others say to have of mine, signed or over a session: moves marks forward, and lets the outbox forget. */
import type { Core } from '../core.ts';
import { decodeText } from '../../protocol/bytes.ts';
import { forgetFirst } from '../../protocol/forget-first.ts';
import { shortOf } from '../../protocol/ids.ts';
import type { DeviceId, MessageId, Short } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import type { Write } from '../../ports/storage.ts';
import { keyOf, messageIdIn, numberIn, under } from '../records.ts';
import { has, lastSaid, withEntry, withUpTo, writeHead } from '../rooms/room.ts';
import type { Head, Room } from '../rooms/room.ts';
import type { Timelines } from '../rooms/timeline.ts';
import type { Outbox } from './outbox.ts';

export interface Receipts {
  /** They have these of mine. */
  gotMessages(room: Room, device: DeviceId, messages: readonly (MessageId | Short)[]): void;
  /** They have all of mine up to here. */
  gotUpTo(room: Room, device: DeviceId, upTo: number): void;
  /** Under which number this message of mine stands on the disk, if it does. */
  numberOf(room: Room, me: DeviceId, message: MessageId): Promise<number | null>;
  /** My message stands on the disk under this number. */
  sent(room: Room, message: MessageId, n: number): void;
}

export function createReceipts(core: Core, timelines: Timelines, outbox: Outbox): Receipts {
  /** My latest messages by id, read from the disk once a room: an id that somebody made up must not cost a search. */
  const numbers = new WeakMap<Room, Map<Short, number>>();
  let waiting: Told[] = [];

  const numbersIn = async (room: Room, me: DeviceId): Promise<Map<Short, number>> => {
    const known = numbers.get(room);
    if (known !== undefined) return known;
    const all = under(`log/${room.id}/${me}`, mostRemembered);
    const records = await core.storage.range({ ...all, reverse: true });
    const read = new Map(
      records.toReversed().map(({ key, value }) => [shortOf(messageIdIn(decodeText(value) ?? '') as MessageId), numberIn(key)]),
    );
    numbers.set(room, read);
    return read;
  };

  const take = (told: Told): void => {
    if (told.device === core.me()?.key.id) return;
    waiting.push(told);
    if (waiting.length === 1) void core.lane.run(drain);
  };

  /** All that came while the disk was busy is one commit a room. Strict: a mark never goes back, not even over a power cut. */
  const drain = async (): Promise<void> => {
    const told = waiting;
    waiting = [];
    for (const room of new Set(told.map((each) => each.room))) {
      await keep(
        room,
        told.filter((each) => each.room === room),
      );
    }
  };

  const keep = async (room: Room, told: readonly Told[]): Promise<void> => {
    const me = core.me();
    if (me === null || core.rooms.get(room.id) !== room) return;
    const mine = room.heads.get(me.key.id);
    const voice = core.voice();
    const byId = told.some((each) => 'messages' in each) ? await numbersIn(room, me.key.id) : noNumbers;
    const next = new Map<DeviceId, Head>();
    for (const each of told) {
      const before = next.get(each.device) ?? room.got.get(each.device);
      if (before === undefined && room.got.size + next.size >= limits.devicesPerRoom) continue;
      // Of what I do not know to have said: my disk was set back, and under my numbers they have something else.
      if ('upTo' in each && each.upTo > lastSaid(room, me.key.id)) continue;
      const isFirst = !('messages' in each) && !isMet(before) && room.kind === 'members';
      const met = isFirst ? voice && (await voice.firstHead(room, each.device, before)) : before;
      if (met === null) continue;
      const after = 'messages' in each ? withMessages(met, mine, each.messages, byId) : withAllUpTo(met, mine, each.upTo);
      if (after !== undefined && after !== before) next.set(each.device, after);
    }
    if (next.size === 0) return;
    const got = new Map([...room.got, ...next]);
    const settled = outbox.settled(room.id, got);
    const writes = [...next].map(([device, head]): Write => writeHead(keyOf.got(room.id, device), head, ''));
    if (!(await core.commit([...writes, ...settled.writes], 'strict'))) return;
    for (const [device, head] of next) room.got.set(device, head);
    settled.apply();
    timelines.refresh(room.id);
  };

  return {
    numberOf: async (room, me, message) => (await numbersIn(room, me)).get(shortOf(message)) ?? null,
    gotMessages: (room, device, messages) => take({ room, device, messages }),
    gotUpTo: (room, device, upTo) => take({ room, device, upTo }),
    sent: (room, message, n) => {
      const mine = numbers.get(room);
      if (mine !== undefined) forgetFirst(mine.set(shortOf(message), n), mostRemembered);
    },
  };
}

type Told = { readonly room: Room; readonly device: DeviceId } & (
  | { readonly messages: readonly (MessageId | Short)[] }
  | { readonly upTo: number }
);

function withMessages(
  head: Head | undefined,
  mine: Head | undefined,
  messages: readonly (MessageId | Short)[],
  numbers: ReadonlyMap<Short, number>,
): Head | undefined {
  let joined = head;
  for (const message of messages) {
    const n = numbers.get(shortOf(message));
    if (n !== undefined && has(mine, n) && !has(joined, n)) joined = withEntry(joined, n);
  }
  return joined;
}

/** Nobody can have more than was said. */
function withAllUpTo(head: Head | undefined, mine: Head | undefined, upTo: number): Head | undefined {
  const said = Math.min(upTo, mine?.upTo ?? 0);
  return said > (head?.upTo ?? 0) ? withUpTo(head, said) : head;
}

/** They said before how far they are. */
const isMet = (head: Head | undefined): head is Head => head !== undefined && head.upTo > 0;

const noNumbers: ReadonlyMap<Short, number> = new Map();
const mostRemembered = 4_096;
