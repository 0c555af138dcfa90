/**
 * Pages that are here and pages of sister relays, introduced to each other. Each relay speaks for its own pages alone and tells a
 * sister only of topics that both keep: so nothing goes round, however many relays know each other, and a sister that lies
 * lies about itself. It costs what one relay may cost, and what is wrong is counted against it.
 */
import type { PeerId, Topic } from '../src/protocol/ids.ts';
import { limits } from '../src/protocol/limits.ts';
import type { MeetFrame, Passed } from '../src/protocol/meet.ts';
import type { Introductions, Left } from '../src/protocol/meeting/introductions.ts';
import { strikeCost } from '../src/protocol/meeting/share.ts';
import type { Luck } from '../src/protocol/suite/suite.ts';
import type { SisterFrame } from '../src/protocol/meeting/sister.ts';
import { createSister, mostKept, mostOfTopic, mostPages, mostTopics } from './sister.ts';
import type { Sister, SisterLine } from './sister.ts';

export interface Abroad {
  /** What the meeting place asks instead: it tells the sisters as well. */
  readonly introductions: Introductions;
  /** A page is here itself now: what sisters say of it counts no more. */
  came(page: PeerId): void;
  /** And once the others were told that it left, it counts again. */
  went(page: PeerId): void;
  names(page: PeerId): boolean;
  /** For pages of sisters. */
  tell(page: PeerId, frame: MeetFrame): void;
  pass(page: PeerId, frame: Passed): boolean;
  entered(sister: PeerId, line: SisterLine): void;
  take(sister: PeerId, frame: SisterFrame): void;
  /** What it said could not be read. */
  malformed(sister: PeerId): void;
  left(sister: PeerId): void;
  counts(): Record<string, number>;
}

export interface AbroadHands {
  isHere(page: PeerId): boolean;
  /** A sister says that it is there by itself. */
  isElsewhere(page: PeerId): void;
  tellHere(page: PeerId, frame: MeetFrame): void;
  passHere(page: PeerId, frame: Passed): boolean;
  ticksMs(): number;
  readonly luck: Luck;
}

export function createAbroad(introductions: Introductions, hands: AbroadHands): Abroad {
  const { isHere } = hands;
  const sisters = new Map<PeerId, Sister>();
  const counted = new Map<string, number>();
  const count = (name: string): void => void counted.set(name, (counted.get(name) ?? 0) + 1);

  const isOurs = (topic: Topic): boolean => {
    for (const page of introductions.present(topic)) if (isHere(page)) return true;
    return false;
  };
  const keepers = (topic: Topic): Sister[] => [...sisters.values()].filter(({ keeps }) => keeps.has(topic));
  /** By luck: who lies about a page of another gets its share of what is for it, and cannot choose which. */
  const sisterOf = (page: PeerId): Sister | undefined => {
    const all = [...sisters.values()].filter(({ pages }) => pages.has(page));
    return all.length < 2 ? all[0] : all[hands.luck(1)[0]! % all.length];
  };

  const strike = (sister: Sister, why: keyof typeof strikeCost): void => {
    count(`sister_refused_${why}`);
    // What its pages say to whom they have just met no more, or by another name of ours, it cannot know.
    if (why !== 'not-met' && !sister.share.strikes.take(strikeCost[why])) sister.line.drop();
  };

  const tell = (page: PeerId, frame: MeetFrame): void => {
    if (isHere(page)) return hands.tellHere(page, frame);
    if (frame.kind !== 'joined') return;
    sisterOf(page)?.line.say({ kind: 'joined', topic: frame.topic, page, peers: [frame.peer] });
  };

  const part = (page: PeerId, topics: readonly Topic[]): void => {
    for (const { topic, told } of introductions.leave(page, topics)) {
      for (const each of told) tell(each, { kind: 'left', topic, peer: page });
    }
  };

  const sayHere = ({ line }: Sister, kind: 'here' | 'there' | 'gone', topic: Topic, pages: readonly PeerId[]): void => {
    for (let at = 0; at < pages.length; at += limits.pagesPerFrame) {
      line.say({ kind, topic, pages: pages.slice(at, at + limits.pagesPerFrame) });
    }
  };
  const sayTopics = ({ line }: Sister, kind: 'keeps' | 'drops', topics: readonly Topic[]): void => {
    for (let at = 0; at < topics.length; at += limits.topicsPerFrame) {
      line.say({ kind, topics: topics.slice(at, at + limits.topicsPerFrame) });
    }
  };

  /** A page of a sister, for a topic that somebody here keeps. Who came later is told that they met, and begins. */
  const introduce = (sister: Sister, page: PeerId, topic: Topic, isNewcomer = true): void => {
    const [joined] = introductions.join(page, [topic]) ?? [];
    // By the word of all sisters together; of what another said this one knows nothing.
    if (joined === undefined) return count('sister_page_full');
    for (const each of joined.told) {
      hands.tellHere(each, isNewcomer ? { kind: 'joined', topic, peer: page } : { kind: 'met', topic, peers: [page] });
    }
    const peers = joined.peers.filter(isHere);
    if (peers.length > 0) sister.line.say({ kind: isNewcomer ? 'met' : 'joined', topic, page, peers });
  };

  const takeKeeps = (sister: Sister, topics: readonly Topic[]): void => {
    if (!sister.share.topics.take(topics.length)) return strike(sister, 'too-fast');
    for (const topic of topics) {
      if (sister.keeps.has(topic)) continue;
      // The rest of what a very large one keeps is not met by way of it.
      if (sister.keeps.size >= mostTopics) return;
      const pages = [...introductions.present(topic)].filter(isHere);
      // Whoever takes up and drops a crowd's topic again and again has it named as often as its share goes.
      if (!sister.names.take(pages.length)) return strike(sister, 'too-fast');
      sister.keeps.add(topic);
      sayHere(sister, 'there', topic, pages);
    }
  };

  const takeDrops = (sister: Sister, topics: readonly Topic[]): void => {
    for (const topic of topics) {
      // It may have taken it up again before our last words about it came: so those end here, and begin anew with what it keeps.
      if (sister.keeps.delete(topic)) sayHere(sister, 'gone', topic, [...introductions.present(topic)].filter(isHere));
    }
  };

  const takeHere = (sister: Sister, { kind, topic, pages }: Extract<SisterFrame, { kind: 'here' | 'there' | 'gone' }>): void => {
    if (!sister.share.topics.take(pages.length)) return strike(sister, 'too-fast');
    // The last of ours may have gone while this was under way.
    if (!isOurs(topic)) return;
    for (const page of pages) {
      // What it says may be its last word.
      if (sister.isGone) return;
      const topics = sister.pages.get(page) ?? new Set();
      if (!topics.has(topic)) {
        if (topics.size >= limits.topicsPerPage) return strike(sister, 'too-many-topics');
        // The rest of a very large one is not met by way of it.
        const isFull = sister.kept >= mostKept || (topics.size === 0 && sister.pages.size >= mostPages);
        if (isFull || introductions.howMany(topic) >= mostOfTopic) return count('sister_full');
        sister.kept += 1;
      }
      sister.pages.set(page, topics.add(topic));
      hands.isElsewhere(page);
      if (!isHere(page)) introduce(sister, page, topic, kind === 'here');
    }
  };

  /** One sister says it no more; perhaps another does. */
  const lost = (page: PeerId, topic: Topic): void => {
    if (isHere(page)) return;
    const other = [...sisters.values()].find(({ pages }) => pages.get(page)?.has(topic) === true);
    if (other === undefined) part(page, [topic]);
    else introduce(other, page, topic);
  };
  const unsay = (sister: Sister, page: PeerId, topic: Topic): void => {
    const topics = sister.pages.get(page);
    if (topics?.delete(topic) !== true) return;
    sister.kept -= 1;
    if (topics.size === 0) sister.pages.delete(page);
    lost(page, topic);
  };

  const takeMet = (sister: Sister, { kind, topic, page, peers }: Extract<SisterFrame, { kind: 'met' | 'joined' }>): void => {
    if (!isHere(page)) return strike(sister, 'not-met');
    const met = peers.filter(
      (peer) => sister.pages.get(peer)?.has(topic) === true && !isHere(peer) && introductions.introduce(topic, page, peer),
    );
    if (met.length === 0) return;
    if (kind === 'met') return hands.tellHere(page, { kind, topic, peers: met });
    for (const peer of met) hands.tellHere(page, { kind, topic, peer });
  };

  const takePass = (sister: Sister, { from, to, bytes }: Extract<SisterFrame, { kind: 'pass' }>): void => {
    const refuse = (why: 'not-met' | 'too-fast' | 'overloaded'): void => {
      sister.line.offer({ kind: 'refused', why, from, to });
      strike(sister, why);
    };
    if (!sister.share.bytes.take(bytes.length)) return refuse('too-fast');
    if (!isHere(to) || !sister.pages.has(from) || !introductions.isMet(from, to)) return refuse('not-met');
    if (!hands.passHere(to, { kind: 'passed', from, bytes })) return refuse('overloaded');
    count('sister_passed');
  };

  const take = (sister: Sister, frame: SisterFrame): void => {
    if (!sister.share.frames.take(1)) return strike(sister, 'too-fast');
    switch (frame.kind) {
      case 'keeps':
        return takeKeeps(sister, frame.topics);
      case 'drops':
        return takeDrops(sister, frame.topics);
      case 'here':
      case 'there':
        return takeHere(sister, frame);
      case 'gone':
        for (const page of frame.pages) unsay(sister, page, frame.topic);
        return;
      case 'met':
      case 'joined':
        return takeMet(sister, frame);
      case 'pass':
        return takePass(sister, frame);
      case 'refused':
        if (!isHere(frame.from) || !sister.pages.has(frame.to)) return strike(sister, 'not-met');
        return hands.tellHere(frame.from, { kind: 'refused', why: frame.why, peer: frame.to });
      case 'welcome':
      case 'ping':
      case 'pong':
        return;
    }
  };

  /** A page of ours keeps these no more. */
  const parted = (page: PeerId, lefts: readonly Left[]): readonly Left[] => {
    const dropped: Topic[] = [];
    for (const { topic } of sisters.size === 0 ? [] : lefts) {
      for (const { line } of keepers(topic)) line.say({ kind: 'gone', topic, pages: [page] });
      if (isOurs(topic)) continue;
      dropped.push(topic);
      // They say it again once we keep it again.
      for (const each of [page, ...introductions.present(topic)])
        for (const sister of sisters.values()) unsay(sister, each, topic);
    }
    for (const sister of sisters.values()) sayTopics(sister, 'drops', dropped);
    return lefts;
  };

  return {
    introductions: {
      ...introductions,
      join: (page, topics) => {
        const fresh = sisters.size === 0 ? [] : topics.filter((topic) => !isOurs(topic));
        const joined = introductions.join(page, topics);
        if (joined === null) return null;
        for (const sister of sisters.values()) {
          sayTopics(sister, 'keeps', fresh);
          for (const topic of topics) if (sister.keeps.has(topic)) sayHere(sister, 'here', topic, [page]);
        }
        return joined;
      },
      leave: (page, topics) => parted(page, introductions.leave(page, topics)),
      leaveAll: (page) => parted(page, introductions.leaveAll(page)),
    },
    came: (page) => {
      for (const { pages } of sisters.values()) part(page, [...(pages.get(page) ?? [])]);
    },
    went: (page) => {
      for (const sister of sisters.values()) {
        for (const topic of sister.pages.get(page) ?? []) if (isOurs(topic)) introduce(sister, page, topic);
      }
    },
    names: (page) => [...sisters.values()].some(({ pages }) => pages.has(page)),
    tell,
    pass: (page, { from, bytes }) => {
      const sister = sisterOf(page);
      // What is more than it takes it would count against us, whoever of our pages says it.
      if (sister?.passes.take(1) !== true || !sister.bytes.take(bytes.length)) return false;
      return sister.line.offer({ kind: 'pass', from, to: page, bytes });
    },
    entered: (id, line) => {
      const sister = createSister(line, hands.ticksMs);
      sisters.set(id, sister);
      sayTopics(sister, 'keeps', [...introductions.topics()].filter(isOurs));
    },
    take: (id, frame) => {
      const sister = sisters.get(id);
      if (sister !== undefined) take(sister, frame);
    },
    malformed: (id) => {
      const sister = sisters.get(id);
      if (sister !== undefined) strike(sister, 'malformed');
    },
    left: (id) => {
      const gone = sisters.get(id);
      if (gone === undefined) return;
      gone.isGone = true;
      sisters.delete(id);
      for (const [page, topics] of gone.pages) for (const topic of topics) lost(page, topic);
    },
    counts: () => ({
      sisters: sisters.size,
      sister_pages: [...sisters.values()].reduce((sum, { pages }) => sum + pages.size, 0),
      sister_topics: [...sisters.values()].reduce((sum, { kept }) => sum + kept, 0),
      ...Object.fromEntries(counted),
    }),
  };
}
