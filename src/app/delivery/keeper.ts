/** Messages that arrived, opened and verified: which are kept, what the disk is to hold of them, who is told. */
import type { Cast } from '../cast/cast.ts';
import type { Core } from '../core.ts';
import { decodeText } from '../../protocol/bytes.ts';
import type { Message } from '../../protocol/content.ts';
import type { DeviceId, MessageId } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import type { RefusalReason } from '../../protocol/refusal.ts';
import type { Write } from '../../ports/storage.ts';
import type { Link } from '../../ports/network.ts';
import type { Peer, Peers } from '../mesh/peers.ts';
import { keyOf, messageIdIn } from '../records.ts';
import { keepMessages } from '../rooms/keep-message.ts';
import { has } from '../rooms/room.ts';
import type { Room } from '../rooms/room.ts';
import type { Timelines } from '../rooms/timeline.ts';
import { createAcknowledge } from './acknowledge.ts';
import type { TakesOver } from './acknowledge.ts';

/** What is remembered of an envelope after it was opened. */
export interface Entry {
  readonly room: Room;
  readonly author: DeviceId;
  readonly n: number;
  readonly messageId: MessageId;
}

export interface Arrived extends Entry {
  readonly peer: Peer | null;
  /** Of its routes, the one by which it came. */
  readonly way: Link | null;
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
  /** The same, one after the other. */
  gather(room: Room): Gathering;
}

export interface Gathering {
  /** False: it will not be here. To be known before anything says to its author that it is. */
  take(arrived: Arrived): Promise<boolean>;
  prepared(): Prepared;
}

export interface Prepared {
  readonly writes: readonly Write[];
  apply(): void;
}

export function createKeeper(core: Core, peers: Peers, cast: Cast, timelines: Timelines, takesOver: TakesOver): Keeper {
  const judge = async (room: Room, message: Arrived, fresh: ReadonlyMap<string, Arrived>): Promise<Standing> => {
    const twin = fresh.get(twinOf(message, 0));
    if (twin !== undefined && twin.messageId === message.messageId) return 'known';
    const head = room.heads.get(message.author);
    const isBefore = head !== undefined && message.n <= head.from;
    if (has(head, message.n) || isBefore || twin !== undefined) {
      const log = await core.storage.get(keyOf.log(room.id, message.author, message.n));
      // From before we came, and given to us all the same.
      if (log === null && isBefore && twin === undefined) return first;
      return log !== null && isAt(log.value, message) ? 'known' : judgeTwin(room, message, fresh);
    }
    if (head === undefined && message.author !== core.me()?.key.id) {
      const authors = new Set([...fresh.values()].map(({ author }) => author).filter((author) => !room.heads.has(author)));
      if (room.heads.size + authors.size >= limits.devicesPerRoom && !authors.has(message.author))
        return refused('too-many', room);
    }
    const ahead = (head?.above.size ?? 0) + [...fresh.values()].filter(({ author }) => author === message.author).length;
    const isTooFar = ahead >= limits.messagesAboveGap && message.n !== (head?.upTo ?? 0) + 1;
    return isTooFar ? refused('too-many', room) : first;
  };

  /**
   * M1: two messages under one number are both kept: a device whose disk was set back does not know what it said. In a conversation of two
   * it may have been set back more often: what its session acknowledges is here.
   */
  const judgeTwin = async (room: Room, message: Arrived, fresh: ReadonlyMap<string, Arrived>): Promise<Standing> => {
    const most = room.kind === 'direct' ? mostTwinsOfTwo : 1;
    for (let twin = 1; twin <= most; twin += 1) {
      const arrived = fresh.get(twinOf(message, twin));
      if (arrived !== undefined && arrived.messageId === message.messageId) return 'known';
      if (arrived !== undefined) continue;
      const before = await core.storage.get(keyOf.twin(room.id, message.author, message.n, twin));
      if (before === null) return { twin };
      if (isAt(before.value, message)) return 'known';
    }
    return refused('equivocation', room);
  };

  const refused = (why: RefusalReason, room: Room): Standing => {
    core.log('message-refused', { why, room: room.id });
    return 'refused';
  };

  const acknowledge = createAcknowledge(core, peers, takesOver);

  const gather = (room: Room): Gathering => {
    /** By the place that each is to have. */
    const fresh = new Map<string, Arrived>();
    const kept: (Body & { readonly twin: number })[] = [];
    const acknowledged: Arrived[] = [];
    return {
      take: async (each) => {
        const standing = await judge(room, each, fresh);
        if (standing === 'refused') return false;
        if (standing !== 'known') {
          // A repeated envelope whose first copy did not make it to the disk: the sender will try again.
          if (each.body === null) return false;
          const { twin } = standing;
          if (twin > 0) core.log('equivocation-kept', { room: room.id });
          fresh.set(twinOf(each, twin), each);
          kept.push({ ...each.body, twin });
          // It speaks for itself, and each hop's disk would be time: only what we say of it waits for ours.
          const { sealed } = each.body;
          if (sealed !== null) cast.spread({ room: room.id, author: each.author, sealed });
        }
        acknowledged.push(each);
        return true;
      },
      prepared: () => {
        const me = core.me();
        // Left meanwhile, or left and joined anew.
        if (me === null || core.rooms.get(room.id) !== room) return nothingToKeep;
        const keeping = keepMessages(room, kept, me.key.id);
        const apply = (): void => {
          if (kept.length > 0) {
            keeping.apply();
            timelines.add(
              room,
              kept.map((each) => each.message),
            );
            core.showRooms();
            for (const { sealed } of kept) if (sealed !== null) cast.kept(sealed);
          }
          acknowledge(room, acknowledged);
        };
        return { writes: keeping.writes, apply };
      },
    };
  };

  return {
    gather,
    prepare: async (room, arrived) => {
      const gathering = gather(room);
      for (const each of arrived) await gathering.take(each);
      return gathering.prepared();
    },
  };
}

/** To be kept as the first or another under its number, here already, or not wanted. */
type Standing = { readonly twin: number } | 'known' | 'refused';

const isAt = (log: Uint8Array, { messageId }: Pick<Arrived, 'messageId'>): boolean =>
  messageIdIn(decodeText(log) ?? '') === messageId;

const twinOf = ({ author, n }: Pick<Arrived, 'author' | 'n'>, twin: number): string => `${author}/${n}/${twin}`;

const first: Standing = { twin: 0 };

const nothingToKeep: Prepared = { writes: [], apply: () => undefined };
/** Nobody is set back so often before it meets the other. */
const mostTwinsOfTwo = 16;
