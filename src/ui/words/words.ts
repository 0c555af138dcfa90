/** Every word a person can read or hear. A language that lacks one does not compile. */
import type { DoctorWords } from './doctor-words.ts';
import type { MeshWords } from './mesh-words.ts';
import type { JoinWords } from './join-words.ts';
import type { PairWords } from './pair-words.ts';
import type { PersonWords } from './person-words.ts';
import type { SquareWords } from './square-words.ts';
import type { RoomKind } from '../../app/view.ts';

/** `#` stands for the number. Forms a language does not have may be left out. */
export interface Counted {
  readonly zero?: string;
  readonly one?: string;
  readonly two?: string;
  readonly few?: string;
  readonly many?: string;
  readonly other: string;
}

/** What the shell says. The rest is said only by places that are fetched when somebody goes there. */
export type FirstWords = Omit<
  Words,
  | 'start'
  | 'people'
  | 'room'
  | 'join'
  | 'pair'
  | 'inviting'
  | 'outside'
  | 'leaving'
  | 'person'
  | 'square'
  | 'mesh'
  | 'doctor'
  | 'you'
> & {
  readonly room: Omit<Words['room'], 'alone' | 'aloneHint' | 'aloneMembers'>;
  readonly people: Omit<Words['people'], 'none' | 'leave' | 'leaveTwo' | 'openTo' | 'sealedFor' | 'sealedForTwo'>;
};

export interface Words {
  readonly lang: string;
  readonly dir: 'ltr' | 'rtl';
  /** Has a native speaker read it? */
  readonly reviewed: boolean;
  /** A suggested name is one of the first and one of the second. */
  readonly calm: {
    readonly first: readonly string[];
    readonly second: readonly string[];
    join(first: string, second: string): string;
  };

  readonly tabs: { readonly label: string; readonly rooms: string; readonly mesh: string; readonly you: string };
  readonly common: {
    readonly close: string;
    readonly cancel: string;
    readonly back: string;
    readonly copy: string;
    readonly copied: string;
    readonly copyFailed: string;
    readonly you: string;
    readonly skip: string;
  };

  readonly tide: {
    readonly opening: string;
    readonly offline: string;
    readonly relayIn: (ms: string) => string;
    readonly relayOpen: string;
    readonly relayConnecting: string;
    readonly relayLost: string;
    /** '': nobody owns it. */
    readonly relayMembers: (owner: string) => string;
    readonly relayMine: string;
    readonly relayNone: string;
    readonly neighbours: Counted;
    readonly stillHere: Counted;
    readonly through: Counted;
    readonly nobody: string;
  };

  readonly first: {
    readonly title: string;
    readonly line: string;
    readonly invited: string;
    readonly name: string;
    readonly hint: string;
    readonly enter: string;
    readonly entering: string;
    readonly facts: string;
    readonly looking: string;
    readonly noNeighbours: string;
    readonly sealed: string;
    readonly unsealed: string;
  };

  readonly home: {
    readonly list: string;
    readonly fresh: string;
    readonly inReach: Counted;
    readonly noRooms: string;
    readonly explain: string;
    readonly start: string;
    readonly startHint: string;
    readonly join: string;
    readonly joinHint: string;
    readonly pair: string;
    readonly pairHint: string;
    readonly squareName: string;
    readonly squareHint: string;
    readonly choose: string;
    readonly nothingYet: string;
    readonly kinds: Readonly<Record<RoomKind, string>>;
    readonly unread: Counted;
    readonly youSaid: (text: string) => string;
    readonly saidBy: (name: string, text: string) => string;
    readonly knocking: string;
    readonly out: string;
  };

  readonly start: {
    readonly title: string;
    readonly name: string;
    readonly whoReads: string;
    readonly members: string;
    readonly membersTruth: string;
    readonly open: string;
    readonly openTruth: string;
    readonly create: string;
    readonly failed: string;
  };

  readonly join: JoinWords;

  readonly pair: PairWords;

  readonly invite: {
    readonly open: string;
    readonly title: (room: string) => string;
  };

  readonly inviting: {
    readonly qr: string;
    readonly link: string;
    readonly share: string;
    readonly truth: string;
    readonly make: string;
    readonly membersTruth: string;
    readonly notMade: string;
    readonly withdraw: string;
    readonly withdrawn: string;
    readonly notWithdrawn: string;
  };

  readonly room: {
    readonly square: string;
    readonly timeline: (room: string) => string;
    readonly people: Counted;
    readonly alone: string;
    readonly aloneHint: string;
    readonly quiet: string;
    readonly older: string;
    readonly toNewest: string;
    readonly write: string;
    readonly send: string;
    readonly arrived: (name: string, text: string) => string;
    readonly arrivedIn: (room: string) => string;
    readonly notKept: string;
    readonly tooLong: string;
    /** Letters. */
    readonly tooMany: Counted;
    readonly aloneMembers: string;
    readonly letIn: string;
    readonly out: string;
  };

  readonly outside: {
    readonly alone: string;
    readonly asked: string;
    readonly over: string;
    readonly hint: string;
    readonly overHint: string;
    readonly stop: string;
    readonly outHint: string;
  };

  readonly mark: {
    readonly alone: string;
    readonly waiting: string;
    readonly left: string;
    readonly received: Counted;
  };

  readonly people: {
    readonly title: string;
    readonly direct: string;
    readonly relayed: string;
    readonly through: string;
    readonly away: string;
    readonly none: string;
    readonly leave: string;
    readonly leaveTwo: string;
    readonly openTo: string;
    readonly sealedFor: string;
    readonly sealedForTwo: string;
    readonly admin: string;
    readonly verified: string;
  };

  readonly leaving: {
    readonly title: (room: string) => string;
    readonly openTruth: string;
    readonly membersTruth: string;
    readonly outTruth: string;
    readonly onlyAdmin: string;
    readonly yes: string;
    readonly twoTitle: (name: string) => string;
    readonly twoTruth: string;
    readonly twoYes: string;
  };

  readonly person: PersonWords;

  readonly square: SquareWords;
  readonly mesh: MeshWords;
  readonly doctor: DoctorWords;

  readonly you: {
    readonly name: string;
    readonly save: string;
    readonly saved: string;
    readonly fingerprint: string;
    readonly fingerprintHint: string;
    readonly mine: string;
    readonly mineHint: string;
    readonly deviceHint: string;
    readonly look: string;
    readonly theme: string;
    readonly light: string;
    readonly dark: string;
    readonly system: string;
    readonly textSize: string;
    readonly language: string;
    readonly languageSystem: string;
    readonly unreviewed: string;
    readonly routing: string;
    readonly modelMayScore: string;
    readonly modelHint: string;
    readonly truth: string;
    readonly sealed: readonly string[];
    readonly notSealed: readonly string[];
  };

  readonly trouble: {
    readonly dismiss: string;
    readonly storageNewer: string;
    readonly storageBlocked: string;
    readonly storageAbsent: string;
    readonly storageLocked: string;
    readonly storageFailed: string;
    readonly storageFull: string;
    readonly badLink: string;
    readonly noSecureContext: string;
    readonly messageTooLong: string;
    readonly tooManyRooms: string;
    readonly broken: string;
    readonly stuck: string;
    readonly part: string;
    readonly again: string;
    readonly linkExpired: string;
    readonly membersNotLoaded: string;
    readonly keysNotRead: string;
  };

  readonly update: { readonly ready: string; readonly apply: string; readonly later: string };
}
