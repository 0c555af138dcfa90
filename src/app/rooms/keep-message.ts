/** What one stored message changes on the disk and, once that is done, in memory. Sent or received, it is the same. */
import type { Message } from '../../protocol/content.ts';
import type { DeviceId } from '../../protocol/ids.ts';
import type { Write } from '../../ports/storage.ts';
import { fitName } from '../fit-name.ts';
import { nameBytes } from '../fit.ts';
import { keyOf } from '../records.ts';
import { withEntry, writeHead, writeRoom } from './room.ts';
import type { Head, LastLine, Room } from './room.ts';

export interface Kept {
  readonly message: Message;
  /** As signed by its author. */
  readonly bytes: Uint8Array;
  /** M1: how many messages its number has already. */
  readonly twin?: number;
}

export interface Keeping {
  readonly writes: readonly Write[];
  /** Call once the writes are committed. */
  apply(): void;
}

/** All for one room. `me` decides what counts as unread. */
export function keepMessages(room: Room, kept: readonly Kept[], me: DeviceId): Keeping {
  const heads = new Map<DeviceId, Head>();
  const names = new Map<DeviceId, string>();
  const writes: Write[] = [];
  let unread = room.unread;
  let last = room.last;
  for (const { message, bytes, twin = 0 } of kept) {
    const key = keyOf.timeline(room.id, message);
    const { author, n } = message;
    const logKey = twin === 0 ? keyOf.log(room.id, author, n) : keyOf.twin(room.id, author, n, twin);
    writes.push({ op: 'put', key, value: bytes });
    writes.push({ op: 'put', key: logKey, value: new TextEncoder().encode(key), expect: 0 });
    const head = heads.get(message.author) ?? room.heads.get(message.author);
    heads.set(message.author, withEntry(head, message.n));
    // Elsewhere operations, or the person, say who is called what.
    if (room.keys !== null) names.set(message.author, fitName(message.name, nameBytes));
    if (message.text === '' || room.rules?.isShown(message) === false) continue;
    const mine = message.author === me;
    if (!mine) unread += 1;
    if (last === null || message.sentAtMs >= last.sentAtMs) last = lastOf(message, me);
  }
  for (const [device, head] of heads) {
    // Kept with what they said, so that who it was is there before the room's keys are.
    const name = names.get(device) ?? room.names.get(device) ?? '';
    writes.push(writeHead(keyOf.head(room.id, device), head, name, room.persons.get(device)));
  }
  if (unread !== room.unread) writes.push(writeRoom(room, unread));
  return {
    writes,
    apply: () => {
      for (const [device, head] of heads) room.heads.set(device, head);
      for (const [device, name] of names) room.names.set(device, name);
      room.unread = unread;
      room.changes += 1;
      room.last = last;
      room.rules?.kept(kept.map(({ message }) => message));
    },
  };
}

export const lastOf = (message: Message, me: DeviceId | undefined): LastLine => ({
  author: message.author,
  name: fitName(message.name, nameBytes),
  text: message.text,
  sentAtMs: message.sentAtMs,
  mine: message.author === me,
});
