/**
 * How far I have the messages of authors to whom I know no path: signed, and handed on towards them, from each to the neighbour that
 * told it of the author, who is nearer. Nobody answers it: it is said three times, ever later, unless more came meanwhile.
 */
import type { Core } from '../core.ts';
import { forgetFirst } from '../../protocol/forget-first.ts';
import { isClockTrue, signClock } from '../../protocol/here/clock.ts';
import type { Clock } from '../../protocol/here/clock.ts';
import type { HereWord } from '../../protocol/here/word.ts';
import { shortOf } from '../../protocol/ids.ts';
import type { DeviceId, Short } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import { createAllowance } from '../../protocol/meeting/allowance.ts';
import type { Allowance } from '../../protocol/meeting/allowance.ts';
import type { RefusalReason } from '../../protocol/refusal.ts';
import type { Stop } from '../../ports/clock.ts';
import type { Receipts } from '../delivery/receipts.ts';
import type { Peer, Peers } from '../mesh/peers.ts';
import type { Room } from '../rooms/room.ts';
import { laterMs } from './later.ts';

export interface Owed {
  /** Theirs are here, and nobody knows a path to them. */
  owe(author: DeviceId): void;
  take(word: Extract<HereWord, { kind: 'has' }>, peer: Peer): RefusalReason | null;
  tick(): void;
  close(): void;
}

export interface OwedHands {
  readonly peers: Peers;
  readonly receipts: Receipts;
  isOfRoom(device: DeviceId): boolean;
  isHere(author: DeviceId): boolean;
  deviceOf(author: Short): DeviceId | null;
  /** Those who are nearer to this device than we are, the nearest first. */
  towards(device: DeviceId): readonly Peer[];
  say(peer: Peer, word: HereWord): boolean;
}

export function createOwed(core: Core, room: Room, hands: OwedHands): Owed {
  const { clock } = core;
  const mine = new Map<DeviceId, { tries: number; atMs: number }>();
  /** What was handed on lately, so that nothing goes round. */
  const lately = new Map<string, number>();
  const shares = new WeakMap<Peer, Allowance>();
  const waiting = new Map<Peer, Map<string, { readonly clock: Clock; readonly hops: number }>>();
  let planned: Stop | null = null;

  const endsOf = (device: DeviceId): readonly Peer[] => hands.peers.inRoom(room.id).filter((peer) => peer.device === device);

  const flush = (): void => {
    planned = null;
    const all = [...waiting];
    waiting.clear();
    for (const [peer, clocks] of all) {
      const each = [...clocks.values()];
      for (let at = 0; at < each.length; at += limits.castIds) {
        const some = each.slice(at, at + limits.castIds);
        const hops = Math.max(...some.map((one) => one.hops));
        hands.say(peer, { kind: 'has', hops, clocks: some.map((one) => one.clock) });
      }
    }
  };

  /** False: nobody leads there. */
  const handOn = (given: Clock, author: DeviceId, hops: number, from: Peer | null): boolean => {
    const [next] = [...endsOf(author), ...hands.towards(author)].filter((peer) => peer !== from);
    if (next === undefined) return false;
    const clocks = waiting.get(next) ?? new Map<string, { clock: Clock; hops: number }>();
    waiting.set(next, clocks.set(`${given.device}/${given.author}`, { clock: given, hops }));
    planned ??= clock.after(gatherMs, flush);
    return true;
  };

  const takeOne = (given: Clock, hops: number, peer: Peer): RefusalReason | null => {
    const me = core.me();
    const author = hands.deviceOf(given.author);
    if (me === null || author === null || !hands.isOfRoom(given.device)) return 'unknown-device';
    const name = `${given.device}/${given.author}/${given.upTo}`;
    if ((lately.get(name) ?? -latelyMs) + latelyMs > clock.ticksMs()) return 'repeated';
    const share = shares.get(peer) ?? createAllowance(clocksPerSecond, mostClocks, clock.ticksMs);
    shares.set(peer, share);
    if (!share.take(1)) return 'too-fast';
    if (!isClockTrue(room.id, given)) return 'bad-signature';
    lately.delete(name);
    lately.set(name, clock.ticksMs());
    forgetFirst(lately, mostLately);
    if (author === me.key.id) hands.receipts.gotUpTo(room, given.device, given.upTo);
    else if (hops >= limits.hops) return 'too-far';
    else handOn(given, author, hops + 1, peer);
    return null;
  };

  return {
    owe: (author) => {
      if (mine.size >= limits.devicesPerRoom && !mine.has(author)) return;
      // One for all that is said meanwhile.
      if (mine.get(author)?.tries === 0) return;
      const luck = (core.entropy.bytes(1)[0] ?? 0) / 256;
      mine.set(author, { tries: 0, atMs: clock.ticksMs() + laterMs * (0.5 + luck / 2) });
    },
    take: ({ hops, clocks }, peer) => {
      let why: RefusalReason | null = null;
      for (const each of clocks) why = takeOne(each, hops, peer) ?? why;
      return why;
    },
    tick: () => {
      const me = core.me();
      if (me === null) return;
      for (const [author, owing] of mine) {
        // By a path of its own all is told.
        if (endsOf(author).length > 0) mine.delete(author);
        else if (owing.atMs <= clock.ticksMs() && hands.isHere(author)) {
          const upTo = room.heads.get(author)?.upTo ?? 0;
          if (upTo === 0 || !handOn(signClock(room.id, me.key, shortOf(author), upTo), author, 0, null)) continue;
          owing.tries += 1;
          owing.atMs = clock.ticksMs() + againMs * 4 ** owing.tries;
          if (owing.tries >= mostTries) mine.delete(author);
        }
      }
    },
    close: () => planned?.(),
  };
}

/** At each step, for others that go the same way. */
const gatherMs = 4_000;
/** 1.5 and 6 minutes. */
const againMs = 22_500;
const mostTries = 3;
/** Longer than all the steps there may be. */
const latelyMs = 60_000;
const mostLately = 4_096;
const clocksPerSecond = 4;
const mostClocks = 512;
