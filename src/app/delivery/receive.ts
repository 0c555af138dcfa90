/** From bytes of a stranger to a stored message and a receipt: opened, checked, kept, and only then acknowledged. */
import type { Core } from '../core.ts';
import { decodeContent } from '../../protocol/content.ts';
import type { Receipt, Summary } from '../../protocol/content.ts';
import { envelopeIdOf, findRoom, openEnvelope } from '../../protocol/envelope.ts';
import { forgetFirst } from '../../protocol/forget-first.ts';
import type { EnvelopeId } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import type { RefusalReason } from '../../protocol/refusal.ts';
import type { Peer } from '../mesh/peers.ts';
import type { Room } from '../rooms/room.ts';
import type { SquareRules } from '../square/square.ts';
import type { Arrived, Entry, Keeper } from './keeper.ts';

export interface Receive {
  /** `peer` is null for what came by a public topic, `via` whoever brought it. Answers why it was refused, if it was. */
  envelope(bytes: Uint8Array, peer: Peer | null, via?: string): RefusalReason | null;
}

export interface ReceiveHands {
  onSummary(peer: Peer, room: Room, summary: Summary): void;
  onReceipt(room: Room, receipt: Receipt): void;
  readonly square: Pick<SquareRules, 'mayOpen' | 'judge'>;
  /** A message as it is sealed, before it is kept; perhaps not the first copy. */
  onCopy(bytes: Uint8Array, peer: Peer): void;
}

export function createReceive(core: Core, keeper: Keeper, hands: ReceiveHands): Receive {
  const seen = createSeen();
  let waiting: Opened[] = [];

  const take = (arrived: Opened): void => {
    if (waiting.length >= mostWaiting) {
      // The disk is slower than they speak: not kept, not acknowledged, and so said again later.
      seen.forget(arrived.id);
      return core.log('message-refused', { why: 'too-many', room: arrived.room.id });
    }
    waiting.push(arrived);
    if (waiting.length === 1) void core.lane.run(drain);
  };

  /** What arrived while the disk was busy goes in one commit a room. */
  const drain = async (): Promise<void> => {
    const arrived = waiting.slice(0, mostAtOnce);
    waiting = waiting.slice(mostAtOnce);
    if (waiting.length > 0) void core.lane.run(drain);
    for (const room of new Set(arrived.map((each) => each.room))) {
      await keep(
        room,
        arrived.filter((each) => each.room === room),
      );
    }
  };

  const keep = async (room: Room, arrived: readonly Opened[]): Promise<void> => {
    const { writes, apply } = await keeper.prepare(room, arrived);
    if (writes.length > 0 && !(await core.commit(writes, 'strict'))) {
      for (const each of arrived) seen.forget(each.id);
      return;
    }
    apply();
  };

  return {
    envelope: (bytes, peer, via = peer?.id ?? '') => {
      const id = envelopeIdOf(bytes);
      const way = peer?.cameBy ?? null;
      const before = seen.get(id);
      if (before !== undefined && core.rooms.get(before.room.id) === before.room) {
        if (peer !== null) hands.onCopy(bytes, peer);
        take({ ...before, peer, way, body: null });
        return null;
      }
      const keys = findRoom(
        [...core.rooms.values()].flatMap((each) => each.keys ?? []),
        bytes,
      );
      if (isRefusal(keys)) return keys.refused;
      const room = core.rooms.get(keys.id);
      if (room === undefined) return 'no-such-room';
      const isSquare = room.kind === 'square';
      const tooMuch = isSquare ? hands.square.mayOpen(room, via) : null;
      if (tooMuch !== null) return tooMuch;
      const signed = openEnvelope(keys, bytes);
      if (isRefusal(signed)) return signed.refused;
      const content = decodeContent(signed, room.id);
      if (isRefusal(content)) return content.refused;
      switch (content.kind) {
        case 'message': {
          if (content.sentAtMs > core.clock.nowMs() + limits.aheadMs) return 'too-far-ahead';
          const against = isSquare ? hands.square.judge(room, content, via) : null;
          if (against !== null) return against;
          const entry = { id, room, author: content.author, n: content.n, messageId: content.id };
          seen.add(entry);
          if (peer !== null) hands.onCopy(bytes, peer);
          take({ ...entry, peer, way, body: { message: content, bytes: signed, sealed: bytes } });
          return null;
        }
        case 'receipt':
          // It names messages by id alone: one for another message under the same id could be shown around.
          if (peer?.device !== content.author) return 'not-here';
          hands.onReceipt(room, content);
          return null;
        case 'summary':
          // Bound to the path it came by: a recorded one, said again elsewhere, makes nobody present.
          if (peer === null || content.peer !== peer.id || content.author === core.me()?.key.id) return 'not-here';
          hands.onSummary(peer, room, content);
          return null;
      }
    },
  };
}

type Sealed = Entry & { readonly id: EnvelopeId };
type Opened = Arrived & { readonly id: EnvelopeId };

interface Seen {
  get(id: EnvelopeId): Sealed | undefined;
  add(entry: Sealed): void;
  forget(id: EnvelopeId): void;
}

/** The last few thousand envelopes, oldest forgotten first. */
function createSeen(): Seen {
  const entries = new Map<EnvelopeId, Sealed>();
  return {
    get: (id) => entries.get(id),
    add: (entry) => {
      entries.set(entry.id, entry);
      forgetFirst(entries, mostSeen);
    },
    forget: (id) => void entries.delete(id),
  };
}

const mostSeen = 4_096;
const mostAtOnce = 128;
const mostWaiting = 2_048;
