/** Messages that arrived, opened and verified: which are kept, what the disk is to hold of them, who is told. */
import type { Core } from '../core.ts';
import { decodeText } from '../../protocol/bytes.ts';
import type { Message } from '../../protocol/content.ts';
import type { DeviceId, MessageId } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import type { RefusalReason } from '../../protocol/refusal.ts';
import type { Write } from '../../ports/storage.ts';
import { pick } from '../luck.ts';
import { sendTo } from '../mesh/peers.ts';
import type { Peer, Peers } from '../mesh/peers.ts';
import { keyOf, messageIdIn } from '../records.ts';
import { keepMessages } from '../rooms/keep-message.ts';
import { has } from '../rooms/room.ts';
import type { Room } from '../rooms/room.ts';
import type { Timelines } from '../rooms/timeline.ts';
import { frameOf, say } from './say.ts';

/** What is remembered of an envelope after it was opened. */
export interface Entry {
  readonly room: Room;
  readonly author: DeviceId;
  readonly n: number;
  readonly messageId: MessageId;
}

export interface Arrived extends Entry {
  readonly peer: Peer | null;
  /** Null for a repeated envelope. */
  readonly body: Body | null;
}

export interface Body {
  readonly message: Message;
  /** As its author signed it. */
  readonly bytes: Uint8Array;
  /** As it is passed on; null: it is not. */
  readonly sealed: Uint8Array | null;
}

export interface Keeper {
  /** In the lane: what is to be committed for these, and what to do after it. */
  prepare(room: Room, arrived: readonly Arrived[]): Promise<Prepared>;
}

export interface Prepared {
  readonly writes: readonly Write[];
  apply(): void;
}

export function createKeeper(core: Core, peers: Peers, timelines: Timelines): Keeper {
  const judge = async (room: Room, message: Arrived, fresh: ReadonlyMap<string, Arrived>): Promise<Standing> => {
    const twin = fresh.get(`${message.author}/${message.n}`);
    if (twin !== undefined && twin.messageId === message.messageId) return 'known';
    const head = room.heads.get(message.author);
    const isBefore = head !== undefined && message.n <= head.from;
    if (has(head, message.n) || isBefore || twin !== undefined) {
      const log = await core.storage.get(keyOf.log(room.id, message.author, message.n));
      // From before we came, and given to us all the same.
      if (log === null && isBefore && twin === undefined) return 'fresh';
      return log !== null && isAt(log.value, message) ? 'known' : judgeTwin(room, message, fresh);
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

  /**
   * M1: two messages under one number are both kept: a device whose disk was set back does not know what it said. Of a third its author
   * may think that it was received, as its session says so: nothing else would end its coming.
   */
  const judgeTwin = async (room: Room, message: Arrived, fresh: ReadonlyMap<string, Arrived>): Promise<Standing> => {
    if (room.keys !== null) return refused('equivocation', room);
    const arrived = fresh.get(twinOf(message));
    if (arrived !== undefined) return arrived.messageId === message.messageId ? 'known' : refused('equivocation', room);
    const before = await core.storage.get(keyOf.twin(room.id, message.author, message.n));
    if (before === null) return 'twin';
    return isAt(before.value, message) ? 'known' : refused('equivocation', room);
  };

  const refused = (why: RefusalReason, room: Room): Standing => {
    core.log('message-refused', { why, room: room.id });
    return 'refused';
  };

  /** A few others, by luck: so it also crosses to those its author has no path to. What luck leaves out, summaries bring. */
  const forward = (room: Room, { sealed, peer, message }: Body & { readonly peer: Peer | null }): void => {
    if (sealed === null) return;
    const others = peers.inRoom(room.id).filter((other) => other !== peer && other.device !== message.author);
    for (const other of pick(others, forwardTo, core.entropy)) {
      sendTo(other, frameOf(sealed));
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
    prepare: async (room, arrived) => {
      const me = core.me();
      // Left meanwhile, or left and joined anew.
      if (me === null || core.rooms.get(room.id) !== room) return nothingToKeep;
      const fresh = new Map<string, Arrived>();
      const acknowledged: Arrived[] = [];
      for (const each of arrived) {
        const standing = await judge(room, each, fresh);
        // A repeated envelope whose first copy did not make it to the disk: the sender will try again.
        if ((standing === 'fresh' || standing === 'twin') && each.body === null) continue;
        if (standing === 'fresh') fresh.set(`${each.author}/${each.n}`, each);
        if (standing === 'twin') fresh.set(twinOf(each), each);
        if (standing === 'twin') core.log('equivocation-kept', { room: room.id });
        if (standing !== 'refused') acknowledged.push(each);
      }
      const kept = [...fresh].flatMap(([name, { body, peer, ...each }]) =>
        body === null ? [] : { ...body, peer, isTwin: name === twinOf(each) },
      );
      const keeping = keepMessages(room, kept, me.key.id);
      return {
        writes: keeping.writes,
        apply: () => {
          if (kept.length > 0) {
            keeping.apply();
            timelines.add(
              room,
              kept.map((each) => each.message),
            );
            core.showRooms();
            for (const each of kept) forward(room, each);
          }
          acknowledge(room, acknowledged);
        },
      };
    },
  };
}

type Standing = 'fresh' | 'twin' | 'known' | 'refused';

const isAt = (log: Uint8Array, { messageId }: Pick<Arrived, 'messageId'>): boolean =>
  messageIdIn(decodeText(log) ?? '') === messageId;

const twinOf = ({ author, n }: Pick<Arrived, 'author' | 'n'>): string => `${author}/${n}/twin`;

const nothingToKeep: Prepared = { writes: [], apply: () => undefined };
const forwardTo = 3;
