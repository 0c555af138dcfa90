/**
 * Entries of mine come back that I do not know: my disk was set back. What I said since may stand under keys that were used, and be read by
 * nobody: whatever nobody acknowledged is sealed once more, under numbers beyond.
 */
import { decodeText } from '../../protocol/bytes.ts';
import { decodeEntry } from '../../protocol/entries/entry.ts';
import type { RoomId } from '../../protocol/ids.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import type { Outbox } from '../delivery/outbox.ts';
import { keyOf } from '../records.ts';
import { readSigned, writeSigned } from '../rooms/kept.ts';
import { has } from '../rooms/room.ts';
import type { Room } from '../rooms/room.ts';
import type { MembersDesk } from './desk.ts';
import type { Turn } from './vault.ts';

export interface SayAgain {
  /** An entry of mine came from outside, and is taken. */
  came(turn: Turn, room: Room, entry: Uint8Array): void;
}

export function createSayAgain({ core, vault, seal }: MembersDesk, outbox: Outbox): SayAgain {
  const me = vault.keys.us.device.id;
  const planned = new Set<RoomId>();

  const sealAgain = async (turn: Turn, room: Room, seq: number): Promise<void> => {
    const log = await core.storage.get(keyOf.log(room.id, me, seq));
    const key = log && decodeText(log.value);
    const kept = key && (await core.storage.get(key));
    const signed = kept && readSigned(kept.value);
    const said = signed && seal(turn, room.id, signed.entry);
    if (!key || !said) return;
    turn.write({ op: 'put', key, value: writeSigned(said.signed) }, outbox.write(room.id, seq, said.hop));
    turn.after(() => outbox.add(room.id, seq, said.hop));
  };

  return {
    came: (turn, room, bytes) => {
      const entry = decodeEntry(bytes);
      if (isRefusal(entry) || has(room.heads.get(me), entry.seq) || planned.has(room.id)) return;
      planned.add(room.id);
      turn.failed(() => void planned.delete(room.id));
      turn.after(() => {
        void core.lane.run(async () => {
          planned.delete(room.id);
          if (core.rooms.get(room.id) !== room) return;
          await vault.turn(async (next) => {
            for (const seq of outbox.numbers(room.id)) await sealAgain(next, room, seq);
            next.after(() => outbox.flush(room.id));
          });
        });
      });
    },
  };
}
