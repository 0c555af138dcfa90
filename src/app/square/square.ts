/** The Square's rules, kept by whoever reads there: pace, age, the owner's word, and what I do not want to see. */
import type { Core } from '../core.ts';
import type { Stop } from '../../ports/clock.ts';
import { encodeFrame } from '../../protocol/frame.ts';
import type { Message } from '../../protocol/content.ts';
import type { PeerId, RoomId } from '../../protocol/ids.ts';
import type { ClaimOutcome, MeetFrame } from '../../protocol/meet.ts';
import { createAllowance } from '../../protocol/meeting/allowance.ts';
import type { Allowance } from '../../protocol/meeting/allowance.ts';
import type { RefusalReason } from '../../protocol/refusal.ts';
import { mayNextSpeakMs, ownerRefusal } from '../../protocol/square/pace.ts';
import type { Outbox } from '../delivery/outbox.ts';
import { sendTo } from '../mesh/peers.ts';
import type { Peer, Peers } from '../mesh/peers.ts';
import { lastSaid } from '../rooms/room.ts';
import type { Room } from '../rooms/room.ts';
import type { Timelines } from '../rooms/timeline.ts';
import { createBook } from './book.ts';
import type { Book } from './book.ts';
import { createClaim } from './claim.ts';
import { changeOf } from './deed.ts';
import type { OwnerDeedOf, SquareDeed } from './deed.ts';
import { createGate } from './gate.ts';
import { createHidden } from './hidden.ts';
import type { Hidden } from './hidden.ts';
import { createOwner, isOlder } from './owner.ts';
import type { Owner } from './owner.ts';
import { squareView } from './square-view.ts';

export interface SquareRules {
  /** The rooms are read: what lies of Squares on the disk is known, and tidied. */
  load(): Promise<void>;
  /** The relay we came by keeps this one. */
  entered(room: RoomId): Promise<void>;
  /** It keeps none, and is for members: an owner link is about this. */
  realm(id: RoomId): Promise<void>;
  /** `via`: by whose link. Before anything is opened. */
  mayOpen(room: Room, via: string): RefusalReason | null;
  judge(room: Room, message: Message, via: string): RefusalReason | null;
  /** Whether I may speak there now. */
  mayWrite(room: Room): RefusalReason | null;
  /** A path to somebody there stands. */
  greet(peer: Peer, room: Room): void;
  /** Null: our own relay said it. */
  hear(word: Uint8Array, peer: Peer | null): void;
  relayOpened(): void;
  claimed(outcome: ClaimOutcome): void;
  /** An owner link was opened. Answers once the Square is there; null: there is none, or trouble says so. */
  claim(secret: Uint8Array): Promise<RoomId | null>;
  does(deed: SquareDeed): Promise<boolean>;
  close(): void;
}

export interface SquareDesk {
  readonly peers: Peers;
  readonly timelines: Timelines;
  readonly outbox: Outbox;
  /** Our own; null, as false: it is not there. */
  relay(): PeerId | null;
  tellRelay(frame: MeetFrame): boolean;
  /** Our relay took this device for its owner, by a link that was opened here. */
  owned(): void;
}

/** All of one Square; there may be older ones, of other relays at this address. */
interface Kept {
  readonly room: Room;
  readonly book: Book;
  readonly hidden: Hidden;
  readonly owner: Owner;
}

export function createSquareRules(core: Core, desk: SquareDesk): SquareRules {
  const all = new Map<RoomId, Kept>();
  const gate = createGate(core.clock);
  const answers = new WeakMap<object, Allowance>();
  let here: Kept | null = null;
  let realm: Owner | null = null;
  const arrivals: (() => void)[] = [];
  let tidying: Stop | null = null;
  /** Our relay says its word as we come, perhaps before we know of its Square. */
  let saidByRelay: Uint8Array | null = null;

  const ownerHere = (): Owner | null => here?.owner ?? realm;

  const show = (): void => {
    core.store.change({ square: here && squareView(core, here, claim.state()) });
    const ended = claim.state();
    if (here !== null || realm === null || ended === null || ended === 'claiming') return;
    // No Square shows how it ended.
    claim.forget();
    if (ended !== 'yours') core.trouble('bad-link');
  };

  const claim = createClaim(core, {
    word: () => {
      const me = core.me();
      return me && (ownerHere()?.write(me, { did: 'began', about: '' }) ?? null);
    },
    relay: desk.relay,
    say: desk.tellRelay,
    changed: show,
  });

  const keptOf = async (room: Room): Promise<Kept> => {
    const known = all.get(room.id);
    if (known !== undefined) return known;
    const owner = createOwner(core, room.id);
    const hidden = createHidden(core, room.id);
    const book = createBook(core, room, {
      ...desk,
      owner,
      isHere: (device) => desk.peers.inRoom(room.id).some((peer) => peer.device === device),
    });
    await Promise.all([owner.load(), hidden.load(), book.load()]);
    const kept: Kept = { room, book, hidden, owner };
    all.set(room.id, kept);
    const isOut = (message: Pick<Message, 'author' | 'sentAtMs'>): boolean =>
      owner.word()?.expelled.some(({ device }) => device === message.author && device !== core.me()?.key.id) === true ||
      message.sentAtMs <= (owner.word()?.clearedMs ?? 0);
    room.rules = {
      isShown: (message) => !isOut(message) && !hidden.has(message),
      isOut: owner.isOut,
      kept: (messages) => {
        book.kept(messages);
        if (messages.some(({ author }) => author === core.me()?.key.id)) show();
      },
    };
    void core.lane.run(async () => {
      await book.tidy();
      await book.reshow();
    });
    tidying ??= core.clock.after(tidyMs, tidyAll);
    return kept;
  };

  const tidyAll = (): void => {
    for (const { book } of all.values()) void core.lane.run(book.tidy);
    // It did not take ours: there were too many at once.
    const ours = here?.owner.bytes() ?? null;
    if (here !== null && ours !== null && saidByRelay !== null && isOlder(saidByRelay, here.owner.word()))
      desk.tellRelay({ kind: 'square', word: ours });
    tidying = core.clock.after(tidyMs, tidyAll);
  };

  /** The word is new here: it holds, and goes on to whoever is here. */
  const obey = (kept: Kept, from: Peer | null): void => {
    const bytes = kept.owner.bytes();
    if (bytes === null) return;
    for (const peer of desk.peers.inRoom(kept.room.id)) if (peer !== from) tell(peer, bytes);
    void core.lane.run(async () => {
      await kept.book.tidy();
      await kept.book.reshow();
    });
    show();
  };

  const tell = (peer: Peer, word: Uint8Array): void => void sendTo(peer, encodeFrame({ kind: 'square', bytes: word }));

  const mayAnswer = (peer: Peer | null): boolean => {
    const to = peer ?? ownRelay;
    const share = answers.get(to) ?? createAllowance(0.1, 2, core.clock.ticksMs);
    answers.set(to, share);
    return share.take(1);
  };

  const changed = async (kept: Kept, deed: Promise<boolean>): Promise<boolean> => {
    if (!(await deed)) return false;
    await core.lane.run(kept.book.reshow);
    show();
    return true;
  };

  const doAsOwner = async (kept: Kept, deed: OwnerDeedOf): Promise<boolean> => {
    const me = core.me();
    const pinKey = deed.kind === 'pin' ? kept.book.keyOf(deed) : null;
    const pinned = pinKey === null ? null : ((await core.storage.get(pinKey))?.value ?? null);
    const before = kept.owner.word();
    if (me === null || before?.owner !== me.key.id) return false;
    const nameOf: Parameters<typeof changeOf>[2]['nameOf'] = (device) => kept.room.names.get(device) ?? '';
    const now = { nowMs: core.clock.nowMs(), pinned, pinnedBy: kept.owner.pinned()?.author ?? null, nameOf };
    const change = changeOf(deed, before, now);
    if (change === null) return false;
    const bytes = kept.owner.write(me, change);
    if (kept.owner.hear(bytes, 'somebody', () => true) !== null) return false;
    // Should the relay be away, those who are here hear it, and it hears it from whoever comes back first.
    desk.tellRelay({ kind: 'square', word: bytes });
    obey(kept, null);
    return true;
  };

  const hear = (bytes: Uint8Array, peer: Peer | null): void => {
    if (peer === null) saidByRelay = bytes;
    const owner = ownerHere();
    if (owner === null) return;
    const why = owner.hear(bytes, peer === null ? 'our-relay' : 'somebody', () => gate.mayOpen(peer?.id ?? 'our-relay'));
    if (here === null) return;
    if (why === null) return obey(here, peer);
    if (why !== 'repeated') return core.log('word-refused', { why });
    const ours = here.owner.bytes();
    // Who is behind hears the newer one; so does a relay that was set back.
    if (ours !== null && isOlder(bytes, here.owner.word()) && mayAnswer(peer)) {
      if (peer === null) desk.tellRelay({ kind: 'square', word: ours });
      else tell(peer, ours);
    }
  };

  const arrived = (): void => {
    if (saidByRelay !== null) hear(saidByRelay, null);
    claim.goOn();
    for (const run of arrivals.splice(0)) run();
  };

  return {
    load: async () => {
      for (const room of core.rooms.values()) if (room.kind === 'square') await keptOf(room);
    },
    entered: async (id) => {
      const room = core.rooms.get(id);
      if (room === undefined) return;
      here = await keptOf(room);
      show();
      arrived();
    },
    realm: async (id) => {
      if (realm?.room === id) return;
      realm = createOwner(core, id);
      await realm.load();
      arrived();
    },
    // Not yet read: it comes again.
    mayOpen: (room, via) => (all.has(room.id) ? (gate.mayOpen(via) ? null : 'too-many') : 'too-soon'),
    judge: (room, message, via) => {
      const kept = all.get(room.id);
      if (kept === undefined) return 'too-soon';
      const why = kept.book.judge(message);
      if (why !== null) return why;
      if (message.author !== core.me()?.key.id && !gate.mayCome(message, via)) return 'too-many';
      kept.book.heard(message);
      return null;
    },
    mayWrite: (room) => {
      const kept = all.get(room.id);
      const me = core.me();
      if (kept === undefined || me === null) return 'too-soon';
      const [nowMs, word] = [core.clock.nowMs(), kept.owner.word()];
      // Closed is closed, whatever my clock shows.
      const why = word && ownerRefusal(word, me.key.id, Infinity);
      const n = lastSaid(room, me.key.id) + 1;
      return why ?? (mayNextSpeakMs(nowMs, kept.book.saidBy(me.key.id), n) > nowMs ? 'too-fast' : null);
    },
    greet: (peer, room) => {
      const word = all.get(room.id)?.owner.bytes() ?? null;
      if (word !== null) tell(peer, word);
    },
    hear,
    relayOpened: claim.goOn,
    claimed: (outcome) => {
      if (outcome === 'yours' && claim.state() === 'claiming') desk.owned();
      claim.answered(outcome);
    },
    claim: async (secret) => {
      claim.begin(secret);
      if (ownerHere() === null) {
        await new Promise<void>((resolve) => {
          arrivals.push(resolve);
          core.clock.after(arriveMs, resolve);
        });
      }
      if (ownerHere() === null) core.trouble('bad-link');
      return here?.room.id ?? null;
    },
    does: async (deed) => {
      if (here === null) return false;
      switch (deed.kind) {
        case 'hide':
          return changed(here, here.hidden.hide(deed));
        case 'show-hidden':
          return changed(here, here.hidden.showAll());
        case 'block':
        case 'unblock':
          return changed(here, here.hidden.block(deed.device, deed.kind === 'block'));
        case 'seen':
          claim.forget();
          show();
          return true;
        default:
          return doAsOwner(here, deed);
      }
    },
    close: () => {
      tidying?.();
      claim.close();
    },
  };
}

const ownRelay = {};
const tidyMs = 60_000;
const arriveMs = 15_000;
