/** What a room's operations say of its people, as the interface shows it. */
import type { DeviceId, PersonId } from '../../protocol/ids.ts';
import { summaryOf } from '../../protocol/rooms/summary.ts';
import type { RoomSummary } from '../../protocol/rooms/summary.ts';
import type { Room as SealedRoom } from '../../protocol/rooms/room.ts';
import { fitName } from '../fit-name.ts';
import { nameBytes, roomNameBytes } from '../fit.ts';
import type { Room } from '../rooms/room.ts';
import type { MemberView } from '../view.ts';

export interface Me {
  readonly person: PersonId;
  readonly device: DeviceId;
}

/** Brings the room on screen up to its operations. Answers whether I am a member of it now. */
export function refreshRoom(room: Room, sealed: SealedRoom, me: Me, verified: ReadonlySet<PersonId>): boolean {
  const summary = summaryOf(sealed.graph);
  room.name = fitName(summary.name, roomNameBytes);
  const members = new Map<DeviceId, MemberView>();
  const names = new Map<DeviceId, string>();
  const persons = new Map<DeviceId, PersonId>();
  // Who has gone keeps the name and the face under which they wrote.
  for (const { device, person, called } of summary.gone) {
    persons.set(device, person);
    names.set(device, fitName(called, nameBytes));
  }
  for (const [rank, member] of summary.members.entries()) {
    const view: MemberView = {
      person: member.person,
      role: member.role,
      mayRemove: mayRemove(summary, me.person, rank),
      mayPromote: member.role === 'member' && isAdmin(summary, me.person),
      isVerified: verified.has(member.person),
    };
    for (const { device } of member.devices) {
      members.set(device, view);
      persons.set(device, member.person);
      names.set(device, fitName(member.called, nameBytes));
    }
  }
  for (const device of room.names.keys()) if (!room.heads.has(device) && !names.has(device)) room.names.delete(device);
  for (const [device, name] of names) room.names.set(device, name);
  room.members = members;
  room.persons = persons;
  return members.has(me.device);
}

const isAdmin = ({ members }: Pick<RoomSummary, 'members'>, me: PersonId): boolean =>
  members.some(({ person, role }) => person === me && role === 'admin');

/** O4: as the fold would judge it. Admins come first, the senior ones before. */
function mayRemove({ members, policy }: RoomSummary, me: PersonId, rank: number): boolean {
  const target = members[rank]!;
  const mine = members.findIndex(({ person }) => person === me);
  if (mine < 0 || target.person === me) return false;
  if (isAdmin({ members }, me)) return target.role === 'member' || mine < rank;
  return policy.mayRemove === 'members' && target.role === 'member';
}
