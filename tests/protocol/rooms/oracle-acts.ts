/** Who may do what, and what it changes, for `oracle.ts`. */
import { decodeCertificate } from '../../../src/protocol/people/certificate.ts';
import { certificateBytes } from '../../../src/protocol/people/certificate.ts';
import type { Operation } from '../../../src/protocol/rooms/operation.ts';
import type { Suite } from '../../../src/protocol/suite/suite.ts';

export interface State {
  members: Map<string, { role: string; since: string; rank: string; devices: Set<string> }>;
  called: Map<string, string>;
  devices: Map<string, { person: string; since: string; state: string }>;
  invites: Map<string, { person: string; membership: string; left: number; expires: number; withdrawn: boolean }>;
  name: string;
  mayRemove: string;
  removals: string[];
  epochs: string[];
  counts: Set<string>;
  revoked: Set<string>;
  standing: string[];
}

export interface OracleActs {
  readonly may: (state: State, operation: Operation, plain?: boolean) => boolean;
  /** Of one that stands: is there still something for it to do? */
  readonly isOpen: (state: State, operation: Operation) => boolean;
  readonly apply: (state: State, operation: Operation) => void;
  readonly empty: () => State;
}

export function createActs(suite: Suite, before: (one: string, other: string) => number): OracleActs {
  const joinsOf = (operation: Operation): { person: string; device: string; called: string } | null => {
    const { act } = operation;
    if (act.kind === 'found') return { person: act.certificate.personId, device: act.certificate.deviceId, called: act.called };
    if (act.kind === 'device') return { person: act.certificate.personId, device: act.certificate.deviceId, called: '' };
    if (act.kind !== 'add') return null;
    const certificate = decodeCertificate(suite, act.request.slice(0, certificateBytes));
    if ('refused' in certificate) throw new Error('bad request');
    const length = act.request[certificateBytes]!;
    const called = new TextDecoder().decode(act.request.slice(certificateBytes + 1, certificateBytes + 1 + length));
    return { person: certificate.personId, device: certificate.deviceId, called };
  };

  const may = (state: State, operation: Operation, plain = false): boolean => {
    const { act } = operation;
    if (act.kind === 'found') return true;
    const device = state.devices.get(operation.author);
    const member = device && state.members.get(device.person);
    if (!device || !member || device.state !== 'here') return false;
    const admin = member.role === 'admin' && !plain;
    const here = [...state.devices.values()].filter((one) => one.state === 'here').length;
    const arrives = (joins: { person: string; device: string }): boolean => {
      const known = state.devices.get(joins.device);
      return (
        here < 500 && !state.revoked.has(joins.device) && (!known || (known.state === 'gone' && known.person === joins.person))
      );
    };
    switch (act.kind) {
      case 'withdraw': {
        const invite = state.invites.get(act.invite);
        return !!invite && !invite.withdrawn && (admin || invite.person === device.person);
      }
      case 'add': {
        const joins = joinsOf(operation)!;
        if (state.members.has(joins.person) || !arrives(joins)) return false;
        if (act.invite === null) return admin;
        const invite = state.invites.get(act.invite);
        return (
          !!invite &&
          !invite.withdrawn &&
          invite.left > 0 &&
          state.members.get(invite.person)?.since === invite.membership &&
          operation.atMs <= (invite.expires + 24) * 3_600_000
        );
      }
      case 'device': {
        const joins = joinsOf(operation)!;
        return joins.person === device.person && arrives(joins) && member.devices.size < 16;
      }
      case 'remove': {
        const target = state.members.get(act.person);
        if (!target || act.person === device.person) return false;
        if (target.role === 'admin') return admin && before(member.rank, target.rank) < 0;
        return admin || state.mayRemove === 'members';
      }
      case 'revoke': {
        const target = state.devices.get(act.device);
        return !!target && !state.revoked.has(act.device) && target.person === device.person;
      }
      case 'role': {
        const target = state.members.get(act.person);
        if (!target || !admin || target.role === act.role) return false;
        return target.role === 'member' || act.person === device.person || before(member.rank, target.rank) < 0;
      }
      case 'rename':
      case 'policy':
        return admin;
      default:
        return true;
    }
  };

  const isOpen = (state: State, { act }: Operation): boolean => {
    if (act.kind === 'remove') return state.members.has(act.person);
    if (act.kind === 'revoke') return !state.revoked.has(act.device);
    return act.kind === 'role' && state.members.get(act.person)?.role === 'admin';
  };

  const apply = (state: State, operation: Operation): void => {
    const { act, id } = operation;
    state.counts.add(id);
    const joins = joinsOf(operation);
    const person = state.devices.get(operation.author)?.person ?? '';
    const out = (who: string, devices: readonly string[], how: string): void => {
      for (const device of devices) {
        state.devices.get(device)!.state = how;
        state.members.get(who)?.devices.delete(device);
      }
      if (state.members.get(who)?.devices.size === 0) state.members.delete(who);
    };
    if (joins) {
      state.devices.set(joins.device, { person: joins.person, since: id, state: 'here' });
      if (act.kind === 'device') state.members.get(joins.person)!.devices.add(joins.device);
      else {
        const role = act.kind === 'found' ? 'admin' : 'member';
        state.members.set(joins.person, { role, since: id, rank: id, devices: new Set([joins.device]) });
        state.called.set(joins.person, joins.called);
      }
    }
    switch (act.kind) {
      case 'found':
        state.name = act.name;
        state.mayRemove = act.policy.mayRemove;
        state.epochs.push(id);
        break;
      case 'add':
        if (act.invite !== null) state.invites.get(act.invite)!.left -= 1;
        break;
      case 'invite':
        state.invites.set(id, {
          person,
          membership: state.members.get(person)!.since,
          left: act.uses === 0 ? Infinity : act.uses,
          expires: act.expiresHour,
          withdrawn: false,
        });
        break;
      case 'withdraw':
        state.invites.get(act.invite)!.withdrawn = true;
        break;
      case 'leave':
        out(person, [...state.members.get(person)!.devices], 'gone');
        break;
      case 'remove':
        out(act.person, [...state.members.get(act.person)!.devices], 'gone');
        state.removals.push(id);
        break;
      case 'revoke':
        state.revoked.add(act.device);
        if (state.devices.has(act.device)) out(state.devices.get(act.device)!.person, [act.device], 'revoked');
        state.removals.push(id);
        break;
      case 'role': {
        const member = state.members.get(act.person)!;
        member.role = act.role;
        member.rank = act.role === 'admin' ? id : member.since;
        break;
      }
      case 'rename':
        state.name = act.name;
        break;
      case 'policy':
        state.mayRemove = act.policy.mayRemove;
        break;
      case 'rekey':
        state.epochs.push(id);
        break;
      case 'call-me':
        state.called.set(person, act.called);
        break;
      default:
    }
  };

  const empty = (): State => ({
    members: new Map(),
    devices: new Map(),
    invites: new Map(),
    called: new Map(),
    name: '',
    mayRemove: 'admins',
    removals: [],
    epochs: [],
    counts: new Set(),
    revoked: new Set(),
    standing: [],
  });

  return { may, isOpen, apply, empty };
}
