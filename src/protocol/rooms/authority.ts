/** Who may do what (O4, O7 to O9), and what it changes. */
import { hourMs } from '../hour.ts';
import { limits } from '../limits.ts';
import { compareSeniority } from './known.ts';
import type { Known, OperationNode } from './known.ts';
import { at, put } from './shared-list.ts';
import type { SharedList } from './shared-list.ts';
import type { Author, Joins, Membership, RoomDevice, Step, Verdict, View, VoidReason } from './view.ts';

/** Null: it may. `asMember` asks the same of an author who is no admin. */
export function judge(known: Known, view: View, author: Author, step: Step, asMember = false): VoidReason | null {
  if (step.kind === 'found') return null;
  const member = at(view.members, author.person);
  if (member === undefined || at(view.devices, author.device)?.state !== 'here') return 'not-a-member';
  const isAdmin = member.role === 'admin' && !asMember;
  switch (step.kind) {
    case 'withdraw': {
      const invite = at(view.invites, step.invite);
      if (invite === undefined || invite.isWithdrawn) return 'no-invite';
      return isAdmin || invite.person === author.person ? null : 'too-weak';
    }
    case 'add':
      return mayAdd(view, isAdmin, step);
    case 'device':
      if (step.joins.person !== author.person) return 'not-theirs';
      return mayArrive(view, step.joins) ?? (member.devices.length < limits.devicesPerPerson ? null : 'full');
    case 'remove': {
      const target = at(view.members, step.person);
      if (target === undefined) return 'not-here';
      if (step.person === author.person) return 'not-theirs';
      if (target.role === 'admin') return isAdmin && isSenior(known, member, target) ? null : 'too-weak';
      return isAdmin || view.policy.mayRemove === 'members' ? null : 'too-weak';
    }
    case 'revoke': {
      const device = at(view.devices, step.device);
      if (device === undefined || at(view.revoked, step.device) === true) return 'not-here';
      return device.person === author.person ? null : 'not-theirs';
    }
    case 'role': {
      const target = at(view.members, step.person);
      if (target === undefined) return 'not-here';
      if (!isAdmin) return 'too-weak';
      if (target.role === step.role) return 'here-already';
      // Who steps down needs nobody above them.
      return target.role === 'member' || step.person === author.person || isSenior(known, member, target) ? null : 'too-weak';
    }
    case 'rename':
    case 'policy':
      return isAdmin ? null : 'too-weak';
    case 'invite':
    case 'leave':
    case 'rekey':
    case 'call-me':
    case 'unknown':
      return null;
  }
}

/** Of one that stands (O5) it was asked already whether its author may: only whether there is still something for it to do. */
export function judgeStanding(view: View, step: Step): VoidReason | null {
  switch (step.kind) {
    case 'remove':
      return at(view.members, step.person) === undefined ? 'not-here' : null;
    case 'revoke':
      return at(view.revoked, step.device) === true ? 'not-here' : null;
    case 'role':
      return at(view.members, step.person)?.role === 'admin' ? null : 'not-here';
    default:
      throw new Error('Only removals, revocations and demotions stand');
  }
}

/** The view with one more operation that may do what it does. */
export function apply(view: View, node: OperationNode): View {
  const { step, author, number } = node;
  const after = withVerdict(view, number, 'counts');
  switch (step.kind) {
    case 'found': {
      const joined = arrive(after, number, step.joins, 'admin');
      return { ...joined, name: step.name, policy: step.policy, epochs: { number, before: null } };
    }
    case 'invite': {
      const left = step.uses === 0 ? null : step.uses;
      const { key, expiresHour } = step;
      const membership = memberOf(view, author.person).since;
      return {
        ...after,
        invites: put(view.invites, number, { person: author.person, membership, key, left, expiresHour, isWithdrawn: false }),
      };
    }
    case 'withdraw':
      return { ...after, invites: change(view.invites, step.invite, (invite) => ({ ...invite, isWithdrawn: true })) };
    case 'add': {
      const joined = arrive(after, number, step.joins, 'member');
      if (step.invite === null) return joined;
      const invites = change(view.invites, step.invite, (invite) => ({
        ...invite,
        left: invite.left === null ? null : invite.left - 1,
      }));
      return { ...joined, invites };
    }
    case 'device':
      return arrive(after, number, step.joins, null);
    case 'leave':
      return part(after, author.person, memberOf(view, author.person).devices, 'gone');
    case 'remove':
      return noteRemoval(part(after, step.person, memberOf(view, step.person).devices, 'gone'), number);
    case 'revoke':
      return noteRemoval({ ...withoutDevice(after, step.device), revoked: put(view.revoked, step.device, true) }, number);
    case 'role': {
      const ranksSince = step.role === 'admin' ? number : memberOf(view, step.person).since;
      return { ...after, members: change(view.members, step.person, (member) => ({ ...member, role: step.role, ranksSince })) };
    }
    case 'rename':
      return { ...after, name: step.name };
    case 'policy':
      return { ...after, policy: step.policy };
    case 'rekey':
      return { ...after, epochs: { number, before: view.epochs } };
    case 'call-me':
      return { ...after, called: put(view.called, author.person, step.called) };
    case 'unknown':
      return after;
  }
}

export const withVerdict = (view: View, number: number, verdict: Verdict): View => ({
  ...view,
  verdicts: put(view.verdicts, number, verdict),
});

/** A day of skew. */
const graceHours = 24;

function mayAdd(view: View, isAdmin: boolean, step: Extract<Step, { kind: 'add' }>): VoidReason | null {
  if (step.invite === null) {
    if (!isAdmin) return 'too-weak';
  } else {
    const invite = at(view.invites, step.invite);
    // An invite ends with its maker's membership: nobody who was removed comes back by one of their own.
    if (invite === undefined || invite.isWithdrawn || at(view.members, invite.person)?.since !== invite.membership)
      return 'no-invite';
    if (invite.left === 0) return 'used-up';
    if (step.atMs > (invite.expiresHour + graceHours) * hourMs) return 'expired';
  }
  if (at(view.members, step.joins.person) !== undefined) return 'here-already';
  return mayArrive(view, step.joins);
}

function mayArrive(view: View, { device, person }: Joins): VoidReason | null {
  if (at(view.revoked, device) === true) return 'revoked';
  const before = at(view.devices, device);
  if (before !== undefined) {
    // P3: a device belongs to the person who certified it first.
    if (before.person !== person) return 'not-theirs';
    if (before.state === 'here') return 'here-already';
  }
  return view.deviceCount < limits.devicesPerRoom ? null : 'full';
}

const isSenior = (known: Known, one: Membership, other: Membership): boolean =>
  compareSeniority(known, one.ranksSince, other.ranksSince) < 0;

/** `role` is null for one more device of a member. */
function arrive(view: View, number: number, joins: Joins, role: Membership['role'] | null): View {
  const { person, device, certificate, called } = joins;
  const member: Membership =
    role === null
      ? { ...memberOf(view, person), devices: [...memberOf(view, person).devices, device] }
      : { role, since: number, ranksSince: number, devices: [device] };
  const here: RoomDevice = { person, certificate, since: number, state: 'here' };
  return {
    ...view,
    members: put(view.members, person, member),
    called: role === null ? view.called : put(view.called, person, called),
    devices: put(view.devices, device, here),
    deviceCount: view.deviceCount + 1,
  };
}

/** O8: with the last device goes the member. */
function part(view: View, person: number, devices: readonly number[], state: 'gone' | 'revoked'): View {
  let { devices: all, deviceCount } = view;
  for (const number of devices) {
    const device = at(all, number)!;
    if (device.state === 'here') deviceCount -= 1;
    all = put(all, number, { ...device, state });
  }
  const member = at(view.members, person);
  const left = member?.devices.filter((device) => !devices.includes(device)) ?? [];
  const members = put(view.members, person, member === undefined || left.length === 0 ? undefined : { ...member, devices: left });
  return { ...view, members, devices: all, deviceCount };
}

function withoutDevice(view: View, number: number): View {
  const device = at(view.devices, number);
  return device === undefined ? view : part(view, device.person, [number], 'revoked');
}

const noteRemoval = (view: View, number: number): View => ({ ...view, removals: { number, before: view.removals } });

function memberOf(view: View, person: number): Membership {
  const member = at(view.members, person);
  if (member === undefined) throw new Error('Judged to be a member, and is none');
  return member;
}

function change<Value>(list: SharedList<Value>, place: number, how: (value: Value) => Value): SharedList<Value> {
  const value = at(list, place);
  if (value === undefined) throw new Error('Judged to be there, and is not');
  return put(list, place, how(value));
}
