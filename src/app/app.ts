/** What a person can do here. The interface and the following tabs hold this and nothing more. */
import type { Stop } from '../ports/clock.ts';
import type { RoomId } from '../protocol/ids.ts';
import type { View } from './view.ts';

export interface App {
  view(): View;
  /** Called after each change of the view; the view object is new exactly when something changed. */
  subscribe(changed: () => void): Stop;
  /** Makes the identity of this device, once; later calls rename. */
  nameMe(name: string): Promise<void>;
  startRoom(name: string): Promise<RoomId | null>;
  /** Takes a whole link or what stands behind its `#`. Joining twice is the same as once. */
  joinRoom(link: string): Promise<RoomId | null>;
  leaveRoom(room: RoomId): Promise<void>;
  /** Resolves once the message is on the disk; false: it is not, see trouble. */
  send(room: RoomId, text: string): Promise<boolean>;
  /** Loads the newest part of a room into `timelines`. */
  show(room: RoomId): Promise<void>;
  older(room: RoomId): Promise<void>;
  markRead(room: RoomId): Promise<void>;
  dismissTrouble(): void;
  /** The page is visible again, or the device came or went online: look around at once. */
  wake(online: boolean): void;
  close(): Promise<void>;
}
