/** The Square of the relay we came by: an open room whose bytes also travel on a public topic. */
import type { Core } from '../core.ts';
import type { Network, PublicTopic } from '../../ports/network.ts';
import type { Stop } from '../../ports/clock.ts';
import type { PeerId, RoomId } from '../../protocol/ids.ts';
import type { SquareCard } from '../../protocol/relay-card.ts';
import { keepSquare } from '../rooms/keep-room.ts';

export interface Square {
  /** What the relay says now; null: it keeps none. Answers once the room is there. */
  told(card: SquareCard | null): Promise<void>;
  /** Hands an envelope of mine to everybody at once; links and summaries make good what is lost. */
  publish(room: RoomId, envelope: Uint8Array): void;
  close(): void;
}

export interface SquareHands {
  entered(room: RoomId): Promise<void>;
  /** Whether it was taken: what is not, is not passed on either. */
  onEnvelope(bytes: Uint8Array, from: PeerId): boolean;
}

export function createSquare(core: Core, network: Network, { entered, onEnvelope }: SquareHands): Square {
  let joined: { readonly room: RoomId; readonly topic: PublicTopic | null; readonly name: string } | null = null;
  let joining: Stop | null = null;
  /** One after the other, or two would join the same. */
  let last = Promise.resolve();
  const take = async (card: SquareCard | null): Promise<void> => {
    if (card?.topic === joined?.name) return;
    close();
    const room = card === null ? null : await keepSquare(core, card.openSecret);
    if (card === null || room === null) return;
    joined = { room, name: card.topic, topic: null };
    await entered(room);
    // The room works by links and the relay at once; the topic costs a start that others' first words are waiting for.
    joining = core.clock.after(calmMs, () => {
      joined = { room, name: card.topic, topic: network.join(card.topic, () => undefined, onEnvelope) };
    });
  };
  const close = (): void => {
    joining?.();
    joined?.topic?.leave();
    joined = null;
  };
  return {
    told: (card) => (last = last.then(() => take(card))),
    publish: (room, envelope) => {
      if (joined?.room === room) joined.topic?.publish(envelope);
    },
    close,
  };
}

const calmMs = 1_000;
