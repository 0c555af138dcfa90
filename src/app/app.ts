/** What a person can do here. The interface and the following tabs hold this and nothing more. */
import type { Stop } from '../ports/clock.ts';
import type { PersonId, RoomId } from '../protocol/ids.ts';
import type { Doctor } from './doctor/doctor.ts';
import type { SquareDeed } from './square/deed.ts';
import type { PairingRefused, RelayOffered, RelayRefused, SafetyView, View } from './view.ts';

export interface App {
  view(): View;
  /** Called after each change of the view; the view object is new exactly when something changed. */
  subscribe(changed: () => void): Stop;
  /** Makes the identity of this device, once; later calls rename. */
  nameMe(name: string): Promise<void>;
  startRoom(name: string, kind: 'open' | 'members'): Promise<RoomId | null>;
  /** Takes a whole link or what stands behind its `#`; an owner link leads into the Square. Joining twice is the same as once. */
  joinRoom(link: string): Promise<RoomId | null>;
  leaveRoom(room: RoomId): Promise<void>;
  /** Behind a link. A room that one was in before is as it was; one that one never was in is gone. */
  stopWaiting(room: RoomId): Promise<void>;
  /** A room of members: makes a link for others to come in by, or answers the one that still holds. Null: see trouble. */
  invite(room: RoomId): Promise<string | null>;
  /** Takes the links made so far back. */
  withdrawInvites(room: RoomId): Promise<boolean>;
  /** Out of a room of members, with all their devices; they read nothing more of whoever knows of it. */
  removePerson(room: RoomId, person: PersonId): Promise<boolean>;
  makeAdmin(room: RoomId, person: PersonId): Promise<boolean>;
  /** The conversation with somebody known from a room of members; the same each time. Null: not known here. */
  startDirect(person: PersonId): Promise<RoomId | null>;
  /** To compare with a person, aloud or side by side. Null: not known here. */
  safetyOf(person: PersonId): Promise<SafetyView | null>;
  /** I have compared the words, or take it back. */
  setVerified(person: PersonId, isVerified: boolean): Promise<boolean>;
  /** Resolves once the message is on the disk; false: it is not, see trouble. */
  send(room: RoomId, text: string): Promise<boolean>;
  /** What was being written in a room and is not said yet, or the invite not yet followed; empty where there is none. */
  unsent(of: RoomId | 'invite'): Promise<string>;
  /** Until it is said. */
  keepUnsent(of: RoomId | 'invite', text: string): Promise<void>;
  /** Loads the newest part of a room into `timelines`. */
  show(room: RoomId): Promise<void>;
  older(room: RoomId): Promise<void>;
  markRead(room: RoomId): Promise<void>;
  /** In the Square, beside speaking. False: it was not done. */
  inSquare(deed: SquareDeed): Promise<boolean>;
  /** Makes a code for somebody beside us, to connect without any server: see `pairing` in the view. */
  beginPairing(): Promise<void>;
  /** Takes a code that was scanned or pasted: theirs, to which ours answers, or their answer. Not null: why it was not taken. */
  takePairing(code: string): Promise<PairingRefused | null>;
  /** Ends a pairing at any step, and puts its outcome away. A link that stands stays. */
  cancelPairing(): Promise<void>;
  /** Links to the relay that was scanned or pasted, beside the own, and remembers it. Not null: why not, and it is not remembered. */
  addRelay(link: string): Promise<RelayRefused | null>;
  /** Where `addRelay` finds no way: an offer, to be carried by hand to the relay's own page. */
  offerRelay(link: string): Promise<RelayOffered>;
  /** What that page showed. Not null: why there is no link; after `not-answer` the offer still stands. */
  takeRelayAnswer(answer: string): Promise<RelayRefused | null>;
  /** And takes an offer back. */
  stopAddingRelay(): Promise<void>;
  /** By any of its addresses. */
  forgetRelay(address: string): Promise<void>;
  /** Whether a model may score links; otherwise a fixed rule does. Kept. */
  letModelScore(isAllowed: boolean): Promise<void>;
  dismissTrouble(): void;
  /** The page is visible again, or the device came or went online: look around at once. */
  wake(online: boolean): void;
  close(): Promise<void>;
}

/** With what only the page in front of the person can do: it looks at its own browser. */
export interface PageApp extends App {
  /** Rejects where its code cannot be had. */
  doctor(): Promise<Doctor>;
}
