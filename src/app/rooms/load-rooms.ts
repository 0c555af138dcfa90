/** Reads every room from the disk at the start: who said how much, who has what of mine, and the last line. */
import type { Core } from '../core.ts';
import { keyOf, under } from '../records.ts';
import { lastOf } from './keep-message.ts';
import { readKept } from './kept.ts';
import { deviceInKey, readHead, readRoom, readSaid } from './room.ts';
import type { Room } from './room.ts';
import type { DeviceId, PersonId, RoomId } from '../../protocol/ids.ts';

export async function loadRooms(core: Core): Promise<void> {
  const said = new Map((await core.storage.range(under('said'))).map(({ key, value }) => [key, readSaid(value)]));
  for (const record of await core.storage.range(under('room'))) {
    const id = record.key.slice('room/'.length) as RoomId;
    const room = readRoom(id, record.value, said.get(keyOf.said(id)) ?? 0);
    if (room === null) {
      core.log('room-not-read', { key: record.key });
      continue;
    }
    core.rooms.set(room.id, room);
  }
  await Promise.all([...core.rooms.values()].map((room) => loadRoom(core, room)));
}

async function loadRoom(core: Core, room: Room): Promise<void> {
  const [heads, got, newest] = await Promise.all([
    core.storage.range(under(`head/${room.id}`)),
    core.storage.range(under(`got/${room.id}`)),
    // A few: not every entry is a line.
    core.storage.range({ ...under(`timeline/${room.id}`, 8), reverse: true }),
  ]);
  const persons = new Map<DeviceId, PersonId>();
  room.persons = persons;
  for (const { key, value } of heads) {
    const read = readHead(value);
    if (read === null) continue;
    room.heads.set(deviceInKey(key), read.head);
    // Where none is kept, another place says it.
    if (read.name !== '' || room.keys !== null) room.names.set(deviceInKey(key), read.name);
    if (read.person !== null) persons.set(deviceInKey(key), read.person);
  }
  for (const { key, value } of got) {
    const read = readHead(value);
    if (read !== null) room.got.set(deviceInKey(key), read.head);
  }
  const shown = newest.map(({ key, value }) => readKept(key, value)).find((message) => message !== null && message.text !== '');
  if (shown) room.last = lastOf(shown, core.me()?.key.id);
}
