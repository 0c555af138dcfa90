/** What others signed to have of mine: moves marks forward, and lets the outbox forget. */
import type { Core } from '../core.ts';
import { decodeText } from '../../protocol/bytes.ts';
import type { DeviceId, MessageId } from '../../protocol/ids.ts';
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

  const numberOf = async (room: Room, me: DeviceId, message: MessageId): Promise<number | null> => {
    const known = numbers.get(message);
    if (known !== undefined) return known;
    const all = under(`log/${room.id}/${me}`, 2_000);
    const records = await core.storage.range({ ...all, reverse: true });
    const found = records.find((record) => messageIdIn(decodeText(record.value) ?? '') === message);
    return found === undefined ? null : numberIn(found.key);
  };

  const settle = async (room: Room, device: DeviceId, next: Head): Promise<void> => {
    const before = room.got.get(device);
    room.got.set(device, next);
    const writes = [writeHead(keyOf.got(room.id, device), next, ''), ...outbox.settle(room.id)];
    if (await core.commit(writes, 'relaxed')) return timelines.refresh(room.id);
    if (before === undefined) room.got.delete(device);
    else room.got.set(device, before);
  };

  return {
    numberOf,
    gotMessages: (room, device, messages) =>
      void core.lane.run(async () => {
        const me = core.me();
        if (me === null || device === me.key.id) return;
        let head = room.got.get(device);
        const mine = room.heads.get(me.key.id);
        for (const message of messages) {
          // oxlint-disable-next-line no-await-in-loop -- almost always answered from memory
          const n = await numberOf(room, me.key.id, message);
          if (n !== null && has(mine, n) && !has(head, n)) head = withEntry(head, n);
        }
        if (head !== undefined && head !== room.got.get(device)) await settle(room, device, head);
      }),
    gotUpTo: (room, device, upTo) =>
      void core.lane.run(async () => {
        const me = core.me();
        if (me === null || device === me.key.id) return;
        // Nobody can have more than was said.
        const said = Math.min(upTo, room.heads.get(me.key.id)?.upTo ?? 0);
        const head = room.got.get(device);
        if (said > (head?.upTo ?? 0)) await settle(room, device, withUpTo(head, said));
      }),
    sent: (message, n) => {
      numbers.set(message, n);
      const [oldest] = numbers.keys();
      if (numbers.size > mostRemembered && oldest !== undefined) numbers.delete(oldest);
    },
  };
}

const mostRemembered = 4_096;
