/**
 * Turns met peers into direct links, as many as a page should hold: the newcomer dials, the other waits a little, failures wait ever
 * longer. Later it looks now and then whether there is a place left, and somebody to link to.
 */
import type { Clock, Stop } from '../../ports/clock.ts';
import type { Entropy } from '../../ports/entropy.ts';
import type { Log } from '../../ports/log.ts';
import type { Carry, Network } from '../../ports/network.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { createAllowance } from '../../protocol/meeting/allowance.ts';
import type { Allowance } from '../../protocol/meeting/allowance.ts';
import { encodeFrame } from '../../protocol/frame.ts';
import { forgetFirst } from '../../protocol/forget-first.ts';
import { pick } from '../luck.ts';
import { routeOf, sendThrough } from './peers.ts';
import type { Peer, Peers } from './peers.ts';
import type { Resting } from './resting.ts';
import { createSlots } from './slots.ts';

export interface Dialer {
  /** `first`: we came later, so we begin. */
  want(peer: Peer, first: boolean): void;
  /** Its direct link broke. `first`: it was ours, so we begin again, unless we hear meanwhile that it is gone. */
  lost(peer: Peer, first: boolean): void;
  /** Somebody begins a link with us: whether there is a place for it. */
  isWelcome(id: PeerId): boolean;
  /** It is linked now. */
  opened(peer: Peer): void;
  close(): void;
}

export interface DialerPorts {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
}

export function createDialer(
  ports: DialerPorts,
  network: Network,
  peers: Peers,
  resting: Pick<Resting, 'closeTo' | 'hasTo'>,
): Dialer {
  const { clock, log } = ports;
  const slots = createSlots(clock, peers);
  const dialing = new Map<PeerId, AbortController>();
  /** The next dial of each peer; a newer plan takes the place of an older one. */
  const planned = new Map<PeerId, Stop>();
  /** Who was dialled in vain since the last link that held, and until when that is not tried again without being asked. */
  const failed = new Map<PeerId, Failed>();
  /** When each began a link to us that does not stand yet: were there a way, that would find it. */
  const came = new Map<PeerId, number>();
  /** To whom there was a way: they are dialled by both, and again soon. */
  const reached = new Set<PeerId>();
  /** When the link of each began. */
  const since = new Map<PeerId, number>();
  /** Whose links broke as soon as they stood. Whoever leaves and comes back is not forgotten for that. */
  const broke = new Map<PeerId, Broke>();
  const named = new Map<PeerId, Allowance>();
  let isClosed = false;

  /** How long they have to wait still who broke a few; `share`: of the whole. */
  const outMs = (id: PeerId, share: number): number => {
    const each = broke.get(id);
    return each === undefined || each.times < fewBreaks ? 0 : each.atMs + each.waitMs * share - clock.ticksMs();
  };

  const plan = (peer: Peer, afterMs: number): void => {
    planned.get(peer.id)?.();
    const stop = clock.after(afterMs, () => {
      planned.delete(peer.id);
      void dial(peer);
    });
    planned.set(peer.id, stop);
  };

  const isToDial = (peer: Peer): boolean => peers.get(peer.id) === peer && peer.direct === null && routeOf(peer) !== null;

  const dial = async (peer: Peer): Promise<void> => {
    // The peer may have gone, or dialled us, or be somebody else's turn by now.
    if (isClosed || !isToDial(peer) || dialing.has(peer.id)) return;
    // Whoever introduces may name many who do not exist.
    if (dialing.size >= mostDialing) return plan(peer, retryMs);
    const theirsMs = reached.has(peer.id) ? Infinity : clock.ticksMs() - (came.get(peer.id) ?? -Infinity);
    if (theirsMs < attemptMs) return plan(peer, Math.max(promptMs, attemptMs - theirsMs));
    if (came.delete(peer.id) && theirsMs < 2 * attemptMs) return missed(peer, false, politeMs);
    if (!slots.mayDial(peer)) return;
    resting.closeTo(peer.id);
    const attempt = new AbortController();
    dialing.set(peer.id, attempt);
    const stop = clock.after(attemptMs, () => attempt.abort());
    const opened = await network.openPeer(peer.id, carryTo(peer), attempt.signal);
    stop();
    dialing.delete(peer.id);
    slots.free(peer.id);
    if (opened.state === 'open' || isClosed) return;
    log('peer-not-open', { why: opened.why });
    // Who has no place left has none for a while; who was not heard may be so in a moment.
    missed(peer, opened.why === 'refused-there', 0);
  };

  const missed = (peer: Peer, isFull: boolean, moreMs: number): void => {
    const times = (failed.get(peer.id)?.times ?? 0) + 1;
    const waitMs = Math.min(
      isFull ? fullMs * 3 ** (times - 1) : retryMs * (reached.has(peer.id) ? 3 : inVain) ** (times - 1),
      mostWaitMs,
    );
    failed.set(peer.id, { times, untilMs: clock.ticksMs() + waitMs });
    if (!isFull && times < mostFailures) plan(peer, waitMs + moreMs);
    else tend(promptMs);
  };

  /** Where a place is left, somebody gets it: who shares a room before strangers, and otherwise by luck. */
  const fill = (): void => {
    const nowMs = clock.ticksMs();
    for (const each of [failed, since, came, reached])
      for (const id of each.keys()) if (peers.get(id) === undefined) each.delete(id);
    // A frozen page comes back by the link that rests, if at all.
    const isFree = ({ id }: Peer): boolean =>
      !planned.has(id) && !resting.hasTo(id) && (failed.get(id)?.untilMs ?? 0) <= nowMs && outMs(id, 1) <= 0;
    const free = [...peers.all()].filter((peer) => isToDial(peer) && isFree(peer));
    const sharing = free.filter(({ rooms }) => rooms.size > 0);
    const [next] = pick(sharing.length > 0 ? sharing : free, 1, ports.entropy);
    if (next !== undefined) void dial(next);
    tend(next !== undefined && slots.count() < fewLinks ? retryMs : tendMs);
  };
  const tend = (afterMs: number): void => {
    tending();
    tending = clock.after(afterMs, fill);
  };
  let tending = clock.after(tendMs, fill);

  return {
    want: (peer, first) => {
      // Who is named anew again and again is dialled no sooner for it.
      const anew = named.get(peer.id) ?? createAllowance(anewPerSecond, fewAnew, clock.ticksMs);
      forgetFirst(named.set(peer.id, anew), mostKept);
      if (failed.has(peer.id) && anew.take(1)) failed.delete(peer.id);
      const waitMs = Math.max(outMs(peer.id, 1), (failed.get(peer.id)?.untilMs ?? 0) - clock.ticksMs());
      plan(peer, Math.max(first ? promptMs : politeMs, waitMs));
    },
    lost: (peer, first) => {
      const atMs = clock.ticksMs();
      const heldMs = atMs - (since.get(peer.id) ?? 0);
      since.delete(peer.id);
      // Who takes every link and drops it keeps nobody busy.
      const times = heldMs < steadyMs ? (broke.get(peer.id)?.times ?? 0) + 1 : 1;
      const waitMs = Math.min((first ? retryMs : retryMs + politeMs) * 3 ** (times - 1), mostWaitMs);
      failed.set(peer.id, { times, untilMs: atMs + waitMs });
      broke.delete(peer.id);
      forgetFirst(broke.set(peer.id, { times, atMs, waitMs }), mostKept);
      plan(peer, waitMs);
    },
    isWelcome: (id) => {
      // Their wait may be shorter than ours, but not so much: who is honest is past it.
      const isWelcome = dialing.has(id) || (outMs(id, 1 / 3) <= 0 && slots.mayCome(id));
      if (isWelcome) came.set(id, clock.ticksMs());
      return isWelcome;
    },
    opened: (peer) => {
      came.delete(peer.id);
      reached.add(peer.id);
      since.set(peer.id, clock.ticksMs());
      if (!slots.take(peer)) peer.direct?.close();
    },
    close: () => {
      isClosed = true;
      tending();
      for (const stop of planned.values()) stop();
      for (const attempt of dialing.values()) attempt.abort();
    },
  };
}

interface Failed {
  readonly times: number;
  readonly untilMs: number;
}

interface Broke {
  readonly times: number;
  readonly atMs: number;
  readonly waitMs: number;
}

/** By the way on which they were met. */
export const carryTo =
  (peer: Peer): Carry =>
  (bytes) =>
    sendThrough(peer, encodeFrame({ kind: 'signal', bytes })) === 'sent';

/** Fewer than that, and a place is filled sooner. */
const fewLinks = 3;
const mostDialing = 6;
const attemptMs = 10_000;
/** What waits to be said goes first, by the way there is: a dial keeps a phone busy. */
const promptMs = 40;
const politeMs = 4_000;
const retryMs = 3_000;
/** Where no way was found twice, there is none until something changes: then they are met anew, or their link was lost. */
const inVain = 9;
const mostFailures = 5;
const fullMs = 60_000;
/** A link that held so long was one. */
const steadyMs = 30_000;
/** So many may break sooner, in a row, and whoever is named anew or comes by itself is linked at once. */
const fewBreaks = 3;
/** And so often who was dialled in vain is dialled at once as they are named. */
const fewAnew = 4;
const anewPerSecond = 1 / 600;
const mostKept = 512;
const mostWaitMs = 1_800_000;
const tendMs = 30_000;
