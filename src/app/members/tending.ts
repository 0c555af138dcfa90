/**
 * Now and then, and at the start: keys that are over are erased (K5, K7, K9, S7, S16), those handed out renewed before they end (P5), and
 * operations taken whose time has come (O10). And what waits for somebody with whom nothing is shared any more is dropped.
 */
import { expire } from '../../protocol/conversation/session.ts';
import { withoutRetired } from '../../protocol/conversation/pair.ts';
import type { Pair } from '../../protocol/conversation/pair.ts';
import { tend, wake } from '../../protocol/rooms/room.ts';
import { encodeKeyring } from '../../protocol/rooms/keyring-state.ts';
import { isEqual } from '../../protocol/bytes.ts';
import { arrivalOf } from '../../protocol/rooms/arrival.ts';
import type { DeviceId, RoomId } from '../../protocol/ids.ts';
import type { Stop } from '../../ports/clock.ts';
import type { Room } from '../rooms/room.ts';
import type { MembersDesk } from './desk.ts';
import { withPrekeys } from './keys.ts';
import type { Turn } from './vault.ts';

export interface Tending {
  /** In the lane. */
  now(): Promise<void>;
  close(): void;
}

export function createTending({ core, vault, post }: MembersDesk, onTended: (room: RoomId) => void): Tending {
  let planned: Stop | null = null;

  const renewed = (pair: Pair, nowMs: number): Pair => {
    const kept = withoutRetired(pair, nowMs);
    const sessions = kept.sessions.map((one) => {
      const state = expire(one.state, nowMs);
      return state === one.state ? one : { ...one, state };
    });
    return sessions.every((one, at) => one === kept.sessions[at]) ? kept : { ...kept, sessions };
  };

  /** Who may let us in is nobody we know yet, and of a room in part we do not know who is in it. */
  const isUnsure = (room: Room): boolean =>
    room.kind === 'members' && (room.wait !== null || vault.room(room.id) === null || vault.lackedIn(room.id).length > 0);

  const sharesWith = (turn: Turn, device: DeviceId): boolean =>
    [...core.rooms.values()].some(({ id, kind, stage, person }) => {
      const sealed = kind === 'members' && stage === 'in' ? turn.room(id) : null;
      if (sealed !== null) return arrivalOf(sealed.graph, device) !== null;
      if (person === null) return false;
      return person.deviceId === device || turn.pair(device).sessions.some((one) => one.person === person.personId);
    });

  const tending: Tending = {
    now: async () => {
      planned?.();
      planned = core.clock.after(everyMs, () => void core.lane.run(tending.now));
      const nowMs = core.clock.nowMs();
      const keys = await withPrekeys(core, vault.suite, vault.luck, vault.keys);
      if (keys !== null) vault.keys.prekeys = keys.prekeys;
      await vault.turn((turn) => {
        for (const device of vault.devices()) {
          const before = turn.pair(device);
          const after = renewed(before, nowMs);
          if (after !== before) turn.setPair(device, after);
        }
        if (![...core.rooms.values()].some(isUnsure)) post.forget(turn, (device) => sharesWith(turn, device));
        for (const id of core.rooms.keys()) {
          const before = turn.room(id);
          if (before === null) continue;
          const woken = wake(before, vault.hands());
          const after = tend(woken.room, vault.keys.us.device.id, nowMs);
          if (woken.operations.length === 0 && isEqual(encodeKeyring(before.keyring), encodeKeyring(after.keyring))) continue;
          turn.setRoom(after);
          turn.after(() => onTended(id));
        }
      });
    },
    close: () => planned?.(),
  };
  return tending;
}

const everyMs = 3_600_000;
