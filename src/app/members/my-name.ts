/** What I am called here I am called in every room of members and conversation: after a new name, and where I came under an older one. */
import type { Room } from '../rooms/room.ts';
import type { MembersDesk } from './desk.ts';

export interface MyName {
  /** I am in, or what others are called there changed. */
  watch(room: Room): void;
  /** I have a new name, or the app started. */
  everywhere(): void;
}

export interface MyNameHands {
  /** In a room of members. */
  callMe(room: Room): Promise<boolean>;
  /** In a conversation of two. */
  tellName(room: Room): void;
}

export function createMyName({ core, vault }: MembersDesk, { callMe, tellName }: MyNameHands): MyName {
  const me = vault.keys.us.device.id;

  const watch = (room: Room): void => {
    const name = core.me()?.name;
    if (room.stage === 'in' && room.members.has(me) && room.names.get(me) !== name) void callMe(room);
  };

  return {
    watch,
    everywhere: () => {
      for (const room of core.rooms.values()) {
        if (room.kind === 'members') watch(room);
        if (room.kind === 'direct') tellName(room);
      }
    },
  };
}
