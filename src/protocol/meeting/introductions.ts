/** Who is present for which topic, and who was told of whom: bytes are passed between these alone. */
import { limits } from '../limits.ts';
import type { PeerId, Topic } from '../ids.ts';
import type { Luck } from '../suite/suite.ts';

export interface Introductions {
  /** Null when the page would keep more than its share. Joining again is asking again. */
  join(page: PeerId, topics: readonly Topic[]): readonly Joined[] | null;
  leave(page: PeerId, topics: readonly Topic[]): readonly Left[];
  leaveAll(page: PeerId): readonly Left[];
  /** Somebody else introduced them. False: they are known to each other, one of them keeps it no more, or it is one too many. */
  introduce(topic: Topic, one: PeerId, other: PeerId): boolean;
  present(topic: Topic): Iterable<PeerId>;
  howMany(topic: Topic): number;
  topics(): Iterable<Topic>;
  isMet(one: PeerId, other: PeerId): boolean;
  counts(): { readonly topics: number; readonly introductions: number };
}
/** `peers` for the page that joined; of them, `told` did not know of it yet. */
export interface Joined {
  readonly topic: Topic;
  readonly peers: readonly PeerId[];
  readonly told: readonly PeerId[];
}
export interface Left {
  readonly topic: Topic;
  readonly told: readonly PeerId[];
}

/** Newcomers one page is told of, per topic: a crowd cannot make anyone's list grow without end. */
const introductionsPerTopic = 64;
/** By others. */
const mostIntroductions = 1_000_000;

/** `mayMeet`: those two are ours to introduce. */
export function createIntroductions(luck: Luck, mayMeet: (one: PeerId, other: PeerId) => boolean = () => true): Introductions {
  const present = new Map<Topic, Map<PeerId, Set<PeerId>>>();
  const kept = new Map<PeerId, Set<Topic>>();
  let introductions = 0;

  const introduce: Introductions['introduce'] = (topic, one, other) => {
    const members = present.get(topic);
    const [known, theirs] = [members?.get(one), members?.get(other)];
    if (known === undefined || theirs === undefined || known.has(other)) return false;
    known.add(other);
    theirs.add(one);
    introductions += 1;
    return true;
  };

  /** Each relay of a mesh keeps to the same measure of its own, and all of them together to this. */
  const isOneTooMany = (topic: Topic, page: PeerId): boolean =>
    introductions >= mostIntroductions ||
    (present.get(topic)?.get(page)?.size ?? 0) >= introductionsPerTopic * (1 + limits.sisters);

  const joinOne = (page: PeerId, topic: Topic): Joined => {
    const members = mapAt(present, topic);
    const known = members.get(page) ?? new Set<PeerId>();
    members.set(page, known);
    const peers = shuffled([...known], luck).slice(0, limits.peersPerTopic);
    const strangers = [...members].filter(
      ([peer, theirs]) => peer !== page && !known.has(peer) && theirs.size < introductionsPerTopic && mayMeet(page, peer),
    );
    const room = Math.min(limits.peersPerTopic - peers.length, introductionsPerTopic - known.size);
    const told = shuffled(strangers, luck, room).map(([peer]) => peer);
    for (const peer of told) introduce(topic, page, peer);
    return { topic, peers: [...peers, ...told], told };
  };

  const leaveOne = (page: PeerId, topic: Topic): Left => {
    const members = present.get(topic);
    const told = [...(members?.get(page) ?? [])];
    for (const peer of told) members?.get(peer)?.delete(page);
    introductions -= told.length;
    members?.delete(page);
    if (members?.size === 0) present.delete(topic);
    return { topic, told };
  };

  const leave = (page: PeerId, topics: readonly Topic[]): readonly Left[] => {
    const mine = kept.get(page);
    const left = topics.filter((topic) => mine?.delete(topic)).map((topic) => leaveOne(page, topic));
    if (mine?.size === 0) kept.delete(page);
    return left;
  };

  return {
    join: (page, topics) => {
      const mine = kept.get(page) ?? new Set<Topic>();
      const all = new Set([...mine, ...topics]);
      if (all.size > limits.topicsPerPage) return null;
      if (all.size > 0) kept.set(page, all);
      return [...new Set(topics)].map((topic) => joinOne(page, topic));
    },
    leave,
    introduce: (topic, one, other) => !isOneTooMany(topic, one) && !isOneTooMany(topic, other) && introduce(topic, one, other),
    present: (topic) => present.get(topic)?.keys() ?? [],
    howMany: (topic) => present.get(topic)?.size ?? 0,
    topics: () => present.keys(),
    leaveAll: (page) => leave(page, [...(kept.get(page) ?? [])]),
    isMet: (one, other) => {
      for (const topic of kept.get(one) ?? []) {
        if (present.get(topic)?.get(one)?.has(other) === true) return true;
      }
      return false;
    },
    counts: () => ({ topics: present.size, introductions }),
  };
}

function mapAt<Key, Inner, Value>(map: Map<Key, Map<Inner, Value>>, key: Key): Map<Inner, Value> {
  const inner = map.get(key) ?? new Map<Inner, Value>();
  map.set(key, inner);
  return inner;
}

/** The first `count` of a fair shuffle. */
function shuffled<Item>(items: readonly Item[], luck: Luck, count = items.length): Item[] {
  const rest = [...items];
  const wanted = Math.max(0, Math.min(count, rest.length));
  for (let at = 0; at < wanted && rest.length - at > 1; at += 1) {
    const other = at + (readU32(luck(4)) % (rest.length - at));
    [rest[at], rest[other]] = [rest[other]!, rest[at]!];
  }
  return rest.slice(0, wanted);
}

const readU32 = (bytes: Uint8Array): number => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
