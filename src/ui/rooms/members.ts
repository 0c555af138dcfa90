/** Who is who in a room: persons where its members are known, devices elsewhere. */
import type { MemberView, PersonView, RoomView } from '../../app/view.ts';

export interface Member extends PersonView {
  readonly member: MemberView;
}

/** One row for each person: of somebody with several devices, the one that stands first, which is the one that is here. */
export function peopleOf({ kind, people }: Pick<RoomView, 'kind' | 'people'>): readonly PersonView[] {
  if (kind !== 'members' && kind !== 'direct') return people;
  const seen = new Set<string>();
  return people.filter(isMember).filter(({ member }) => !seen.has(member.person) && seen.add(member.person));
}

/** Whose words were seen in a room of members, but who is not let in or was removed, is none. */
export function isMember(person: PersonView): person is Member {
  return person.member !== null;
}

/** What the knot is drawn from. */
export function faceOf({ device, member }: Pick<PersonView, 'device' | 'member'>): string {
  return member?.person ?? device;
}

/** Nobody but me could remove people or make admins. */
export function isOnlyAdmin({ role, people }: Pick<RoomView, 'role' | 'people'>): boolean {
  const others = people.filter(isMember);
  return role === 'admin' && others.length > 0 && others.every(({ member }) => member.role !== 'admin');
}
