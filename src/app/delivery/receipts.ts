/** What others signed to have of mine: moves marks forward, and lets the outbox forget. */
import type { Core } from '../core.ts';
import { decodeText } from '../../protocol/bytes.ts';
import type { DeviceId, MessageId } from '../../protocol/ids.ts';
import type { Write } from '../../ports/storage.ts';
import { keyOf, messageIdIn, numberIn, under } from '../records.ts';
import { has, withEntry, withUpTo, writeHead } from '../rooms/room.ts';
import type { Head, Room } from '../rooms/room.ts';
import type { Timelines } from '../rooms/timeline.ts';
import type { Outbox } from './outbox.ts';

export interface Receipts {
  /** They have these of mine. */
  gotMessages(room: Room, device: DeviceId, messages: readonly MessageId[]): void;
  /** They have all of mine up to here. */
  gotUpTo(room: Room, device: DeviceId, upTo: number): void;
  /** Under which number this message of mine stands on the disk, if it does. */
  numberOf(room: Room, me: DeviceId, message: MessageId): Promise<number | null>;
  /** My message stands on the disk under this number. */
  sent(message: MessageId, n: number): void;
}

export function createReceipts(core: Core, timelines: Timelines, outbox: Outbox): Receipts {
  /** My latest messages by id; older ones are looked up on the disk. */
  const numbers = new Map<MessageId, number>();
  let waiting: Told[] = [];

  const numberOf: Receipts['numberOf'] = async (room, me, message) => {
    const known = numbers.get(message);
    if (known !== undefined) return known;
    const all = under(`log/${room.id}/${me}`, mostSearched);
    const records = await core.storage.range({ ...all, reverse: true });
    const found = records.find((record) => messageIdIn(decodeText(record.value) ?? '') === message);
    return found === undefined ? null : numberIn(found.key);
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
    if (me === null || !core.rooms.has(room.id)) return;
    const next = new Map<DeviceId, Head>();
    for (const each of told) {
      const before = next.get(each.device) ?? room.got.get(each.device);
      const after = await each.join(before, room.heads.get(me.key.id), me.key.id);
      if (after !== undefined && after !== before) next.set(each.device, after);
    }
    if (next.size === 0) return;
    const got = new Map([...room.got, ...next]);
    const settled = outbox.settled(room.id, [...got.values()]);
    const writes = [...next].map(([device, head]): Write => writeHead(keyOf.got(room.id, device), head, ''));
    if (!(await core.commit([...writes, ...settled.writes], 'strict'))) return;
    for (const [device, head] of next) room.got.set(device, head);
    settled.apply();
    timelines.refresh(room.id);
  };

  return {
    numberOf,
    gotMessages: (room, device, messages) =>
      take({
        room,
        device,
        join: async (head, mine, me) => {
          let joined = head;
          for (const message of messages) {
            const n = await numberOf(room, me, message);
            if (n !== null && has(mine, n) && !has(joined, n)) joined = withEntry(joined, n);
          }
          return joined;
        },
      }),
    gotUpTo: (room, device, upTo) =>
      take({
        room,
        device,
        join: async (head, mine) => {
          // Nobody can have more than was said.
          const said = Math.min(upTo, mine?.upTo ?? 0);
          return said > (head?.upTo ?? 0) ? withUpTo(head, said) : head;
        },
      }),
    sent: (message, n) => {
      numbers.set(message, n);
      const [oldest] = numbers.keys();
      if (numbers.size > mostRemembered && oldest !== undefined) numbers.delete(oldest);
    },
  };
}

interface Told {
  readonly room: Room;
  readonly device: DeviceId;
  /** What the device has once this is counted in. */
  join(head: Head | undefined, mine: Head | undefined, me: DeviceId): Promise<Head | undefined>;
}

const mostRemembered = 4_096;
const mostSearched = 2_000;
