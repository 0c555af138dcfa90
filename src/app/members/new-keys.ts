/** K8: whoever stands nearest makes a room new keys when it needs some, the others a while later if nobody did. */
import type { Core } from '../core.ts';
import type { RoomId } from '../../protocol/ids.ts';
import { rekeyDue } from '../../protocol/rooms/room-acts.ts';
import type { Stop } from '../../ports/clock.ts';
import type { Room } from '../rooms/room.ts';
import type { Vault } from './vault.ts';

export interface NewKeys {
  /** Something in the room changed. */
  watch(room: Room): void;
  close(): void;
}

export interface NewKeysHands {
  /** In the lane. */
  rekey(room: Room): Promise<boolean>;
  /** Somebody may have the keys that we lack. */
  ask(room: Room): void;
}

export function createNewKeys(core: Core, vault: Vault, { rekey, ask }: NewKeysHands): NewKeys {
  const planned = new Map<RoomId, Stop>();

  const now = (room: Room): void => {
    planned.delete(room.id);
    void core.lane.run(async () => {
      const sealed = vault.room(room.id);
      if (sealed !== null && room.stage === 'in' && rekeyDue(sealed, vault.hands()) !== null) await rekey(room);
    });
  };

  return {
    watch: (room) => {
      const sealed = vault.room(room.id);
      const due = sealed && rekeyDue(sealed, vault.hands());
      if (due === null) {
        planned.get(room.id)?.();
        planned.delete(room.id);
      } else if (!planned.has(room.id)) {
        planned.set(
          room.id,
          core.clock.after(due.turn * turnMs, () => now(room)),
        );
        if (due.why === 'no-epoch' && due.turn > 0) ask(room);
      }
    },
    close: () => {
      for (const stop of planned.values()) stop();
    },
  };
}

const turnMs = 3_000;
