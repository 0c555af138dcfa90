/** In, waiting, or out: where I stand in a room goes to the disk before it is shown, and is tried again where the disk refuses. */
import type { Stop } from '../../ports/clock.ts';
import type { RoomId } from '../../protocol/ids.ts';
import { writeRoom } from '../rooms/room.ts';
import type { Room } from '../rooms/room.ts';
import type { MembersDesk } from './desk.ts';
import type { Knocking } from './knocking.ts';

export interface Moving {
  /** With the name the room has now. */
  to(room: Room, stage: Room['stage']): void;
  close(): void;
}

export interface MovingHands {
  onMoved(room: Room): void;
  onCameIn(room: Room): void;
  /** It is to be looked at anew where I stand. */
  again(room: RoomId): void;
}

export function createMoving({ core, vault }: MembersDesk, knocking: Knocking, hands: MovingHands): Moving {
  const planned = new Map<RoomId, Stop>();

  const tryAgain = (room: Room, stage: Room['stage']): void => {
    const { id } = room;
    if (planned.has(id)) return;
    const look = (): void => {
      planned.delete(id);
      // What the room is called stands in it already.
      if (stage === room.stage) moving.to(room, stage);
      else hands.again(id);
    };
    planned.set(id, core.clock.after(againMs, look));
  };

  const moving: Moving = {
    to: (room, stage) =>
      void core.lane.run(async () => {
        if (core.rooms.get(room.id) !== room) return;
        const cameIn = room.stage !== 'in' && stage === 'in';
        const isKept = await vault.turn((turn) => {
          turn.write(writeRoom({ ...room, stage }, room.unread));
          if (cameIn) knocking.stop(turn, room, true);
        });
        if (!isKept) return tryAgain(room, stage);
        room.stage = stage;
        hands.onMoved(room);
        if (cameIn) hands.onCameIn(room);
      }),
    close: () => {
      for (const stop of planned.values()) stop();
    },
  };
  return moving;
}

const againMs = 5_000;
