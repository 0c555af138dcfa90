/** Rooms come and go: started, joined by a link, the Square of a relay, left. */
import type { Core } from '../core.ts';
import type { Invite } from '../../protocol/invite.ts';
import type { MessageId, RoomId } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import { secretBytes } from '../../protocol/room-keys.ts';
import type { Write } from '../../ports/storage.ts';
import { fitName } from '../fit-name.ts';
import { roomNameBytes } from '../fit.ts';
import { keyOf, under } from '../records.ts';
import { createRoom, lastSaid, readSaid, writeRoom, writeSaid } from './room.ts';
import type { MadeRoom, Room } from './room.ts';
import { noneUnsent } from './unsent.ts';

export async function startRoom(core: Core, asked: MessageId, wanted: string): Promise<RoomId | null> {
  const name = fitName(wanted, roomNameBytes);
  if (name === '') return null;
  return keepRoom(core, { by: core.entropy.bytes(secretBytes), name, kind: 'open', stage: 'in', asked });
}

/** In the lane: the room that this very wish made, before the tab that led went. */
export const madeFor = (core: Core, asked: MessageId): Room | null =>
  [...core.rooms.values()].find((room) => room.asked === asked) ?? null;

export const joinOpenRoom = (core: Core, invite: Invite): Promise<RoomId | null> =>
  keepRoom(core, { by: invite.secret, name: fitName(invite.name, roomNameBytes), kind: 'open', stage: 'in' });

/** Whoever reaches the relay is in its Square; it has no name but the one the screen gives it. */
export const keepSquare = (core: Core, openSecret: Uint8Array): Promise<RoomId | null> =>
  keepRoom(core, { by: openSecret, name: '', kind: 'square', stage: 'in' });

/** The room is gone from the list in one commit; `sweepLeftRooms` takes its records, at the next start if need be. */
export const leaveRoom = (core: Core, id: RoomId): Promise<boolean> =>
  core.lane.run(async () => {
    const room = core.rooms.get(id);
    const me = core.me();
    if (room === undefined || me === null) return false;
    const left: Write = { op: 'put', key: keyOf.left(id), value: new Uint8Array(0) };
    // Others keep my messages under their numbers: coming back, I must not say other things under the same.
    const said = writeSaid(id, lastSaid(room, me.key.id));
    if (!(await core.commit([{ op: 'delete', key: keyOf.room(id) }, noneUnsent(id), left, said], 'strict'))) return false;
    return core.rooms.delete(id);
  });

export async function sweepLeftRooms(core: Core): Promise<void> {
  const records = await core.storage.range(under('left'));
  for (const record of records) await core.lane.run(() => sweep(core, record.key.slice('left/'.length) as RoomId));
}

const keepRoom = (core: Core, made: MadeRoom): Promise<RoomId | null> =>
  core.lane.run(async () => {
    const before = made.asked ? madeFor(core, made.asked) : null;
    const room = before ?? (await prepareRoom(core, made));
    if (room === null || core.rooms.has(room.id)) return room?.id ?? null;
    if (!(await core.commit([writeRoom(room, 0)], 'strict'))) return null;
    core.rooms.set(room.id, room);
    core.showRooms();
    return room.id;
  });

/** In the lane: the room as it is here already, or a new one, not yet on the disk. Null: there is no place for it, told to who asked. */
export async function prepareRoom(core: Core, made: MadeRoom, isAsked = true): Promise<Room | null> {
  const fresh = createRoom({ ...made, said: 0, joinedAtMs: core.clock.nowMs() });
  const known = core.rooms.get(fresh.id);
  if (known !== undefined) return known;
  // One place is the Square's, wherever this device is.
  const others = [...core.rooms.values()].filter(({ kind }) => kind !== 'square').length;
  if (made.kind !== 'square' && others >= limits.rooms - 1) {
    if (isAsked) core.trouble('too-many-rooms');
    return null;
  }
  // Left and joined again: it begins anew, but for my own numbers.
  if (!(await sweep(core, fresh.id))) return null;
  const said = readSaid((await core.storage.get(keyOf.said(fresh.id)))?.value);
  return { ...fresh, said };
}

/** In the lane: deletes what a left room still has on the disk. Nothing to do where its mark is gone. */
async function sweep(core: Core, id: RoomId): Promise<boolean> {
  if ((await core.storage.get(keyOf.left(id))) === null) return true;
  for (const prefix of [
    'timeline',
    'voided',
    'log',
    'head',
    'got',
    'outbox',
    'operation',
    'keyring',
    'came',
    'invite',
    'knock',
  ]) {
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
