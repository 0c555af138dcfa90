/** What the mesh asks of whoever keeps rooms: whom to greet, what came, and what is known of this device there. */
import type { ReadCard } from '../../ports/door.ts';
import type { Link } from '../../ports/network.ts';
import type { Topic } from '../../protocol/ids.ts';
import type { ClaimOutcome } from '../../protocol/meet.ts';
import type { RefusalReason } from '../../protocol/refusal.ts';
import type { RelayCard } from '../../protocol/relay-card.ts';
import type { Room } from '../rooms/room.ts';
import type { KeyHands } from './outside.ts';
import type { Peer } from './peers.ts';

/** How the relay is found. */
export interface Doors {
  readonly readCard: ReadCard;
  readonly firstDoor?: string;
}

export interface MeshHands extends KeyHands {
  /** A path to somebody of this room stands. */
  onPath(peer: Peer, room: Room): void;
  /** What was handed to others for them was dropped; `isTooFast`: for all that we hand to them. */
  onDropped(peer: Peer, room: Room, isTooFast: boolean): void;
  onEnvelope(bytes: Uint8Array, peer: Peer): RefusalReason | null;
  /** Of version 2. */
  onHop(bytes: Uint8Array, peer: Peer): void;
  onCast(bytes: Uint8Array, peer: Peer): RefusalReason | null;
  topicsOf(room: Room, day: number): readonly Topic[];
  onCard(card: RelayCard): void;
  /** The word of a Square's owner. Null: our own relay said it. */
  onSquareWord(word: Uint8Array, peer: Peer | null): void;
  onClaimed(outcome: ClaimOutcome): void;
  onOwnRelay(): void;
  /** A relay's word about the directory. */
  onDirectory(relay: Link, word: Uint8Array): void;
}
