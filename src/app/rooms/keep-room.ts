/** Rooms come and go: started, joined by a link, the Square of a relay, left. */
import type { Core } from '../core.ts';
import { decodeInvite } from '../../protocol/invite.ts';
import type { RoomId } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import { secretBytes } from '../../protocol/room-keys.ts';
import type { Write } from '../../ports/storage.ts';
import { fitName, roomNameBytes } from '../fit.ts';
import { keyOf, under } from '../records.ts';
import { createRoom, writeRoom } from './room.ts';
import type { Room } from './room.ts';

export async function startRoom(core: Core, wanted: string): Promise<RoomId | null> {
  const name = fitName(wanted, roomNameBytes);
  if (name === '') return null;
  return keepRoom(core, { secret: core.entropy.bytes(secretBytes), name, kind: 'open' });
}

export async function joinRoom(core: Core, link: string): Promise<RoomId | null> {
  const invite = decodeInvite(link);
  if (isRefusal(invite)) {
    core.log('invite-refused', { why: invite.refused });
    core.trouble('bad-link');
    return null;
  }
  return keepRoom(core, { ...invite, name: fitName(invite.name, roomNameBytes), kind: 'open' });
}

/** Whoever reaches the relay is in its Square; it has no name but the one the screen gives it. */
export const keepSquare = (core: Core, openSecret: Uint8Array): Promise<RoomId | null> =>
  keepRoom(core, { secret: openSecret, name: '', kind: 'square' });

/** The room is gone from the list in one commit; its records follow, and a crash between is made good at the next start. */
export async function leaveRoom(core: Core, id: RoomId): Promise<boolean> {
  const isGone = await core.lane.run(async () => {
    const left: Write = { op: 'put', key: keyOf.left(id), value: new Uint8Array(0) };
    if (!(await core.commit([{ op: 'delete', key: keyOf.room(id) }, left], 'strict'))) return false;
    return core.rooms.delete(id);
  });
  if (isGone) await sweep(core, id);
  return isGone;
}

export async function sweepLeftRooms(core: Core): Promise<void> {
  const records = await core.storage.range(under('left'));
  for (const record of records) await sweep(core, record.key.slice('left/'.length) as RoomId);
}

async function keepRoom(core: Core, made: Pick<Room, 'secret' | 'name' | 'kind'>): Promise<RoomId | null> {
  return core.lane.run(async () => {
    const room = createRoom({ ...made, joinedAtMs: core.clock.nowMs() });
    if (core.rooms.has(room.id)) return room.id;
    if (core.rooms.size >= limits.rooms) {
      core.trouble('too-many-rooms');
      return null;
    }
    // Left and joined again: it begins anew.
    if (!(await sweepInLane(core, room.id))) return null;
    if (!(await core.commit([writeRoom(room, 0)], 'strict'))) return null;
    core.rooms.set(room.id, room);
    core.showRooms();
    return room.id;
  });
}

const sweep = (core: Core, id: RoomId): Promise<boolean> => core.lane.run(() => sweepInLane(core, id));

/** Deletes what a left room still has on the disk. Nothing to do where its mark is gone. */
async function sweepInLane(core: Core, id: RoomId): Promise<boolean> {
  if ((await core.storage.get(keyOf.left(id))) === null) return true;
  for (const prefix of ['timeline', 'log', 'head', 'got', 'outbox']) {
    for (;;) {
      const records = await core.storage.range(under(`${prefix}/${id}`, sweepSize));
      if (records.length === 0) break;
      const writes = records.map(({ key }): Write => ({ op: 'delete', key }));
      if (!(await core.commit(writes, 'relaxed'))) return false;
    }
  }
  return core.commit([{ op: 'delete', key: keyOf.left(id) }], 'relaxed');
}

const sweepSize = 500;
