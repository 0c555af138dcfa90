/** What the app shows: plain, readonly, whole. The interface draws this and nothing else. */
import type { DeviceId, MessageId, PeerId, PersonId, RoomId } from '../protocol/ids.ts';
import type { OwnerDeed } from '../protocol/square/word.ts';

export interface View {
  readonly stage: Stage;
  readonly me: Me | null;
  /** Latest activity first. */
  readonly rooms: readonly RoomView[];
  /** Only rooms somebody asked for with `show`. */
  readonly timelines: Readonly<Record<RoomId, TimelineView>>;
  readonly mesh: MeshView;
  /** Of the relay we came by; null: it keeps none, or none is here yet. */
  readonly square: SquareView | null;
  /** Whether a model may score links, where this device has one. */
  readonly modelMayScore: boolean;
  /** Two people connecting by two codes; null: nobody is. */
  readonly pairing: PairingView | null;
  /** The one thing a person should know now, or nothing. */
  readonly trouble: Trouble | null;
}

/** `opening`: reading the disk. `unnamed`: nobody lives here yet. `stuck`: see trouble. */
export type Stage = 'opening' | 'unnamed' | 'ready' | 'stuck';

/** `storage-full` and `storage-failed`: what was just asked is not kept. The others stop the app from starting. */
export type Trouble =
  | 'storage-newer'
  | 'storage-blocked'
  | 'storage-absent'
  | 'storage-locked'
  | 'storage-failed'
  | 'storage-full'
  | 'bad-link'
  | 'link-expired'
  | 'members-not-loaded'
  | 'keys-not-read'
  | 'no-secure-context'
  | 'message-too-long'
  | 'too-many-rooms';

export interface Me {
  readonly device: DeviceId;
  /** Known once rooms of members are. */
  readonly person: PersonId | null;
  readonly name: string;
}

export interface RoomView {
  readonly id: RoomId;
  readonly name: string;
  /**
   * `square`: anyone at this address can read it. `open`: whoever holds the link. `members`: who was let in, and not removed.
   * `direct`: two persons.
   */
  readonly kind: RoomKind;
  /** `knocking`: we were never in it, and nobody has let us in yet. `out`: we were removed; what we had stays readable. */
  readonly stage: 'in' | 'knocking' | 'out';
  /** How it stands with the link that we wait behind to be let in, also again; null: we do not wait. */
  readonly wait: Wait | null;
  /** Goes behind `#` in an invite link; null for the Square, and in a room of members until one is made with `invite`. */
  readonly invite: string | null;
  /** In a room of members: what I am there. */
  readonly role: 'admin' | 'member' | null;
  readonly unread: number;
  readonly last: { readonly name: string; readonly text: string; readonly sentAtMs: number; readonly mine: boolean } | null;
  /** Everyone whose word was seen here, and every member, the present first; without me. */
  readonly people: readonly PersonView[];
}

/**
 * At the place that the link names: `alone`: nobody is there who might let us in. `asked`: somebody is, and heard our knock. `over`: the
 * link has ended, as a member said or our clock does; should anybody let us in all the same, we are in.
 */
export type Wait = 'alone' | 'asked' | 'over';

export type RoomKind = 'open' | 'square' | 'members' | 'direct';

export interface PersonView {
  readonly device: DeviceId;
  readonly name: string;
  /** What the room knows of its members; null in rooms without. */
  readonly member: MemberView | null;
  readonly here: boolean;
  /** How they are reached now. */
  readonly path: PathKind | null;
  readonly rttMs: number | null;
}

export interface MemberView {
  readonly person: PersonId;
  readonly role: 'admin' | 'member';
  /** Whether I may. */
  readonly mayRemove: boolean;
  readonly mayPromote: boolean;
  /** I compared the words with them. */
  readonly isVerified: boolean;
}

/** What two people read to each other to be sure that nobody sits between them. */
export interface SafetyView {
  readonly words: readonly string[];
  readonly digits: readonly string[];
}

/** `direct`: page to page. `relayed`: the relay passes sealed bytes on; `through`: a neighbour does. */
export type PathKind = 'direct' | 'relayed' | 'through';

export interface TimelineView {
  /** Oldest first; the newest part of the room, more on `older`. */
  readonly messages: readonly MessageView[];
  readonly hasOlder: boolean;
}

/** What a knot is drawn from: a room shows what it knows, the same to everybody in it. */
export type Face = PersonId | DeviceId;

export interface MessageView {
  readonly id: MessageId;
  readonly author: DeviceId;
  /** The author's; null: not known yet. */
  readonly face: Face | null;
  readonly name: string;
  readonly mine: boolean;
  readonly sentAtMs: number;
  readonly text: string;
  /** Mine only. Never goes backwards. */
  readonly mark: Mark | null;
}

/**
 * Each step is backed by evidence: our disk, a path that took it, a receipt that only the receiver could have said. `alone`: nobody else was
 * in the room, and whoever comes may not read what was said before.
 */
export type Mark =
  | { readonly state: 'alone' }
  | { readonly state: 'waiting' }
  | { readonly state: 'left' }
  | { readonly state: 'received'; readonly by: number };

/** The Square beside its messages, which stand in its room. */
export interface SquareView {
  readonly room: RoomId;
  /** Null: nobody owns it. */
  readonly owner: NamedDevice | null;
  readonly isMine: boolean;
  readonly isClosed: boolean;
  /** Why I am not heard here. */
  readonly silent: 'expelled' | 'closed' | null;
  /** By the wall clock; in the past: now. */
  readonly mayWriteAtMs: number;
  readonly pinned: { readonly author: DeviceId; readonly name: string; readonly text: string; readonly sentAtMs: number } | null;
  /** What the owner did last, and to whom. */
  readonly deed: { readonly did: OwnerDeed; readonly about: string; readonly atMs: number } | null;
  readonly expelled: readonly NamedDevice[];
  /** By me, for me alone. */
  readonly blocked: readonly NamedDevice[];
  /** Messages that I hid one by one. */
  readonly hidden: number;
  /** How it stands with an owner link that was opened here. */
  readonly claim: ClaimView | null;
}

export interface NamedDevice {
  readonly device: DeviceId;
  readonly name: string;
}

/** `used`: by somebody else. `unknown`: not, or no more, a link of this relay. */
export type ClaimView = 'claiming' | 'yours' | 'used' | 'unknown' | 'unanswered';

export interface MeshView {
  readonly online: boolean;
  readonly relay: RelayView | null;
  /** Beside the own: which this device remembers, because an invite named them or a person did. */
  readonly others: readonly OtherRelayView[];
  readonly neighbours: readonly NeighbourView[];
}

export interface OtherRelayView {
  /** By which it is open, or was last. */
  readonly address: string;
  /** One of them at a time is linked. `by-hand`: begun by an offer and an answer, it does not come back by itself, and is not remembered. */
  readonly state: 'open' | 'by-hand' | 'resting';
}

/**
 * `own`: it is the one this page came by; `stopped`: called off. By hand: `not-answer`: not to this offer; `expired`: too late;
 * `not-linked`: the two did not find each other, another offer may.
 */
export type RelayRefused = 'unreadable' | 'own' | 'unreachable' | 'stopped' | 'not-answer' | 'expired' | 'not-linked';

/** The relay's own page, to be opened beside this one: with our offer in its address it shows an answer. */
export type RelayOffered = { readonly page: string } | { readonly refused: RelayRefused };

export interface RelayView {
  readonly address: string;
  /** `not-let-in`: it is reached, is for members, and takes us for none. */
  readonly state: 'connecting' | 'open' | 'not-let-in' | 'lost';
  /** Null: it is for everybody, as far as we know. `owner`: what they are called; '': nobody owns it yet. */
  readonly members: { readonly owner: string; readonly isMine: boolean } | null;
  readonly rttMs: number | null;
  readonly score: ScoreView | null;
  /** Not our own, but another while that is away. */
  readonly standIn: StandInView | null;
}

export interface StandInView {
  /** Where our own is; null: this page came by none. */
  readonly away: string | null;
  readonly how: 'open' | 'by-hand';
}

export interface NeighbourView {
  readonly peer: PeerId;
  /** Known once something that only that device could have said came over this path. */
  readonly device: DeviceId | null;
  /** Whose device it is, where a room of members knows it. */
  readonly person: PersonId | null;
  readonly name: string | null;
  readonly path: PathKind;
  readonly rttMs: number | null;
  readonly rooms: number;
  /** Of the link itself, or of the one the way to them begins with. */
  readonly score: ScoreView | null;
  /** By how many ways at once what is said goes there, as their scores ask for. */
  readonly ways: number;
}

/** How good a link is taken for, 0 to 1, the more the better; who says so, and what the rule makes it of (null: not known yet). */
export interface ScoreView {
  readonly value: number;
  readonly by: 'rule' | 'model';
  readonly parts: {
    readonly latency: number | null;
    readonly uptime: number | null;
    readonly reliability: number | null;
    readonly success: number | null;
  };
}

export type PairingView =
  /** A code is being made. */
  | { readonly stage: 'preparing' }
  /** Show this, behind `#`; then theirs is to be taken. */
  | { readonly stage: 'offering'; readonly code: string }
  /** Show this, behind `#`; they take it, and the link comes by itself. */
  | { readonly stage: 'answering'; readonly code: string }
  | { readonly stage: 'connecting' }
  /** Only who saw both codes could have said this name over the new link. */
  | { readonly stage: 'connected'; readonly device: DeviceId; readonly name: string }
  | { readonly stage: 'failed'; readonly why: PairingFailure };

/**
 * `unreachable`: the two did not find each other in time. `expired`: the code was too old. `interrupted`: this page was
 * reloaded, or the device slept. `not-ready`: what it takes is not on this device.
 */
export type PairingFailure = 'unreachable' | 'expired' | 'interrupted' | 'not-ready';

/** Why a code was not taken; what was there before stands. `other-pairing`: an answer to something else. */
export type PairingRefused = 'unreadable' | 'invite' | 'other-version' | 'own' | 'other-pairing' | 'busy';
