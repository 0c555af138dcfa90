/** Who may come in at a relay for members: its owner, and whoever shows a key of the owner's last word. */
import type { PeerId } from '../src/protocol/ids.ts';
import { isEnterTrue } from '../src/protocol/access/enter.ts';
import type { Enter } from '../src/protocol/access/enter.ts';
import { decodeAccessWord, outlineOfAccess } from '../src/protocol/access/word.ts';
import type { AccessWord } from '../src/protocol/access/word.ts';
import { bytesToHex } from '../src/protocol/bytes.ts';
import { hasExpired } from '../src/protocol/hour.ts';
import type { MeetFrame, MeetRefusal } from '../src/protocol/meet.ts';
import type { EnteredAs } from '../src/protocol/access/entrance.ts';
import { createAllowance } from '../src/protocol/meeting/allowance.ts';
import type { Allowance } from '../src/protocol/meeting/allowance.ts';
import { isRefusal } from '../src/protocol/refusal.ts';
import type { RefusalReason } from '../src/protocol/refusal.ts';
import type { Clock } from '../src/ports/clock.ts';
import type { Owner } from './owner.ts';

export interface Access {
  isIn(page: PeerId): boolean;
  /** What is heard of somebody who is not in. */
  isShut(page: PeerId, frame: MeetFrame): boolean;
  /** Null: it is about something else. */
  take(page: PeerId, frame: MeetFrame): Heard | null;
  /** Came in by a right that ended since: their links are to be closed. */
  ended(): readonly PeerId[];
  /** Of those who wait outside the one that waited longest, when they are too many. */
  surplus(): PeerId | null;
  entered(page: PeerId): void;
  left(page: PeerId): void;
  counts(): Record<string, number>;
}

export interface Heard {
  readonly answers: readonly MeetFrame[];
  /** Others may be in from now on. */
  readonly isNew: boolean;
  readonly why: MeetRefusal | null;
}

/** Where the owner's word lies between two starts; empty: none was said. */
export interface AccessShelf {
  readonly kept: Uint8Array;
  keep(word: Uint8Array): void;
}

export function createAccess(relay: PeerId, owner: Owner, clock: Clock, shelf: AccessShelf): Access {
  const counted = new Map<string, number>();
  const count = (name: string): void => void counted.set(name, (counted.get(name) ?? 0) + 1);
  /** All together: what signatures cost is bounded by the second. */
  const all = createAllowance(100, 600, clock.ticksMs);
  const pages = new Map<PeerId, Visitor>();
  const outside = new Set<PeerId>();
  const read = decodeAccessWord(shelf.kept, relay);
  let word = isRefusal(read) ? null : { bytes: shelf.kept, said: read, keys: new Set(read.keys) };

  const ownerNow = (): string | null => owner.word()?.said.owner ?? null;
  /** Of an owner who is so no more it says nothing. */
  const wordNow = (): typeof word => (word !== null && word.said.owner === ownerNow() ? word : null);

  const rightOf = (key: string): EnteredAs => {
    if (key === ownerNow()) return 'owner';
    const now = wordNow();
    return now !== null && now.keys.has(key) && !hasExpired(now.said.untilHour, clock.nowMs()) ? 'member' : 'nobody';
  };

  const answer = (as: EnteredAs): MeetFrame => ({
    kind: 'entered',
    as,
    word: as === 'owner' ? (wordNow()?.bytes ?? noWord) : noWord,
  });

  const enter = (page: PeerId, visitor: Visitor, frame: Enter): Heard => {
    const key = bytesToHex(frame.key);
    // Who holds no key that counts costs no signature.
    const as = rightOf(key);
    if (as !== 'nobody' && !all.take(1)) return refused('too-fast');
    const isTrue = as !== 'nobody' && isEnterTrue(frame, relay, page);
    count(isTrue ? `entered_${as}` : 'not_entered');
    if (as !== 'nobody' && !isTrue) return refused('malformed');
    if (!isTrue) return { answers: [answer('nobody')], isNew: false, why: null };
    // A newcomer's device came into the room: what it may be by either of its keys, it is.
    visitor.keys.add(key);
    if (visitor.keys.size > mostKeys) visitor.keys.delete([...visitor.keys][0] ?? '');
    outside.delete(page);
    return { answers: [answer(as)], isNew: false, why: null };
  };

  const refusalOf = (bytes: Uint8Array): RefusalReason | AccessWord => {
    const outline = outlineOfAccess(bytes);
    if (isRefusal(outline)) return outline.refused;
    if (outline.owner !== ownerNow()) return 'not-owner';
    const now = wordNow();
    // A1: an older word is nobody's any more.
    if (now !== null && outline.seq <= now.said.seq) return 'repeated';
    const said = decodeAccessWord(bytes, relay);
    return isRefusal(said) ? said.refused : said;
  };

  const takeWord = (visitor: Visitor, bytes: Uint8Array): Heard => {
    if (![...visitor.keys].some((key) => key === ownerNow())) return refused('members-only');
    const said = refusalOf(bytes);
    count(typeof said === 'string' ? `refused_${said}` : 'words');
    // Who is behind hears what holds.
    if (said === 'repeated') return { answers: [answer('owner')], isNew: false, why: null };
    if (typeof said === 'string') return refused('malformed');
    shelf.keep(bytes);
    word = { bytes, said, keys: new Set(said.keys) };
    return { answers: [], isNew: true, why: null };
  };

  const access: Access = {
    isIn: (page) => [...(pages.get(page)?.keys ?? [])].some((key) => rightOf(key) !== 'nobody'),
    isShut: (page, { kind }) => kind !== 'enter' && kind !== 'claim' && kind !== 'ping' && !access.isIn(page),
    take: (page, frame) => {
      const visitor = pages.get(page);
      if (visitor === undefined || (frame.kind !== 'enter' && frame.kind !== 'access')) return null;
      if (!visitor.asks.take(1)) return refused('too-fast');
      return frame.kind === 'enter' ? enter(page, visitor, frame) : takeWord(visitor, frame.word);
    },
    ended: () => [...pages].flatMap(([page, { keys }]) => (keys.size > 0 && !access.isIn(page) ? [page] : [])),
    surplus: () => (outside.size > mostOutside ? ([...outside][0] ?? null) : null),
    entered: (page) => {
      pages.set(page, { keys: new Set(), asks: createAllowance(1, 16, clock.ticksMs) });
      outside.add(page);
    },
    left: (page) => {
      pages.delete(page);
      outside.delete(page);
    },
    counts: () => ({ outside: outside.size, ...Object.fromEntries(counted) }),
  };
  return access;
}

interface Visitor {
  /** Which it showed and which counted then, the newest last. */
  readonly keys: Set<string>;
  readonly asks: Allowance;
}

const refused = (why: MeetRefusal): Heard => ({ answers: [], isNew: false, why });
const noWord = new Uint8Array(0);
const mostKeys = 4;
/** A crowd of strangers takes no member's place. */
const mostOutside = 512;
