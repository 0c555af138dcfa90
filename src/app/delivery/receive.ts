/** From bytes of a stranger to a stored message and a receipt: opened, checked, kept, and only then acknowledged. */
import type { Core } from '../core.ts';
import { decodeText } from '../../protocol/bytes.ts';
import { decodeContent } from '../../protocol/content.ts';
import type { Message, Receipt, Summary } from '../../protocol/content.ts';
import { envelopeIdOf, findRoom, openEnvelope } from '../../protocol/envelope.ts';
import { encodeFrame } from '../../protocol/frame.ts';
import type { DeviceId, EnvelopeId, MessageId } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import type { RefusalReason } from '../../protocol/refusal.ts';
import { pick } from '../luck.ts';
import { sendTo } from '../mesh/peers.ts';
import type { Peer, Peers } from '../mesh/peers.ts';
import { keyOf, messageIdIn } from '../records.ts';
import { keepMessages } from '../rooms/keep-message.ts';
import { has } from '../rooms/room.ts';
import type { Room } from '../rooms/room.ts';
import type { Timelines } from '../rooms/timeline.ts';
import { say } from './say.ts';

export interface Receive {
  /** `peer` is null for what came by a public topic. Answers why it was refused, if it was. */
  envelope(bytes: Uint8Array, peer: Peer | null): RefusalReason | null;
}

export interface ReceiveHands {
  onSummary(peer: Peer, room: Room, summary: Summary): void;
  onReceipt(room: Room, receipt: Receipt): void;
}

export function createReceive(core: Core, peers: Peers, timelines: Timelines, hands: ReceiveHands): Receive {
  const seen = createSeen();
  let waiting: Arrived[] = [];

  const take = (arrived: Arrived): void => {
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

  const keep = async (room: Room, arrived: readonly Arrived[]): Promise<void> => {
    const me = core.me();
    // Left meanwhile, or left and joined anew.
    if (me === null || core.rooms.get(room.id) !== room) return;
    const fresh = new Map<string, Arrived>();
    const acknowledged: Arrived[] = [];
    for (const each of arrived) {
      const standing = await judge(room, each, fresh);
      // A repeated envelope whose first copy did not make it to the disk: the sender will try again.
      if (standing === 'fresh' && each.body === null) continue;
      if (standing === 'fresh') fresh.set(`${each.author}/${each.n}`, each);
      if (standing !== 'refused') acknowledged.push(each);
    }
    const kept = [...fresh.values()].flatMap(({ body, peer }) => (body === null ? [] : { ...body, peer }));
    if (kept.length > 0) {
      const keeping = keepMessages(room, kept, me.key.id);
      if (!(await core.commit(keeping.writes, 'strict'))) {
        for (const each of arrived) seen.forget(each.id);
        return;
      }
      keeping.apply();
      timelines.add(
        room,
        kept.map((each) => each.message),
      );
      core.showRooms();
      for (const each of kept) forward(room, each);
    }
    acknowledge(room, acknowledged);
  };

  const judge = async (room: Room, message: Arrived, fresh: ReadonlyMap<string, Arrived>): Promise<Standing> => {
    const twin = fresh.get(`${message.author}/${message.n}`);
    if (twin !== undefined) return twin.messageId === message.messageId ? 'known' : refused('equivocation', room);
    const head = room.heads.get(message.author);
    if (has(head, message.n)) {
      const log = await core.storage.get(keyOf.log(room.id, message.author, message.n));
      const key = log === null ? '' : (decodeText(log.value) ?? '');
      return messageIdIn(key) === message.messageId ? 'known' : refused('equivocation', room);
    }
    if (head === undefined && message.author !== core.me()?.key.id) {
      const authors = new Set([...fresh.values()].map(({ author }) => author).filter((author) => !room.heads.has(author)));
      if (room.heads.size + authors.size >= limits.devicesPerRoom && !authors.has(message.author))
        return refused('too-many', room);
    }
    const ahead = (head?.above.size ?? 0) + [...fresh.values()].filter(({ author }) => author === message.author).length;
    const isTooFar = ahead >= limits.messagesAboveGap && message.n !== (head?.upTo ?? 0) + 1;
    return isTooFar ? refused('too-many', room) : 'fresh';
  };

  const refused = (why: RefusalReason, room: Room): Standing => {
    core.log('message-refused', { why, room: room.id });
    return 'refused';
  };

  /** A few others, by luck: so it also crosses to those its author has no path to. What luck leaves out, summaries bring. */
  const forward = (room: Room, { envelope, peer, message }: Body & { readonly peer: Peer | null }): void => {
    const others = peers.inRoom(room.id).filter((other) => other !== peer && other.device !== message.author);
    for (const other of pick(others, forwardTo, core.entropy)) {
      sendTo(other, encodeFrame({ kind: 'envelope', bytes: envelope }));
    }
  };

  const acknowledge = (room: Room, arrived: readonly Arrived[]): void => {
    const me = core.me();
    if (me === null) return;
    const byAuthor = new Map<DeviceId, Set<MessageId>>();
    for (const { author, messageId, peer, body } of arrived) {
      // A copy that others passed on asks for nothing; one from its author says that our receipt was lost.
      const isAsked = body !== null || peer?.device === author || peer?.device === null;
      if (isAsked && author !== me.key.id) byAuthor.set(author, (byAuthor.get(author) ?? new Set()).add(messageId));
    }
    for (const [author, ids] of byAuthor) {
      const ends = peers.inRoom(room.id).filter((peer) => peer.device === author);
      // Before their first summary nobody is bound to a path: the path it came by is the best guess.
      const guesses = arrived.flatMap(({ peer }) => (peer?.device === null ? peer : []));
      const to = ends.length > 0 ? ends : guesses.slice(0, 1);
      for (const peer of to) {
        const messages = [...ids];
        for (let at = 0; at < messages.length; at += limits.receiptIds) {
          const part = messages.slice(at, at + limits.receiptIds);
          say(core, me, room, { kind: 'receipt', author: me.key.id, messages: part }, peer);
        }
      }
    }
  };

  return {
    envelope: (bytes, peer) => {
      const id = envelopeIdOf(bytes);
      const before = seen.get(id);
      if (before !== undefined && core.rooms.get(before.room.id) === before.room) {
        take({ ...before, peer, body: null });
        return null;
      }
      const room = findRoom(core.rooms.values(), bytes);
      if (isRefusal(room)) return room.refused;
      const signed = openEnvelope(room, bytes);
      if (isRefusal(signed)) return signed.refused;
      const content = decodeContent(signed, room.id);
      if (isRefusal(content)) return content.refused;
      switch (content.kind) {
        case 'message': {
          if (content.sentAtMs > core.clock.nowMs() + limits.aheadMs) return 'too-far-ahead';
          const entry = { id, room, author: content.author, n: content.n, messageId: content.id };
          seen.add(entry);
          take({ ...entry, peer, body: { message: content, bytes: signed, envelope: bytes } });
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

/** What is remembered of an envelope after it was opened. */
interface Entry {
  readonly id: EnvelopeId;
  readonly room: Room;
  readonly author: DeviceId;
  readonly n: number;
  readonly messageId: MessageId;
}

interface Body {
  readonly message: Message;
  /** As its author signed it. */
  readonly bytes: Uint8Array;
  readonly envelope: Uint8Array;
}

interface Arrived extends Entry {
  readonly peer: Peer | null;
  /** Null for a repeated envelope. */
  readonly body: Body | null;
}

type Standing = 'fresh' | 'known' | 'refused';

interface Seen {
  get(id: EnvelopeId): Entry | undefined;
  add(entry: Entry): void;
  forget(id: EnvelopeId): void;
}

/** The last few thousand envelopes, oldest forgotten first. */
function createSeen(): Seen {
  const entries = new Map<EnvelopeId, Entry>();
  return {
    get: (id) => entries.get(id),
    add: (entry) => {
      entries.set(entry.id, entry);
      const [oldest] = entries.keys();
      if (entries.size > mostSeen && oldest !== undefined) entries.delete(oldest);
    },
    forget: (id) => void entries.delete(id),
  };
}

const mostSeen = 4_096;
const forwardTo = 3;
const mostAtOnce = 128;
const mostWaiting = 2_048;
