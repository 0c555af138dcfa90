/** What a set of operations comes to: who is in the room, with which devices, and what each operation was worth. */
import type { Certificate } from '../people/certificate.ts';
import type { Policy, Role } from './act.ts';
import { noList } from './shared-list.ts';
import type { SharedList } from './shared-list.ts';

/** Persons, devices and operations go by the numbers that `known.ts` gives them on this device; no result depends on those. */
export interface View {
  /** By person: those who are members now. */
  readonly members: SharedList<Membership>;
  /** By device: all that ever were in the room. */
  readonly devices: SharedList<RoomDevice>;
  /** By person: what all that ever were in the room are called, by their last word. */
  readonly called: SharedList<string>;
  /** By device: keys that never come back (P4), known here or not. */
  readonly revoked: SharedList<true>;
  /** By operation. */
  readonly invites: SharedList<OpenInvite>;
  /** By operation, for each one the view is made of. */
  readonly verdicts: SharedList<Verdict>;
  /** Removals, revocations and demotions that stand, the one folded last first. */
  readonly strikes: Newest | null;
  /** Removals and revocations that took somebody out, newest first. */
  readonly removals: Newest | null;
  /** Epochs that count, newest first. */
  readonly epochs: Newest | null;
  readonly name: string;
  readonly policy: Policy;
  /** Devices of members now. */
  readonly deviceCount: number;
}

export interface Membership {
  readonly role: Role;
  /** The operation that made them a member. */
  readonly since: number;
  /** The one that made them an admin; of a plain member, `since` again. */
  readonly ranksSince: number;
  readonly devices: readonly number[];
}

export interface RoomDevice {
  readonly person: number;
  readonly certificate: Certificate;
  /** The operation that brought it. */
  readonly since: number;
  readonly state: 'here' | 'gone' | 'revoked';
}

export interface OpenInvite {
  readonly person: number;
  /** Its maker's membership: the invite serves no longer than that. */
  readonly membership: number;
  readonly key: Uint8Array;
  /** Null: without end. */
  readonly left: number | null;
  readonly expiresHour: number;
  readonly isWithdrawn: boolean;
}

export interface Newest {
  readonly number: number;
  readonly before: Newest | null;
}

export type Verdict = 'counts' | VoidReason;

/** Why an operation changes nothing. */
export type VoidReason =
  /** O6: concurrent with a standing removal that hits its author. */
  | 'struck'
  | 'not-a-member'
  | 'too-weak'
  | 'not-here'
  | 'not-theirs'
  | 'here-already'
  | 'no-invite'
  | 'used-up'
  | 'expired'
  | 'revoked'
  | 'full';

export const emptyView: View = {
  members: noList,
  devices: noList,
  called: noList,
  revoked: noList,
  invites: noList,
  verdicts: noList,
  strikes: null,
  removals: null,
  epochs: null,
  name: '',
  policy: { mayRemove: 'admins', historyDays: 0, disappearSeconds: 0 },
  deviceCount: 0,
};

export function* eachOf(list: Newest | null): Generator<number> {
  for (let one = list; one !== null; one = one.before) yield one.number;
}

/** Who did it, by number. */
export interface Author {
  readonly device: number;
  readonly person: number;
}

/** An act with the numbers of what it names, and what it carries verified. */
export type Step =
  | { readonly kind: 'found'; readonly joins: Joins; readonly name: string; readonly policy: Policy }
  | { readonly kind: 'invite'; readonly key: Uint8Array; readonly uses: number; readonly expiresHour: number }
  | { readonly kind: 'withdraw'; readonly invite: number }
  | { readonly kind: 'add'; readonly invite: number | null; readonly joins: Joins; readonly atMs: number }
  | { readonly kind: 'remove'; readonly person: number }
  | { readonly kind: 'revoke'; readonly device: number }
  | { readonly kind: 'role'; readonly person: number; readonly role: Role }
  | { readonly kind: 'rename'; readonly name: string }
  | { readonly kind: 'policy'; readonly policy: Policy }
  | { readonly kind: 'device'; readonly joins: Joins }
  | { readonly kind: 'call-me'; readonly called: string }
  | { readonly kind: 'leave' | 'rekey' | 'unknown' };

export interface Joins {
  readonly person: number;
  readonly device: number;
  readonly certificate: Certificate;
  readonly called: string;
}
