/**
 * Those who have no relay of their own and stand behind pages that do. They are met here under their own names, as pages are; what is
 * for them goes by the page that leads there. What a page says of them is believed as far as it costs only that page and them.
 */
import type { Carry, FarFrame, MeetFrame, Passed, Seek } from '../meet.ts';
import type { PeerId, Topic } from '../ids.ts';
import { limits } from '../limits.ts';
import type { Luck } from '../suite/suite.ts';
import { createAllowance } from './allowance.ts';
import type { Allowance } from './allowance.ts';
import type { MeetingPlace } from './place.ts';

export interface Guests {
  has(peer: PeerId): boolean;
  /** A page says this for somebody behind it. */
  take(page: PeerId, frame: FarFrame): void;
  /** What the place tells a guest. What a slow page has no place for is lost: a guest asks again by itself. */
  tell(guest: PeerId, frame: MeetFrame): void;
  /** Passed bytes for a guest. False: there is none of that name, or its page reads too slowly. */
  pass(guest: PeerId, from: PeerId, bytes: Uint8Array): boolean;
  /** Without those to whom the page leads alone: it would reach them by us and itself. */
  forPage(page: PeerId, frame: MeetFrame): MeetFrame | null;
  /** A page came by itself, here or to another place: from now on it speaks for itself. */
  entered(page: PeerId): void;
  /** A page went, and whoever was only behind it. */
  left(page: PeerId): void;
  drop(guest: PeerId): void;
  /** Forgets what nobody said for long. */
  sweep(): void;
  counts(): Record<string, number>;
}

export interface GuestsHands {
  place(): MeetingPlace;
  isPage(peer: PeerId): boolean;
  /** Another place, where it is by itself, says that it is there. */
  isBeyond(peer: PeerId): boolean;
  /** False: it reads too slowly for more. */
  send(page: PeerId, frame: MeetFrame): boolean;
  /** To whom another place introduced them. False: none leads there, or it is too slow. */
  beyond(peer: PeerId, frame: Passed): boolean;
  ticksMs(): number;
  readonly luck: Luck;
  readonly mostGuests: number;
}

export function createGuests(hands: GuestsHands): Guests {
  const guests = new Map<PeerId, Guest>();
  const desks = new Map<PeerId, Desk>();
  const counted = new Map<string, number>();
  const count = (name: string, by = 1): void => void counted.set(name, (counted.get(name) ?? 0) + by);

  const deskOf = (page: PeerId): Desk => {
    const known = desks.get(page);
    if (known !== undefined) return known;
    const desk: Desk = {
      behind: new Set(),
      seeks: createAllowance(4, 64, hands.ticksMs),
      topics: createAllowance(16, 512, hands.ticksMs),
      frames: createAllowance(100, 200, hands.ticksMs),
      bytes: createAllowance(64_000, 400_000, hands.ticksMs),
    };
    desks.set(page, desk);
    return desk;
  };

  const forget = (id: PeerId): void => {
    for (const page of guests.get(id)?.ways.keys() ?? []) desks.get(page)?.behind.delete(id);
    if (guests.delete(id)) hands.place().left(id);
  };

  const loseWay = (id: PeerId, page: PeerId): void => {
    const guest = guests.get(id);
    if (guest?.ways.delete(page) !== true) return;
    desks.get(page)?.behind.delete(id);
    if (guest.ways.size === 0) forget(id);
  };

  /** Null: one more would be too many. */
  const guestBy = (page: PeerId, desk: Desk, id: PeerId, hops: number): Guest | null => {
    const known = guests.get(id);
    const isNew = known?.ways.has(page) !== true;
    if (
      isNew &&
      (desk.behind.size >= limits.guestsPerPage ||
        (known === undefined ? guests.size >= hands.mostGuests : known.ways.size >= mostWays))
    ) {
      return null;
    }
    const guest: Guest = known ?? { ways: new Map(), topics: new Map() };
    guests.set(id, guest);
    desk.behind.add(id);
    guest.ways.delete(page);
    guest.ways.set(page, { hops, atMs: hands.ticksMs() });
    if (known === undefined) hands.place().entered(id);
    return guest;
  };

  /** One page must fill neither the relay nor a topic, whoever it names. */
  const mayKeep = (desk: Desk, guest: Guest): ((topic: Topic) => boolean) => {
    const others = [...desk.behind].flatMap((id) => guests.get(id) ?? []);
    const all = others.reduce((sum, { topics }) => sum + topics.size, 0);
    let left = Math.min(mostTopicsBehind - all, limits.topicsPerPage - guest.topics.size);
    return (topic) => {
      if (guest.topics.has(topic)) return true;
      if (left <= 0 || others.filter(({ topics }) => topics.has(topic)).length >= mostOfTopic) return false;
      left -= 1;
      return true;
    };
  };

  const seek = (page: PeerId, { from, hops, topics }: Seek): void => {
    // Who is here, or at a place that we know, needs nobody to stand in, and nobody shall draw to itself what is for them.
    if (hands.isPage(from) || hands.isBeyond(from)) return;
    const desk = deskOf(page);
    if (!desk.seeks.take(1) || !desk.topics.take(topics.length)) return count('guests_too-fast');
    const guest = guestBy(page, desk, from, hops);
    if (guest === null) return count('guests_too-many');
    const nowMs = hands.ticksMs();
    const kept = topics.filter(mayKeep(desk, guest));
    if (kept.length < topics.length) count('guests_too-many-topics');
    for (const topic of kept) guest.topics.set(topic, nowMs);
    hands.place().hear(from, { kind: 'join', topics: kept });
  };

  /** To a page as if from a page; to a guest as it came, with a hop less before it. */
  const hand = (to: PeerId, from: PeerId, ttl: number, bytes: Uint8Array): boolean => {
    if (hands.isPage(to)) return hands.send(to, { kind: 'passed', from, bytes });
    const guest = guests.get(to);
    if (guest === undefined) return hands.beyond(to, { kind: 'passed', from, bytes });
    const ways = [...guest.ways.keys()];
    // By luck: who lies about leading there gets its share, and cannot choose which. What is lost is said again.
    const page = ways.length < 2 ? ways[0] : ways[hands.luck(1)[0]! % ways.length];
    return page !== undefined && hands.send(page, { kind: 'carry', from, to, ttl: ttl - 1, bytes });
  };

  const carry = (page: PeerId, { from, to, ttl, bytes }: Carry): void => {
    if (!deskOf(page).bytes.take(bytes.length)) return count('guests_too-fast');
    const isBehind = guests.get(from)?.ways.has(page) === true;
    if (!isBehind || ttl < 1 || !hands.place().isMet(from, to)) {
      count('guests_lost');
      hands.send(page, { kind: 'lost', to: from, peer: to });
    } else if (hand(to, from, ttl, bytes)) {
      count('guests_carried');
      count('guests_carried_bytes', bytes.length);
    }
  };

  const hopsTo = (peer: PeerId): number => {
    const guest = guests.get(peer);
    // By another place it is one more.
    if (guest === undefined) return hands.isPage(peer) ? 1 : 2;
    return 1 + Math.min(...[...guest.ways.values()].map(({ hops }) => hops));
  };

  const find = (to: PeerId, { ways }: Guest, topic: Topic, peer: PeerId, pages: Iterable<PeerId> = ways.keys()): void => {
    const hops = hopsTo(peer) + 1;
    if (hops > limits.hops) return;
    // A page and those behind it find each other without us.
    for (const page of pages) {
      if (page !== peer && desks.get(page)?.behind.has(peer) !== true) hands.send(page, { kind: 'found', to, hops, topic, peer });
    }
  };

  return {
    take: (page, frame) => {
      if (!deskOf(page).frames.take(1)) return count('guests_too-fast');
      if (frame.kind === 'seek') seek(page, frame);
      else if (frame.kind === 'carry') carry(page, frame);
      else if (frame.kind === 'lost') loseWay(frame.peer, page);
    },
    tell: (id, frame) => {
      const guest = guests.get(id);
      if (guest === undefined) return;
      const lose = (peer: PeerId): void => {
        for (const page of guest.ways.keys()) hands.send(page, { kind: 'lost', to: id, peer });
      };
      if (frame.kind === 'met') {
        // It asked by the way that is the last now.
        for (const peer of frame.peers) find(id, guest, frame.topic, peer, [...guest.ways.keys()].slice(-1));
      } else if (frame.kind === 'joined') find(id, guest, frame.topic, frame.peer);
      else if (frame.kind === 'left' && !hands.place().isMet(id, frame.peer)) lose(frame.peer);
    },
    forPage: (page, frame) => {
      const isOther = (peer: PeerId): boolean => {
        const ways = guests.get(peer)?.ways;
        return ways === undefined || ways.size > 1 || !ways.has(page);
      };
      if (frame.kind === 'met') return { ...frame, peers: frame.peers.filter(isOther) };
      return frame.kind !== 'joined' || isOther(frame.peer) ? frame : null;
    },
    has: (peer) => guests.has(peer),
    pass: (id, from, bytes) => guests.has(id) && hand(id, from, limits.hops, bytes),
    entered: forget,
    left: (page) => {
      for (const id of desks.get(page)?.behind ?? []) loseWay(id, page);
      desks.delete(page);
    },
    drop: (id) => {
      count('guests_dropped');
      forget(id);
    },
    sweep: () => {
      const oldMs = hands.ticksMs() - limits.guestMs;
      for (const [id, guest] of [...guests]) {
        for (const [page, { atMs }] of guest.ways) if (atMs < oldMs) loseWay(id, page);
        const old = [...guest.topics].flatMap(([topic, atMs]) => (atMs < oldMs ? [topic] : []));
        for (const topic of old) guest.topics.delete(topic);
        if (guest.topics.size === 0) forget(id);
        else if (old.length > 0 && guests.has(id)) hands.place().hear(id, { kind: 'leave', topics: old });
      }
    },
    counts: () => ({ guests: guests.size, ...Object.fromEntries(counted) }),
  };
}

interface Guest {
  /** Pages that lead there, and how far it is behind them; the one it was heard by last comes last. */
  readonly ways: Map<PeerId, { readonly hops: number; readonly atMs: number }>;
  /** When each was said last. */
  readonly topics: Map<Topic, number>;
}

/** What one page may say for all behind it. */
interface Desk {
  readonly behind: Set<PeerId>;
  readonly seeks: Allowance;
  readonly topics: Allowance;
  readonly frames: Allowance;
  readonly bytes: Allowance;
}

const mostTopicsBehind = 512;
/** Guests of one page under one topic: a room behind it passes on among itself. */
const mostOfTopic = 8;
/** Pages that stand in for the same. */
const mostWays = 2;
