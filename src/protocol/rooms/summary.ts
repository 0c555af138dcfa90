/** The room as people see it: who is in it, by seniority, and what each operation was worth. */
import type { DeviceId, OperationId, PersonId } from '../ids.ts';
import type { Certificate } from '../people/certificate.ts';
import type { Policy, Role } from './act.ts';
import { sendableEpochs } from './epochs.ts';
import { viewNow } from './graph.ts';
import type { Graph } from './graph.ts';
import { compareSeniority } from './known.ts';
import { at, entriesOf } from './shared-list.ts';
import { eachOf } from './view.ts';
import type { RoomDevice, View, VoidReason } from './view.ts';

export interface RoomSummary {
  readonly name: string;
  readonly policy: Policy;
  /** Admins first, and who has been it for longest. */
  readonly members: readonly Member[];
  readonly invites: readonly {
    readonly operation: OperationId;
    readonly by: PersonId;
    readonly left: number | null;
    readonly expiresHour: number;
  }[];
  /** By epoch, newest first. */
  readonly epochs: readonly OperationId[];
  readonly sendable: readonly OperationId[];
  readonly removals: readonly OperationId[];
  /** Devices that were in it, and what their persons were called last. */
  readonly gone: readonly {
    readonly device: DeviceId;
    readonly person: PersonId;
    readonly called: string;
    readonly isRevoked: boolean;
  }[];
  readonly voids: readonly { readonly operation: OperationId; readonly why: VoidReason }[];
}

export interface Member {
  readonly person: PersonId;
  readonly role: Role;
  readonly called: string;
  readonly devices: readonly { readonly device: DeviceId; readonly certificate: Certificate; readonly since: OperationId }[];
}

export function summaryOf(graph: Graph): RoomSummary {
  const view = viewNow(graph);
  const { nodes, devices, persons } = graph.known;
  const idOf = (number: number): OperationId => nodes[number]!.operation.id;
  const members = [...entriesOf(view.members)]
    .toSorted(
      ([, one], [, other]) =>
        rankOf(one.role) - rankOf(other.role) || compareSeniority(graph.known, one.ranksSince, other.ranksSince),
    )
    .map(([person, { role, devices: own }]) => ({
      person: persons.ids[person]!,
      role,
      called: at(view.called, person)!,
      devices: own.map((device) => {
        const { certificate, since } = at(view.devices, device)!;
        return { device: devices.ids[device]!, certificate, since: idOf(since) };
      }),
    }));
  const invites = [...entriesOf(view.invites)]
    .filter(([, invite]) => !invite.isWithdrawn && at(view.members, invite.person)?.since === invite.membership)
    .map(([number, { person, left, expiresHour }]) => ({ operation: idOf(number), by: persons.ids[person]!, left, expiresHour }));
  return {
    name: view.name,
    policy: view.policy,
    members,
    invites,
    epochs: [...eachOf(view.epochs)].map(idOf),
    sendable: sendableEpochs(graph),
    removals: [...eachOf(view.removals)].map(idOf),
    gone: goneOf(view).map(([device, { person, state }]) => ({
      device: devices.ids[device]!,
      person: persons.ids[person]!,
      called: at(view.called, person)!,
      isRevoked: state === 'revoked',
    })),
    voids: [...entriesOf(view.verdicts)].flatMap(([number, why]) => (why === 'counts' ? [] : [{ operation: idOf(number), why }])),
  };
}

const rankOf = (role: Role): number => (role === 'admin' ? 0 : 1);

const goneOf = (view: View): (readonly [number, RoomDevice])[] =>
  [...entriesOf(view.devices)].filter(([, device]) => device.state !== 'here');
