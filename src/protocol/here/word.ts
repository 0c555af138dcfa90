/** What neighbours in a large room tell each other of who is in it: which words they have, the words themselves, and clocks on their way. */
import { bytesToHex, createReader, createWriter, hexToBytes } from '../bytes.ts';
import type { Reader } from '../bytes.ts';
import { limits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import type { Refusal } from '../refusal.ts';
import { readClock, writeClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { mostPresenceBytes, presenceIdBytes } from './presence.ts';

export type HereWord =
  /** `root`: of all that are here for me. `isAll`: there are no others that I have. */
  | { readonly kind: 'shows'; readonly root: string; readonly isAll: boolean; readonly ids: readonly string[] }
  | { readonly kind: 'asks'; readonly ids: readonly string[] }
  | { readonly kind: 'tells'; readonly told: readonly Told[] }
  | { readonly kind: 'has'; readonly hops: number; readonly clocks: readonly Clock[] };

/** A presence as it was signed. `isGone`: nobody reaches it any more, says whoever says so; its device can say otherwise. */
export interface Told {
  readonly isGone: boolean;
  readonly bytes: Uint8Array;
}

export function encodeHereWord(word: HereWord): Uint8Array {
  const out = createWriter().u8(kinds.indexOf(word.kind) + 1);
  switch (word.kind) {
    case 'shows':
      out.fixed(hexToBytes(word.root)).u8(word.isAll ? 1 : 0);
      for (const id of word.ids) out.fixed(hexToBytes(id));
      break;
    case 'asks':
      for (const id of word.ids) out.fixed(hexToBytes(id));
      break;
    case 'tells':
      for (const { isGone, bytes } of word.told) out.u8(isGone ? 1 : 0).capped(bytes);
      break;
    case 'has':
      out.u8(word.hops);
      for (const clock of word.clocks) out.fixed(writeClock(clock));
      break;
  }
  return out.done();
}

export function decodeHereWord(bytes: Uint8Array): HereWord | Refusal {
  const read = createReader(bytes);
  const kind = kinds[read.u8() - 1];
  if (!read.isGood()) return refuse('truncated');
  switch (kind) {
    case 'shows': {
      const root = bytesToHex(read.fixed(presenceIdBytes));
      const isAll = read.u8() === 1;
      const ids = many(read, limits.devicesPerRoom, readId);
      return 'refused' in ids ? ids : { kind, root, isAll, ids };
    }
    case 'asks': {
      const ids = many(read, limits.devicesPerRoom, readId);
      return 'refused' in ids ? ids : { kind, ids };
    }
    case 'tells': {
      const told = many(read, limits.castIds, (from) => ({ isGone: from.u8() === 1, bytes: from.capped(mostPresenceBytes) }));
      return 'refused' in told ? told : { kind, told };
    }
    case 'has': {
      const hops = read.u8();
      const clocks = many(read, limits.castIds, readClock);
      return 'refused' in clocks ? clocks : { kind, hops, clocks };
    }
    default:
      return refuse('unknown-kind');
  }
}

const kinds = ['shows', 'asks', 'tells', 'has'] as const;

const readId = (read: Reader): string => bytesToHex(read.fixed(presenceIdBytes));

/** To the end. */
function many<One>(read: Reader, most: number, one: (read: Reader) => One): readonly One[] | Refusal {
  const all: One[] = [];
  while (read.isGood() && !read.isDone()) {
    if (all.length === most) return refuse('too-many');
    all.push(one(read));
  }
  return read.isGood() ? all : refuse('truncated');
}
