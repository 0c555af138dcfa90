/**
 * Links to sister relays. Each of two opens one to the address it was given for the other, and speaks by that: so both must have
 * named the other, and each knows who stands at that address. Both links stand, or none; then it is tried again, ever more rarely.
 */
import type { PeerId } from '../src/protocol/ids.ts';
import { decodeSister, encodeSister } from '../src/protocol/meeting/sister.ts';
import { isRefusal } from '../src/protocol/refusal.ts';
import type { Clock, Stop } from '../src/ports/clock.ts';
import type { Entropy } from '../src/ports/entropy.ts';
import type { Log } from '../src/ports/log.ts';
import type { Link, Opened } from '../src/ports/network.ts';
import type { Abroad } from './abroad.ts';
import { createSlowLink } from './slow-link.ts';
import type { SlowLink } from './slow-link.ts';

export interface SisterLinks {
  opened(link: Link): void;
  frame(link: Link, bytes: Uint8Array): void;
  closed(link: Link): void;
  /** Addresses of those that stand, in an order of luck: whoever has more room is earlier more often. */
  standing(): readonly string[];
  stop(): void;
}

export interface SisterLinksWorld {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
  readonly self: PeerId;
  /** Where sisters are dialled. */
  readonly addresses: readonly string[];
  dial(address: string, signal: AbortSignal): Promise<Opened>;
  /** How full we are, of 255. */
  load(): number;
  readonly abroad: Pick<Abroad, 'entered' | 'take' | 'malformed' | 'left'>;
  /** Both links are there. */
  onStand?(sister: PeerId, address: string): void;
}

const retry = { firstMs: 500, longestMs: 300_000 } as const;
const dialMs = 10_000;
/** So many failures that the longest wait is next. */
const rarely = 10;
/** Without a welcome so long, the far end does not know us; and whoever comes in so long before we found them, is nobody we know. */
const patienceMs = 30_000;
const pingMs = 20_000;
const silentMs = 70_000;
/** Opened to us by whom we do not know yet. */
const mostWaiting = 16;
/** Frames kept for a sister that reads slowly, or has not welcomed us yet. */
const mostHeld = 131_072;

interface Door {
  readonly address: string;
  failures: number;
  again: Stop | null;
  attempt: AbortController | null;
  /** Ours to them. */
  out: Link | null;
  line: SlowLink | null;
  /** How full it said to be, of 255. */
  load: number;
  openedMs: number;
  heardMs: number;
}

export function createSisterLinks(world: SisterLinksWorld): SisterLinks {
  const { clock, entropy, log, self, abroad } = world;
  /** Of each relay the latest that it opened to us. */
  const inside = new Map<PeerId, { readonly link: Link; readonly sinceMs: number }>();
  /** Of those we opened: the welcome may come before we know that they are open. */
  const welcomed = new Set<Link>();
  let isStopped = false;
  let look: Stop | null = null;
  let hurriedMs = -patienceMs;
  const doors = world.addresses.map((address): Door => ({
    address,
    failures: 0,
    again: null,
    attempt: null,
    out: null,
    line: null,
    load: 0,
    openedMs: 0,
    heardMs: 0,
  }));
  const draw = (): number => (entropy.bytes(1)[0] ?? 0) / 255;
  const doorOf = (peer: PeerId): Door | undefined => doors.find(({ out }) => out?.peer === peer);

  const end = (door: Door, why: string): void => {
    const { out, line } = door;
    if (out === null) return;
    log('sister-closed', { peer: out.peer, why });
    door.out = null;
    door.line = null;
    if (line !== null) {
      line.stop();
      abroad.left(out.peer);
    }
    out.close();
    const theirs = inside.get(out.peer);
    inside.delete(out.peer);
    theirs?.link.close();
    // Whoever did wrong waits as one that is long away.
    door.failures = why === 'strikes' || why === 'slow' ? rarely : welcomed.delete(out) ? 0 : door.failures + 1;
    plan(door);
  };

  /** Both links are there: we know them, and they know us. */
  const stand = (door: Door): void => {
    const { out } = door;
    const theirs = out && inside.get(out.peer);
    if (!out || !theirs || door.line !== null) return;
    const line = createSlowLink(clock, out, { mostHeld, onTooSlow: () => end(door, 'slow'), waits: true });
    door.line = line;
    theirs.link.send(encodeSister({ kind: 'welcome' }));
    if (welcomed.has(out)) line.begin();
    log('sister-stands', { peer: out.peer });
    world.onStand?.(out.peer, door.address);
    abroad.entered(out.peer, {
      say: (frame) => line.say(encodeSister(frame)),
      offer: (frame) => line.offer(encodeSister(frame)),
      drop: () => end(door, 'strikes'),
    });
  };

  const knock = async (door: Door): Promise<void> => {
    door.again = null;
    if (isStopped || door.out !== null || door.attempt !== null) return;
    const attempt = new AbortController();
    door.attempt = attempt;
    const tooLong = clock.after(dialMs, () => attempt.abort());
    const opened = await world.dial(door.address, attempt.signal);
    tooLong();
    door.attempt = null;
    if (opened.state !== 'open') {
      log('sister-not-open', { why: opened.why, failures: door.failures });
      door.failures += 1;
      return plan(door);
    }
    const { link } = opened;
    if (isStopped || link.state() === 'closed') {
      link.close();
      door.failures += 1;
      return plan(door);
    }
    if (link.peer === self || doorOf(link.peer) !== undefined) {
      // One relay by two names, or ourselves: this name is hardly needed.
      log('sister-address-idle', { why: link.peer === self ? 'self' : 'twice' });
      door.failures = rarely;
      link.close();
      return plan(door);
    }
    door.out = link;
    door.openedMs = clock.ticksMs();
    door.heardMs = clock.ticksMs();
    stand(door);
  };

  /** Shortened by up to half by luck: of two that lost each other at once one comes first. */
  const plan = (door: Door): void => {
    if (isStopped) return;
    const mostMs = Math.min(retry.firstMs * 2 ** door.failures, retry.longestMs);
    door.again?.();
    door.again = clock.after(mostMs * (1 - draw() / 2), () => void knock(door));
  };

  /** Somebody looks for us: perhaps one whom we found away. */
  const hurry = (): void => {
    if (clock.ticksMs() - hurriedMs < patienceMs) return;
    hurriedMs = clock.ticksMs();
    for (const door of doors) {
      if (door.again === null || door.failures >= rarely) continue;
      door.failures = 0;
      plan(door);
    }
  };

  const lookAround = (): void => {
    const nowMs = clock.ticksMs();
    for (const door of doors) {
      if (door.out === null) continue;
      if (!welcomed.has(door.out) && nowMs - door.openedMs > patienceMs) end(door, 'not-welcome');
      else if (nowMs - door.heardMs > silentMs) end(door, 'silent');
      else door.out.send(encodeSister({ kind: 'ping' }));
    }
    for (const [peer, { link, sinceMs }] of inside) {
      if (doorOf(peer) !== undefined || nowMs - sinceMs < patienceMs) continue;
      log('sister-refused', { peer, why: 'unknown' });
      inside.delete(peer);
      link.close();
    }
    look = clock.after(pingMs, lookAround);
  };

  if (doors.length > 0) look = clock.after(pingMs, lookAround);
  for (const door of doors) void knock(door);

  return {
    opened: (link) => {
      if (link.opener === 'us') return;
      const door = doorOf(link.peer);
      // They began anew, and so do we: what was said by the older is forgotten there.
      if (door !== undefined && inside.has(link.peer)) end(door, 'replaced');
      inside.get(link.peer)?.link.close();
      inside.delete(link.peer);
      if (door !== undefined && door.out !== null) {
        inside.set(link.peer, { link, sinceMs: clock.ticksMs() });
        return stand(door);
      }
      if (doors.length === 0) return link.close();
      const strangers = [...inside].filter(([peer]) => doorOf(peer) === undefined);
      if (strangers.length >= mostWaiting) {
        // One goes, by luck: whoever fills all places keeps out no sister that is not known yet.
        const [peer, unlucky] = strangers[(entropy.bytes(1)[0] ?? 0) % strangers.length]!;
        inside.delete(peer);
        unlucky.link.close();
      }
      inside.set(link.peer, { link, sinceMs: clock.ticksMs() });
      hurry();
    },

    frame: (link, bytes) => {
      const door = doorOf(link.peer);
      const frame = decodeSister(bytes);
      if (link.opener === 'us' && 'kind' in frame && frame.kind === 'welcome') {
        welcomed.add(link);
        if (door?.out === link) door.line?.begin();
        return;
      }
      const isOurs = door?.out === link;
      if (!isOurs && inside.get(link.peer)?.link !== link) return;
      if (isRefusal(frame)) log('sister-frame-refused', { peer: link.peer, why: frame.refused });
      if (door === undefined || door.line === null) {
        // Nobody has a word here before the welcome, but that they are there.
        if (isRefusal(frame) || frame.kind !== 'ping') link.close();
        return;
      }
      door.heardMs = clock.ticksMs();
      if (isRefusal(frame)) return abroad.malformed(link.peer);
      if (!isOurs) {
        abroad.take(link.peer, frame);
        if (frame.kind === 'ping') link.send(encodeSister({ kind: 'pong', load: world.load() }));
      } else if (frame.kind === 'pong') door.load = frame.load;
    },

    closed: (link) => {
      const door = doorOf(link.peer);
      const isTheirs = inside.get(link.peer)?.link === link;
      if (isTheirs) inside.delete(link.peer);
      if (door !== undefined && (door.out === link || (isTheirs && door.line !== null))) end(door, 'lost');
      welcomed.delete(link);
    },

    standing: () =>
      doors
        .filter(({ out }) => out !== null && welcomed.has(out))
        .map(({ address, load }) => ({ address, at: draw() ** (255 / (256 - load)) }))
        .sort((one, other) => other.at - one.at)
        .map(({ address }) => address),

    stop: () => {
      isStopped = true;
      look?.();
      for (const { again, attempt, line } of doors) {
        again?.();
        attempt?.abort();
        line?.stop();
      }
    },
  };
}
