/** What rooms of members need from around them, and whom they tell. */
import type { Summary } from '../../protocol/content.ts';
import type { Desk } from '../delivery/desk.ts';
import type { Keeper } from '../delivery/keeper.ts';
import type { Peer, Peers } from '../mesh/peers.ts';
import type { Room } from '../rooms/room.ts';
import type { WhereaboutsHands } from './whereabouts.ts';

export interface MembersDeskInit extends Desk {
  readonly peers: Peers;
  readonly keeper: Keeper;
}

export interface MembersHands extends WhereaboutsHands {
  onSummary(peer: Peer, room: Room, summary: Summary): void;
  /** Everybody here shall say how far they have everything. */
  onCameIn(room: Room): void;
  /** Whom we meet by changed. */
  onTopics(): void;
}
