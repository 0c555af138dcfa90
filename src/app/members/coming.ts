/** How a room of members comes to be in the list, and how it goes: founded, knocked at, left. */
import { encodeKeyring, decodeKeyring } from '../../protocol/rooms/keyring-state.ts';
import type { MemberInvite } from '../../protocol/contact/invite-link.ts';
import type { MessageId, RoomId } from '../../protocol/ids.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import { emptyKeyring } from '../../protocol/rooms/keyring.ts';
import { found } from '../../protocol/rooms/room-acts.ts';
import { emptyRoom } from '../../protocol/rooms/room.ts';
import { fitName } from '../fit-name.ts';
import { roomNameBytes } from '../fit.ts';
import { keyOf } from '../records.ts';
import { madeFor, prepareRoom } from '../rooms/keep-room.ts';
import { writeRoom } from '../rooms/room.ts';
import type { Room } from '../rooms/room.ts';
import type { MembersDesk } from './desk.ts';
import type { Knocking } from './knocking.ts';

export interface Coming {
  /** The same wish asked again is the same room. */
  start(asked: MessageId, name: string): Promise<RoomId | null>;
  /** A link was opened: the room is there at once, and waits for somebody to let us in; a link that we wait behind gives way to it. */
  knock(invite: MemberInvite): Promise<RoomId | null>;
  /** Back to what the room was before, if it was there; one that we never were in is to be left. */
  stopWaiting(room: RoomId): Promise<void>;
  /** Nothing of it is needed any more, but for what must never be done again. */
  left(room: RoomId): Promise<void>;
}

export interface ComingHands {
  /** A room came, or waits otherwise than before. */
  onCame(room: Room): void;
  /** The room's operations say so, as far as they are known here. */
  hasEnded(invite: MemberInvite): boolean;
}

export function createComing({ core, vault }: MembersDesk, knocking: Knocking, { onCame, hasEnded }: ComingHands): Coming {
  return {
    start: async (asked, wanted) => {
      const name = fitName(wanted, roomNameBytes);
      const self = core.me();
      if (name === '' || self === null) return null;
      return core.lane.run(async () => {
        const before = madeFor(core, asked);
        if (before !== null) return before.id;
        const founding = { certificate: vault.keys.us.certificate, called: self.name, name, policy: firstPolicy };
        const done = found(vault.hands(), founding);
        const room = await prepareRoom(core, { by: done.room.id, name, kind: 'members', stage: 'in', asked });
        if (room === null) return null;
        const isKept = await vault.turn((turn) => {
          turn.setRoom(done.room);
          turn.write(writeRoom(room, 0));
          turn.after(() => void core.rooms.set(room.id, room));
        });
        if (!isKept) return null;
        onCame(room);
        return room.id;
      });
    },
    knock: (invite) =>
      core.lane.run(async () => {
        const known = core.rooms.get(invite.room);
        if (known?.stage === 'in' || knocking.behind(invite.room) === invite.operation) return invite.room;
        const name = fitName(invite.name, roomNameBytes);
        const room = known ?? (await prepareRoom(core, { by: invite.room, name, kind: 'members', stage: 'knocking' }));
        if (room === null) return null;
        // What is here of it knows better.
        const spent = known === undefined ? await core.storage.get(keyOf.spent(room.id)) : null;
        const keyring = spent && decodeKeyring(spent.value);
        const isKept = await vault.turn((turn) => {
          if (known === undefined) turn.write(writeRoom(room, room.unread));
          if (keyring !== null && !isRefusal(keyring)) turn.setRoom({ ...emptyRoom(room.id), keyring });
          turn.after(() => void core.rooms.set(room.id, room));
          knocking.wait(turn, room, invite, hasEnded(invite));
        });
        if (!isKept) return null;
        onCame(room);
        return room.id;
      }),
    stopWaiting: (id) =>
      core.lane.run(async () => {
        const room = core.rooms.get(id);
        if (room === undefined || room.stage !== 'out' || room.wait === null) return;
        if (await vault.turn((turn) => knocking.stop(turn, room, false))) onCame(room);
      }),
    left: (id) =>
      core.lane.run(async () => {
        // K10: what was said under these keys stays said. Should we come back, they are not begun again.
        const keyring = vault.room(id)?.keyring;
        if (keyring !== undefined) {
          const erased = [...new Set([...keyring.erased, ...keyring.epochs.map((epoch) => epoch.id)])].slice(-mostErased);
          const value = encodeKeyring({ ...emptyKeyring, erased });
          await core.commit([{ op: 'put', key: keyOf.spent(id), value }], 'strict');
        }
        knocking.forget(id);
        vault.forget(id);
      }),
  };
}

/** Earlier messages are closed to whoever comes; admins remove. */
const firstPolicy = { mayRemove: 'admins', historyDays: 0, disappearSeconds: 0 } as const;
const mostErased = 1_000;
