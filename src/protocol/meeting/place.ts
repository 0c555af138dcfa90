/** A meeting place: introduces those who keep the same topic, and passes sealed bytes between those it introduced. A relay is one, and so is every page. */
import { decodeMeet, isFar } from '../meet.ts';
import type { FarFrame, MeetFrame, MeetRefusal, Passed } from '../meet.ts';
import type { PeerId, Topic } from '../ids.ts';
import { isRefusal } from '../refusal.ts';
import type { RefusalReason } from '../refusal.ts';
import type { Luck } from '../suite/suite.ts';
import { createIntroductions } from './introductions.ts';
import type { Introductions, Left } from './introductions.ts';
import { createPageShare, strikeCost } from './share.ts';
import type { PageShare, ShareRules } from './share.ts';

export interface MeetingPlace {
  entered(page: PeerId): void;
  /** What a page says here. */
  take(page: PeerId, bytes: Uint8Array): void;
  hear(page: PeerId, frame: MeetFrame): void;
  left(page: PeerId): void;
  isMet(one: PeerId, other: PeerId): boolean;
  /** How often what was done, and how many are met. */
  counts(): Record<string, number>;
}

/** Whoever is gone by now is told nothing. */
export interface MeetingPlaceHands {
  /** Must not be lost: a join, a departure, a refusal. */
  tell(page: PeerId, frame: MeetFrame): void;
  /** Passed bytes. False: it reads too slowly for more. */
  pass(page: PeerId, frame: Passed): boolean;
  /** Said for somebody behind the page, and not counted as its own. False: this place leads on to nobody. */
  far(page: PeerId, frame: FarFrame): boolean;
  /** Its good will is used up. */
  drop(page: PeerId): void;
  /** Whether this is not to be heard of that page yet; left out: all is heard of everybody. */
  isShut?(page: PeerId, frame: MeetFrame): boolean;
  /** What not every meeting place hears; null: it was heard. */
  beside?(page: PeerId, frame: MeetFrame): MeetRefusal | null;
  ticksMs(): number;
  readonly luck: Luck;
}

export function createMeetingPlace(
  rules: ShareRules,
  hands: MeetingPlaceHands,
  introductions: Introductions = createIntroductions(hands.luck),
): MeetingPlace {
  const pages = new Map<PeerId, PageShare>();
  const counted = new Map<string, number>();
  const count = (name: string, by = 1): void => void counted.set(name, (counted.get(name) ?? 0) + by);
  let passed = 0;
  let passedBytes = 0;

  const tellLeft = (peer: PeerId, lefts: readonly Left[]): void => {
    for (const { topic, told } of lefts) {
      for (const each of told) hands.tell(each, { kind: 'left', topic, peer });
    }
  };

  const refusePage = (page: PeerId, why: MeetRefusal, peer: PeerId | null = null): void => {
    count(`refused_${why}`);
    if (pages.get(page)?.strikes.take(strikeCost[why]) === false) return hands.drop(page);
    hands.tell(page, { kind: 'refused', why, peer });
  };

  const join = (page: PeerId, share: PageShare, topics: readonly Topic[]): void => {
    if (!share.topics.take(topics.length)) return refusePage(page, 'too-fast');
    const joined = introductions.join(page, topics);
    if (joined === null) return refusePage(page, 'too-many-topics');
    count('joins', topics.length);
    for (const { topic, peers, told } of joined) {
      if (pages.get(page) !== share) return;
      hands.tell(page, { kind: 'met', topic, peers });
      for (const each of told) hands.tell(each, { kind: 'joined', topic, peer: page });
    }
  };

  const pass = (page: PeerId, share: PageShare, to: PeerId, bytes: Uint8Array): void => {
    if (!introductions.isMet(page, to)) return refusePage(page, 'not-met', to);
    if (!share.bytes.take(bytes.length)) return refusePage(page, 'too-fast', to);
    if (!hands.pass(to, { kind: 'passed', from: page, bytes })) return refusePage(page, 'overloaded', to);
    passed += 1;
    passedBytes += bytes.length;
  };

  const hear = (page: PeerId, share: PageShare, frame: MeetFrame): void => {
    if (hands.isShut?.(page, frame) === true) {
      return refusePage(page, share.frames.take(1) ? 'members-only' : 'too-fast', frame.kind === 'pass' ? frame.to : null);
    }
    if (isFar(frame)) return hands.far(page, frame) ? undefined : refusePage(page, 'malformed');
    if (!share.frames.take(1)) return refusePage(page, 'too-fast', frame.kind === 'pass' ? frame.to : null);
    switch (frame.kind) {
      case 'join':
        return join(page, share, frame.topics);
      case 'leave':
        return tellLeft(page, introductions.leave(page, frame.topics));
      case 'pass':
        return pass(page, share, frame.to, frame.bytes);
      case 'ping':
        return hands.tell(page, { kind: 'pong', token: frame.token });
      case 'pong':
        return;
      default: {
        // Only a meeting place says the others.
        const why = hands.beside === undefined ? 'malformed' : hands.beside(page, frame);
        if (why !== null) refusePage(page, why);
      }
    }
  };

  return {
    entered: (page) => void pages.set(page, createPageShare(rules, hands.ticksMs)),
    take: (page, bytes) => {
      const share = pages.get(page);
      if (share === undefined) return;
      const frame = decodeMeet(bytes);
      if (isRefusal(frame)) refusePage(page, nameOf(frame.refused));
      else hear(page, share, frame);
    },
    hear: (page, frame) => {
      const share = pages.get(page);
      if (share !== undefined) hear(page, share, frame);
    },
    left: (page) => {
      if (pages.delete(page)) tellLeft(page, introductions.leaveAll(page));
    },
    isMet: introductions.isMet,
    counts: () => ({ ...introductions.counts(), passed, passed_bytes: passedBytes, ...Object.fromEntries(counted) }),
  };
}

function nameOf(refused: RefusalReason): MeetRefusal {
  if (refused === 'unknown-version' || refused === 'too-big') return refused;
  return refused === 'too-many' ? 'too-many-topics' : 'malformed';
}
