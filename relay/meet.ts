/** The relay's word: introduces pages that keep the same topic, and passes sealed bytes between those it introduced. */
import { decodeMeet, encodeMeet } from '../src/protocol/meet.ts';
import type { MeetFrame, MeetRefusal } from '../src/protocol/meet.ts';
import { isRefusal } from '../src/protocol/refusal.ts';
import type { RefusalReason } from '../src/protocol/refusal.ts';
import type { PeerId, Topic } from '../src/protocol/ids.ts';
import type { Clock, Stop } from '../src/ports/clock.ts';
import type { Entropy } from '../src/ports/entropy.ts';
import type { Link } from '../src/ports/network.ts';
import type { Log } from '../src/ports/log.ts';
import { createIntroductions } from './introductions.ts';
import type { Left } from './introductions.ts';
import { createPageShare, strikeCost } from './page-share.ts';
import type { PageShare } from './page-share.ts';

export interface Meet {
  /** A page opened `/wavu/meet/1`. It replaces an older link of the same page. */
  opened(link: Link): void;
  frame(link: Link, bytes: Uint8Array): void;
  closed(link: Link): void;
  isMet(one: PeerId, other: PeerId): boolean;
  counts(): Record<string, number>;
  /** Ends its timers; links stay as they are. */
  stop(): void;
}

export interface MeetWorld {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
  readonly maxPages?: number;
}

/** Pages ping every 20 s, hidden ones every 60: so long a silence is a page that is gone. */
const silentMs = 150_000;
/** Notices kept for a page that reads slowly; more, and it is closed to begin afresh. */
const heldNotices = 256;
const retryMs = 50;

interface Page {
  readonly link: Link;
  readonly share: PageShare;
  readonly held: MeetFrame[];
  heardMs: number;
  retry: Stop | null;
}

export function createMeet({ clock, entropy, log, maxPages = 4_096 }: MeetWorld): Meet {
  const pages = new Map<PeerId, Page>();
  const introductions = createIntroductions(entropy);
  const counted = new Map<string, number>();
  let sweep: Stop | null = null;
  const count = (name: string, by = 1): void => void counted.set(name, (counted.get(name) ?? 0) + by);

  const pageOf = (link: Link): Page | null => {
    const page = pages.get(link.peer);
    return page?.link === link ? page : null;
  };

  /** For what must not be lost: joins, departures, refusals. */
  const tell = (page: Page, frame: MeetFrame): void => {
    if (page.held.length === 0 && page.link.send(encodeMeet(frame)) !== 'full') return;
    page.held.push(frame);
    if (page.held.length > heldNotices) return drop(page, 'slow');
    page.retry ??= clock.after(retryMs, () => flush(page));
  };
  const flush = (page: Page): void => {
    page.retry = null;
    while (page.held.length > 0 && page.link.send(encodeMeet(page.held[0]!)) !== 'full') page.held.shift();
    if (page.held.length > 0) page.retry = clock.after(retryMs, () => flush(page));
  };

  const tellLeft = (peer: PeerId, lefts: readonly Left[]): void => {
    for (const { topic, told } of lefts) {
      for (const each of told) {
        const page = pages.get(each);
        if (page !== undefined) tell(page, { kind: 'left', topic, peer });
      }
    }
  };

  const forget = (page: Page): void => {
    page.retry?.();
    page.retry = null;
    page.held.length = 0;
    pages.delete(page.link.peer);
    tellLeft(page.link.peer, introductions.leaveAll(page.link.peer));
  };
  const drop = (page: Page, why: string): void => {
    if (pageOf(page.link) === null) return;
    count(`closed_${why}`);
    log('meet-closed', { peer: page.link.peer, why });
    forget(page);
    page.link.close();
  };

  const refusePage = (page: Page, why: MeetRefusal, peer: PeerId | null = null): void => {
    count(`refused_${why}`);
    if (!page.share.strikes.take(strikeCost[why])) return drop(page, 'strikes');
    tell(page, { kind: 'refused', why, peer });
  };

  const join = (page: Page, topics: readonly Topic[]): void => {
    if (!page.share.topics.take(topics.length)) return refusePage(page, 'too-fast');
    const joined = introductions.join(page.link.peer, topics);
    if (joined === null) return refusePage(page, 'too-many-topics');
    count('joins', topics.length);
    for (const { topic, peers, told } of joined) {
      if (pageOf(page.link) === null) return;
      tell(page, { kind: 'met', topic, peers });
      for (const each of told) {
        const other = pages.get(each);
        if (other !== undefined) tell(other, { kind: 'joined', topic, peer: page.link.peer });
      }
    }
  };

  const pass = (page: Page, to: PeerId, bytes: Uint8Array): void => {
    const other = pages.get(to);
    if (other === undefined || !introductions.isMet(page.link.peer, to)) return refusePage(page, 'not-met', to);
    if (!page.share.bytes.take(bytes.length)) return refusePage(page, 'too-fast', to);
    // What waits for a slow page waits in order: nothing overtakes its notices.
    const frame = encodeMeet({ kind: 'passed', from: page.link.peer, bytes });
    if (other.held.length > 0 || other.link.send(frame) !== 'sent') return refusePage(page, 'overloaded', to);
    count('passed');
    count('passed_bytes', bytes.length);
  };

  const sweepSilent = (): void => {
    for (const page of [...pages.values()]) {
      if (clock.ticksMs() - page.heardMs > silentMs) drop(page, 'silent');
    }
    sweep = pages.size === 0 ? null : clock.after(silentMs / 2, sweepSilent);
  };

  return {
    opened: (link) => {
      const older = pages.get(link.peer);
      if (older !== undefined) drop(older, 'replaced');
      if (pages.size >= maxPages) {
        // Overload sheds the newest, with a reason.
        count('refused_overloaded');
        link.send(encodeMeet({ kind: 'refused', why: 'overloaded', peer: null }));
        return link.close();
      }
      count('opened');
      pages.set(link.peer, { link, share: createPageShare(clock), held: [], heardMs: clock.ticksMs(), retry: null });
      sweep ??= clock.after(silentMs / 2, sweepSilent);
    },

    frame: (link, bytes) => {
      const page = pageOf(link);
      if (page === null) return;
      page.heardMs = clock.ticksMs();
      const frame = decodeMeet(bytes);
      if (isRefusal(frame)) return refusePage(page, nameOf(frame.refused));
      if (!page.share.frames.take(1)) return refusePage(page, 'too-fast', frame.kind === 'pass' ? frame.to : null);
      switch (frame.kind) {
        case 'join':
          return join(page, frame.topics);
        case 'leave':
          return tellLeft(link.peer, introductions.leave(link.peer, frame.topics));
        case 'pass':
          return pass(page, frame.to, frame.bytes);
        case 'ping':
          return tell(page, { kind: 'pong', token: frame.token });
        case 'pong':
          return;
        default:
          // Only a relay says these.
          return refusePage(page, 'malformed');
      }
    },

    closed: (link) => {
      const page = pageOf(link);
      if (page !== null) forget(page);
    },

    isMet: introductions.isMet,

    counts: () => ({ pages: pages.size, ...introductions.counts(), ...Object.fromEntries(counted) }),

    stop: () => {
      sweep?.();
      sweep = null;
      for (const page of pages.values()) page.retry?.();
    },
  };
}

function nameOf(refused: RefusalReason): MeetRefusal {
  if (refused === 'unknown-version' || refused === 'too-big') return refused;
  return refused === 'too-many' ? 'too-many-topics' : 'malformed';
}
