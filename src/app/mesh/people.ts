/** Who belongs to a room, as far as signed words told, and who of them is here now. */
import type { DeviceId } from '../../protocol/ids.ts';
import type { Room } from '../rooms/room.ts';
import type { MemberView, PersonView } from '../view.ts';
import { pathOf } from './peers.ts';
import type { Peers } from './peers.ts';

export function peopleIn(
  room: Room,
  peers: Peers,
  me: DeviceId | undefined,
  isHere: (device: DeviceId) => boolean | null | undefined,
): readonly PersonView[] {
  const present = new Map<DeviceId, PersonView>();
  const memberOf = (device: DeviceId): MemberView | null => room.members.get(device) ?? null;
  for (const peer of peers.inRoom(room.id)) {
    const { device, rttMs } = peer;
    if (device === null || !room.names.has(device)) continue;
    const path = pathOf(peer);
    // Over neighbours silence is noticed late.
    if (path === 'through' && isHere(device) === false) continue;
    if (present.get(device)?.path === 'direct') continue;
    present.set(device, { device, name: room.names.get(device) ?? '', member: memberOf(device), here: true, path, rttMs });
  }
  // Who has gone from a room of members without a word is only a name.
  const isKnown = (device: DeviceId): boolean => room.keys !== null || room.members.has(device) || room.heads.has(device);
  const people = [...room.names]
    .filter(([device]) => device !== me && isKnown(device))
    .map(
      ([device, name]): PersonView =>
        present.get(device) ?? {
          ...{ device, name, member: memberOf(device), here: isHere(device) === true, rttMs: null },
          // What is said in the room comes to them by the others in it.
          path: isHere(device) === true ? 'through' : null,
        },
    );
  return people.sort((a, b) => Number(b.here) - Number(a.here) || (a.name < b.name ? -1 : 1));
}
