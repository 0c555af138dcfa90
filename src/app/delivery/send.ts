/** From a draft to a message on the disk; only then towards the wire. */
import type { Core } from '../core.ts';
import { encodeContent } from '../../protocol/content.ts';
import type { Message } from '../../protocol/content.ts';
import type { MessageId, RoomId } from '../../protocol/ids.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import type { RefusalReason } from '../../protocol/refusal.ts';
import { byteLength, textBytes } from '../fit.ts';
import { keepMessages } from '../rooms/keep-message.ts';
import { lastSaid } from '../rooms/room.ts';
import type { Room } from '../rooms/room.ts';
import type { Desk } from './desk.ts';
import { noneUnsent } from '../rooms/unsent.ts';
import { sealFor } from './say.ts';

export interface Draft {
  readonly id: MessageId;
  /** It may be on the disk already, from a tab that went while sending. */
  readonly again: boolean;
  readonly room: RoomId;
  readonly text: string;
}

/** Answers the sealed bytes once they are on the disk. */
export async function sendText(
  core: Core,
  { timelines, outbox, receipts }: Desk,
  draft: Draft,
  mayWrite: (room: Room) => RefusalReason | null,
): Promise<Uint8Array | 'sent-before' | 'refused'> {
  const text = draft.text.trim();
  if (text === '') return 'refused';
  if (byteLength(text) > textBytes) {
    core.trouble('message-too-long');
    return 'refused';
  }
  return core.lane.run(async () => {
    const me = core.me();
    const room = core.rooms.get(draft.room);
    if (me === null || room?.keys === undefined || room.keys === null) return 'refused';
    if (draft.again && (await receipts.numberOf(room, me.key.id, draft.id)) !== null) return 'sent-before';
    // The screen says so before; here it holds.
    const why = room.kind === 'square' ? mayWrite(room) : null;
    if (why !== null) {
      core.log('message-refused', { why, room: room.id });
      return 'refused';
    }
    const message: Message = {
      kind: 'message',
      author: me.key.id,
      id: draft.id,
      n: lastSaid(room, me.key.id) + 1,
      sentAtMs: core.clock.nowMs(),
      name: me.name,
      text,
    };
    const bytes = encodeContent(message, room.id, me.key);
    const envelope = sealFor(core, room.keys, bytes);
    if (isRefusal(envelope)) return 'refused';
    const keeping = keepMessages(room, [{ message, bytes }], me.key.id);
    const writes = [...keeping.writes, outbox.write(room.id, message.n, envelope), noneUnsent(room.id)];
    if (!(await core.commit(writes, 'strict'))) return 'refused';
    keeping.apply();
    receipts.sent(room, message.id, message.n);
    outbox.add(room.id, message.n, envelope);
    timelines.add(room, [message]);
    core.showRooms();
    outbox.flush(room.id);
    return envelope;
  });
}
