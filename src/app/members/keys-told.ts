/** Keys of a room that others tell: by rows and heads over a session, and of a newcomer to everybody. */
import type { Core } from '../core.ts';
import type { DeviceId, RoomId } from '../../protocol/ids.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import type { RefusalReason } from '../../protocol/refusal.ts';
import { arrivalOf } from '../../protocol/rooms/arrival.ts';
import { decodeHeadEntry } from '../../protocol/rooms/head-entry.ts';
import { decodeHeads } from '../../protocol/rooms/heads.ts';
import { takeHeads, takeRow } from '../../protocol/rooms/room-acts.ts';
import { emptyRoom, takeSeed } from '../../protocol/rooms/room.ts';
import { decodeSeedRow } from '../../protocol/rooms/seed-row.ts';
import type { Room } from '../rooms/room.ts';
import type { Hearing } from './hearing.ts';
import type { Turn, Vault } from './vault.ts';

export interface KeysTold {
  /** False: it cannot be said yet whether they may, and shall come again. */
  take(turn: Turn, device: DeviceId, kind: 'seed-row' | 'heads', body: Uint8Array): boolean;
  takeHeadEntry(turn: Turn, room: Room, bytes: Uint8Array): void;
}

export function createKeysTold(
  core: Core,
  vault: Vault,
  hearing: (turn: Turn, room: Room, device: DeviceId) => Hearing,
): KeysTold {
  const refused = (why: RefusalReason, room?: RoomId): true => {
    core.log('message-refused', { why, ...(room !== undefined && { room }) });
    return true;
  };

  return {
    take: (turn, device, kind, body) => {
      const read = kind === 'heads' ? decodeHeads(body) : decodeSeedRow(body);
      if (isRefusal(read)) return refused(read.refused);
      const room = core.rooms.get(read.room);
      if (room === undefined) return refused('no-such-room', read.room);
      const now = turn.room(room.id) ?? emptyRoom(room.id);
      const heard = hearing(turn, room, device);
      // A row is as its operation says (K1), whichever member it comes from.
      const isMember = kind === 'seed-row' && arrivalOf(now.graph, device) !== null;
      if (heard === 'not-yet') return false;
      if (heard === 'unknown' && !isMember) return refused('unknown-device', room.id);
      const next = kind === 'heads' ? takeHeads(now, vault.hands(), body) : takeRow(now, vault.hands(), body);
      if (isRefusal(next)) return refused(next.refused, room.id);
      turn.setRoom(next);
      return true;
    },
    takeHeadEntry: (turn, room, bytes) => {
      const head = decodeHeadEntry(bytes);
      if (isRefusal(head)) return void refused(head.refused, room.id);
      const next = takeSeed(turn.room(room.id)!, vault.hands(), head.operation, head.seed);
      if (isRefusal(next)) refused(next.refused, room.id);
      else turn.setRoom(next);
    },
  };
}
