/** The Square as its relay keeps it: hears the owner, and passes on nothing that the rules of Squares keep from everybody. */
import { decodeContent, decodeOwnContent } from '../src/protocol/content.ts';
import { findRoom, openEnvelope } from '../src/protocol/envelope.ts';
import { decodeFrame } from '../src/protocol/frame.ts';
import type { PeerId } from '../src/protocol/ids.ts';
import type { MeetFrame, MeetRefusal } from '../src/protocol/meet.ts';
import { createAllowance } from '../src/protocol/meeting/allowance.ts';
import { createShares } from '../src/protocol/meeting/shares.ts';
import { isRefusal } from '../src/protocol/refusal.ts';
import type { RefusalReason } from '../src/protocol/refusal.ts';
import type { RoomKeys } from '../src/protocol/room-keys.ts';
import { isTooSoon, ownerRefusal, squareRefusal } from '../src/protocol/square/pace.ts';
import type { Spoken } from '../src/protocol/square/pace.ts';
import { isGraceOver, knownClosing } from '../src/protocol/square/closing.ts';
import type { KnownClosing } from '../src/protocol/square/closing.ts';
import type { OwnerWord } from '../src/protocol/square/word.ts';
import type { Clock } from '../src/ports/clock.ts';
import type { Owner } from './owner.ts';

export interface Square {
  /** For whoever enters; null: nobody owns the Square. */
  welcome(): MeetFrame | null;
  /** A claim, or a word of the owner. Null: it is neither. */
  take(page: PeerId, frame: MeetFrame): Taken | null;
  left(page: PeerId): void;
  /** Whether this goes on, on the public topic. `from`: over whose connection it came. */
  mayGoOn(bytes: Uint8Array, from: string): boolean;
  /** A frame from one page for another: the word of somebody who is not to be heard. */
  isKeptBack(frame: Uint8Array): boolean;
  counts(): Record<string, number>;
}

export interface Taken {
  readonly answers: readonly MeetFrame[];
  /** For everybody else. */
  readonly news: MeetFrame | null;
  /** It was wrong, and not only late. */
  readonly why: MeetRefusal | null;
}

export function createSquare(keys: RoomKeys, owner: Owner, clock: Clock): Square {
  const counted = new Map<string, number>();
  const count = (name: string): void => void counted.set(name, (counted.get(name) ?? 0) + 1);
  const words = createShares(mostPages, () => createAllowance(1, 8, clock.ticksMs));
  const voices = createShares(mostPages, () => createAllowance(2, 30, clock.ticksMs));
  /** All together: what a signature costs is bounded by the second. */
  const all = createAllowance(40, 200, clock.ticksMs);
  const devices = createShares<Spoken[]>(mostDevices, () => []);

  let closing: KnownClosing | null = null;
  /** What holds, and whether it is closed with the grace over. */
  const holding = (): { readonly word: OwnerWord | null; readonly isShut: boolean } => {
    const word = owner.word()?.said ?? null;
    closing = knownClosing(closing, word, clock.ticksMs());
    return { word, isShut: isGraceOver(closing, clock.nowMs(), clock.ticksMs()) };
  };
  // It may have been closed before we started.
  holding();

  const tell = (): MeetFrame | null => {
    const word = owner.word();
    return word && { kind: 'square', word: word.bytes };
  };

  const refusalOf = (bytes: Uint8Array, from: string): RefusalReason | null => {
    const found = findRoom([keys], bytes);
    if (isRefusal(found)) return found.refused;
    // Q6: before anything is opened.
    if (!voices(from).take(1) || !all.take(1)) return 'too-many';
    const signed = openEnvelope(keys, bytes);
    if (isRefusal(signed)) return signed.refused;
    const content = decodeContent(signed, keys.id);
    if (isRefusal(content)) return content.refused;
    if (content.kind !== 'message') return 'unknown-kind';
    const { word, isShut } = holding();
    const why = squareRefusal(content, clock.nowMs(), word, isShut);
    if (why !== null) return why;
    const said = devices(content.author);
    if (isTooSoon(content, said)) return 'too-fast';
    if (said.length === mostSaid) said.shift();
    const { author, id, n, sentAtMs } = content;
    said.push({ author, id, n, sentAtMs });
    return null;
  };

  return {
    welcome: tell,
    take: (page, frame) => {
      if (frame.kind !== 'square' && frame.kind !== 'claim') return null;
      if (!words(page).take(1)) return { answers: [], news: null, why: 'too-fast' };
      if (frame.kind === 'claim') {
        const before = owner.word()?.bytes;
        const outcome = owner.claim(frame);
        count(`claim_${outcome}`);
        const holds = outcome === 'behind' ? tell() : null;
        return {
          // A page that is not in yet did not hear after which word its own is to come.
          answers: [...(holds === null ? [] : [holds]), { kind: 'claimed', outcome }],
          news: owner.word()?.bytes === before ? null : tell(),
          // Who opened another relay's link here did nothing wrong; told so, a page takes it for more than the claim.
          why: outcome === 'refused' ? 'malformed' : null,
        };
      }
      const why = owner.take(frame.word);
      holding();
      count(why === null ? 'words' : `refused_${why}`);
      const isLate = why === 'repeated' || why === 'not-owner';
      // Whoever hands it on did not write it.
      const isWrong = why !== null && !isLate && why !== 'too-far-ahead';
      // Who is behind hears what holds.
      const holds = isLate ? tell() : null;
      return {
        answers: holds === null ? [] : [holds],
        news: why === null ? tell() : null,
        why: isWrong ? 'malformed' : null,
      };
    },
    left: (page) => words.forget(page),
    mayGoOn: (bytes, from) => {
      const why = refusalOf(bytes, from);
      count(why === null ? 'passed_on' : `refused_${why}`);
      return why === null;
    },
    isKeptBack: (bytes) => {
      const { word, isShut } = holding();
      if (word === null || (word.closedMs === null && word.expelled.length === 0)) return false;
      const frame = decodeFrame(bytes);
      if (isRefusal(frame) || frame.kind !== 'envelope' || isRefusal(findRoom([keys], frame.bytes))) return false;
      const signed = openEnvelope(keys, frame.bytes);
      if (isRefusal(signed)) return false;
      // Whose name it bears is enough: a forger keeps back nothing but the forgery.
      const content = decodeOwnContent(signed);
      const isOut =
        'kind' in content &&
        content.kind === 'message' &&
        ownerRefusal(word, content.author, isShut ? Infinity : content.sentAtMs) !== null;
      if (isOut) count('kept_back');
      return isOut;
    },
    counts: () => Object.fromEntries(counted),
  };
}

const mostPages = 8_192;
const mostDevices = 4_096;
/** A device's last words, to know its pace by. */
const mostSaid = 8;
