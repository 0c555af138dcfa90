/** The relay as a meeting place: a link a page, notices that wait for the slow, an end for the silent, and pages of sister relays. */
import { encodeMeet } from '../src/protocol/meet.ts';
import type { MeetFrame, Passed } from '../src/protocol/meet.ts';
import { createGuests } from '../src/protocol/meeting/guests.ts';
import { createIntroductions } from '../src/protocol/meeting/introductions.ts';
import { createMeetingPlace } from '../src/protocol/meeting/place.ts';
import type { MeetingPlace } from '../src/protocol/meeting/place.ts';
import type { PeerId } from '../src/protocol/ids.ts';
import type { Clock, Stop } from '../src/ports/clock.ts';
import type { Entropy } from '../src/ports/entropy.ts';
import type { Link } from '../src/ports/network.ts';
import type { Log } from '../src/ports/log.ts';
import { createAbroad } from './abroad.ts';
import type { Abroad } from './abroad.ts';
import { named } from './named-counts.ts';
import { createSlowLink } from './slow-link.ts';
import type { SlowLink } from './slow-link.ts';
import type { Access } from './access.ts';
import type { DirectoryDesk } from './directory-desk.ts';
import type { Square } from './square.ts';

export interface Meet {
  /** A page opened `/wavu/meet/1`. It replaces an older link of the same page. */
  opened(link: Link): void;
  frame(link: Link, bytes: Uint8Array): void;
  closed(link: Link): void;
  /** Of 255. */
  load(): number;
  readonly sisters: Pick<Abroad, 'entered' | 'take' | 'malformed' | 'left'>;
  counts(): Record<string, number>;
  /** Ends its timers; links stay as they are. */
  stop(): void;
}

export interface MeetWorld {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
  readonly maxPages?: number;
  /** Null: there is none here. */
  readonly square?: Square | null;
  /** Null: everybody may come in. */
  readonly access?: Access | null;
  /** Null: this relay is no server of the directory. */
  readonly directory?: DirectoryDesk | null;
}

/** Pages ping every 20 s, hidden ones every 60: so long a silence is a page that is gone. */
const silentMs = 150_000;
/** Notices kept for a page that reads slowly; more, and it is closed to begin afresh. */
const heldNotices = 256;
const share = { bytes: [256_000, 1_000_000], frames: [200, 400], topics: [8, 256] } as const;

interface Page {
  readonly link: Link;
  readonly line: SlowLink;
  heardMs: number;
  /** It said nothing yet. */
  isNew: boolean;
}

export function createMeet(world: MeetWorld): Meet {
  const { clock, entropy, log, maxPages = 4_096, square = null, access = null, directory = null } = world;
  const pages = new Map<PeerId, Page>();
  const counted = new Map<string, number>();
  let sweep: Stop | null = null;
  const count = (name: string): void => void counted.set(name, (counted.get(name) ?? 0) + 1);

  const pageOf = (link: Link): Page | null => {
    const page = pages.get(link.peer);
    return page?.link === link ? page : null;
  };

  const forget = (page: Page): void => {
    page.line.stop();
    pages.delete(page.link.peer);
    // First itself, while all else that is known is as before.
    place.left(page.link.peer);
    guests.left(page.link.peer);
    square?.left(page.link.peer);
    abroad.went(page.link.peer);
    access?.left(page.link.peer);
  };
  const drop = (page: Page, why: string): void => {
    if (pageOf(page.link) === null) return;
    count(`closed_${why}`);
    log('meet-closed', { peer: page.link.peer, why });
    forget(page);
    page.link.close();
  };

  const say = (page: Page, frame: MeetFrame): void => page.line.say(encodeMeet(frame));
  const luck = (length: number): Uint8Array => entropy.bytes(length);
  /** By itself, or behind a page. */
  const isHere = (peer: PeerId): boolean => pages.has(peer) || guests.has(peer);
  // Two of other relays are theirs to introduce.
  const introductions = createIntroductions(luck, (one, other) => isHere(one) || isHere(other));
  const passHere = (peer: PeerId, frame: Passed): boolean => {
    const page = pages.get(peer);
    return page === undefined ? guests.pass(peer, frame.from, frame.bytes) : page.line.offer(encodeMeet(frame));
  };
  const isKeptBack = (frame: MeetFrame): boolean => 'bytes' in frame && square?.isKeptBack(frame.bytes) === true;
  const abroad = createAbroad(introductions, {
    isHere,
    isElsewhere: (peer) => guests.entered(peer),
    tellHere: (peer, frame) => {
      const page = pages.get(peer);
      if (page === undefined) return guests.tell(peer, frame);
      const its = guests.forPage(peer, frame);
      if (its !== null) say(page, its);
    },
    passHere: (peer, frame) => isKeptBack(frame) || passHere(peer, frame),
    ticksMs: clock.ticksMs,
    luck,
  });
  const place: MeetingPlace = createMeetingPlace(
    share,
    {
      tell: abroad.tell,
      pass: (peer, frame) => isKeptBack(frame) || (isHere(peer) ? passHere(peer, frame) : abroad.pass(peer, frame)),
      far: (peer, frame) => {
        // Those behind a page showed no key here: among members nobody is let in through them.
        if (access === null) guests.take(peer, frame);
        else count('guests_refused');
        return true;
      },
      isShut: (peer, frame) => access?.isShut(peer, frame) === true,
      drop: (peer) => {
        const page = pages.get(peer);
        if (page === undefined) guests.drop(peer);
        else drop(page, 'strikes');
      },
      beside: (peer, frame) => {
        const asker = pages.get(peer);
        if (frame.kind === 'directory' && directory !== null && asker !== undefined) {
          return directory.take(peer, frame.word, (answer) => {
            if (pageOf(asker.link) === asker) say(asker, answer);
          });
        }
        const taken = access?.take(peer, frame) ?? square?.take(peer, frame) ?? null;
        if (taken === null) return 'malformed';
        const page = pages.get(peer);
        const news = 'news' in taken ? taken.news : null;
        if (news !== null) for (const each of [...pages.values()]) if (isIn(each)) say(each, news);
        if (page !== undefined) for (const answer of taken.answers) say(page, answer);
        // The owner is another, or said who may come in.
        if (news !== null || ('isNew' in taken && taken.isNew)) dropEnded();
        return taken.why;
      },
      ticksMs: clock.ticksMs,
      luck,
    },
    abroad.introductions,
  );
  const guests = createGuests({
    place: () => place,
    isPage: (peer) => pages.has(peer),
    isBeyond: abroad.names,
    send: (peer, frame) => isKeptBack(frame) || pages.get(peer)?.line.offer(encodeMeet(frame)) === true,
    beyond: (peer, frame) => isKeptBack(frame) || abroad.pass(peer, frame),
    ticksMs: clock.ticksMs,
    luck,
    mostGuests: maxPages,
  });

  directory?.listen((news) => {
    for (const page of [...pages.values()]) if (!page.isNew && isIn(page)) say(page, news);
  });

  const isIn = (page: Page): boolean => access === null || access.isIn(page.link.peer);
  const dropEnded = (): void => {
    for (const peer of access?.ended() ?? []) {
      const page = pages.get(peer);
      if (page !== undefined) drop(page, 'no-member');
    }
  };

  const sweepSilent = (): void => {
    for (const page of [...pages.values()]) {
      if (clock.ticksMs() - page.heardMs > silentMs) drop(page, 'silent');
    }
    guests.sweep();
    // A word may have run out.
    dropEnded();
    sweep = pages.size === 0 ? null : clock.after(silentMs / 2, sweepSilent);
  };

  return {
    opened: (link) => {
      const older = pages.get(link.peer);
      if (older !== undefined) drop(older, 'replaced');
      if (pages.size >= maxPages) {
        // Overload sheds the newest, with a reason.
        count('refused_full');
        link.send(encodeMeet({ kind: 'refused', why: 'overloaded', peer: null }));
        return link.close();
      }
      count('opened');
      guests.entered(link.peer);
      abroad.came(link.peer);
      const page: Page = {
        link,
        line: createSlowLink(clock, link, { mostHeld: heldNotices, onTooSlow: () => drop(page, 'slow') }),
        heardMs: clock.ticksMs(),
        isNew: true,
      };
      pages.set(link.peer, page);
      place.entered(link.peer);
      access?.entered(link.peer);
      const surplus = pages.get(access?.surplus() ?? link.peer);
      if (surplus !== undefined && surplus.link !== link) drop(surplus, 'outside');
      sweep ??= clock.after(silentMs / 2, sweepSilent);
    },

    frame: (link, bytes) => {
      const page = pageOf(link);
      if (page === null) return;
      page.heardMs = clock.ticksMs();
      // With its first word a page knows which relay this is.
      const words = page.isNew && isIn(page) ? [square?.welcome(), directory?.welcome()] : [];
      page.isNew = false;
      for (const word of words) if (word) say(page, word);
      place.take(link.peer, bytes);
    },

    closed: (link) => {
      const page = pageOf(link);
      if (page !== null) forget(page);
    },

    load: () => Math.floor((255 * pages.size) / maxPages),
    sisters: abroad,

    counts: () => ({
      pages: pages.size,
      ...place.counts(),
      ...guests.counts(),
      ...abroad.counts(),
      ...Object.fromEntries(counted),
      ...named('square', square?.counts() ?? {}),
      ...named('access', access?.counts() ?? {}),
    }),

    stop: () => {
      sweep?.();
      sweep = null;
      for (const { line } of pages.values()) line.stop();
    },
  };
}
