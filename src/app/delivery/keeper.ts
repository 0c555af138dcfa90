/** Messages that arrived, opened and verified: which are kept, what the disk is to hold of them, who is told. */
import type { Core } from '../core.ts';
import { decodeText } from '../../protocol/bytes.ts';
import type { Message } from '../../protocol/content.ts';
import type { DeviceId, EnvelopeId, MessageId } from '../../protocol/ids.ts';
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
  readonly id: EnvelopeId;
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
    if (twin !== undefined) return twin.messageId === message.messageId ? 'known' : refused('equivocation', room);
    const head = room.heads.get(message.author);
    const isBefore = head !== undefined && message.n <= head.from;
    if (has(head, message.n) || isBefore) {
      const log = await core.storage.get(keyOf.log(room.id, message.author, message.n));
      const key = log === null ? '' : (decodeText(log.value) ?? '');
      // From before we came, and given to us all the same.
      if (isBefore && log === null) return 'fresh';
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
        if (standing === 'fresh' && each.body === null) continue;
        if (standing === 'fresh') fresh.set(`${each.author}/${each.n}`, each);
        if (standing !== 'refused') acknowledged.push(each);
      }
      const kept = [...fresh.values()].flatMap(({ body, peer }) => (body === null ? [] : { ...body, peer }));
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

type Standing = 'fresh' | 'known' | 'refused';

const nothingToKeep: Prepared = { writes: [], apply: () => undefined };
const forwardTo = 3;
