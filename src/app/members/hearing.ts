/**
 * Whom a device listens to in a room: members; and while it waits behind a link, only whoever let it in by it. Operations speak for
 * themselves, but where the room is and how it is spoken there is one member's word, and who was put out would say it too.
 */
import type { DeviceId, OperationId } from '../../protocol/ids.ts';
import { arrivalOf } from '../../protocol/rooms/arrival.ts';
import { isKnown } from '../../protocol/rooms/graph.ts';
import type { Room as SealedRoom } from '../../protocol/rooms/room.ts';
import type { Room } from '../rooms/room.ts';

/** `not-yet`: nobody can say before more operations are here. */
export type Hearing = 'heard' | 'not-yet' | 'unknown';

export interface Listener {
  readonly me: DeviceId;
  /** The invite that it waits behind. */
  readonly behind: OperationId | null;
}

export function hearingOf(room: Room, sealed: SealedRoom | null, { me, behind }: Listener, device: DeviceId): Hearing {
  if (room.wait === null) return sealed === null || room.members.has(device) ? 'heard' : 'unknown';
  const came = sealed && arrivalOf(sealed.graph, me);
  if (sealed === null || came === null || behind === null) return 'not-yet';
  const { act, author } = came.operation;
  if (act.kind === 'add' && act.invite === behind) return author === device ? 'heard' : 'unknown';
  // In before this link, and all of it lost: by who knows of the link, and was not put out before it was made.
  if (!isKnown(sealed.graph, behind)) return 'not-yet';
  return arrivalOf(sealed.graph, device) === null ? 'unknown' : 'heard';
}
