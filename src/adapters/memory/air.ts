/** What lies between all network ports of a world: who is where, and every link that stands. */
import type { Stop } from '../../ports/clock.ts';
import type { Link, Opened } from '../../ports/network.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import type { Core } from './core.ts';
import type { PathsInside } from './paths.ts';
import { pairOf } from './reach.ts';
import { createWire } from './wire.ts';
import type { Half, Station, WireEnd, WireRules } from './wire.ts';

export interface NetworkRules extends WireRules {
  readonly dialTimeoutMs: number;
  readonly maxLinks: number;
  readonly maxRelayLinks: number;
  /** Until a public topic surely runs over a link both of whose ends have joined it. */
  readonly topicSettleMs: number;
}

export const networkRules: NetworkRules = {
  maxFrameBytes: limits.frameBytes,
  bufferBytes: 2 ** 20,
  lostAfterMs: 15_000,
  dialTimeoutMs: 10_000,
  maxLinks: 128,
  maxRelayLinks: 4_096,
  topicSettleMs: 1_000,
};

export interface Place extends Station {
  readonly role: 'page' | 'relay';
  /** Relays alone have one. */
  readonly address: string | null;
  /** What a relay says of itself to whoever asks its door. */
  readonly card: unknown;
  /** Links that stand and were told of. */
  readonly halves: ReadonlySet<Half>;
  isClosed(): boolean;
  isWelcome(peer: PeerId): boolean;
  opened(half: Half): void;
  /** Whoever waits behind an answer we gave: takes what became of it. Null: nobody waits for that one. */
  accepted(answer: string): ((opened: Opened) => void) | null;
  /** Bytes of a public topic came over this link. */
  heard(topic: string, bytes: Uint8Array, half: Half): void;
  /** Since when this place takes part in a topic; null: it does not. */
  joinedUs(topic: string): number | null;
}

export interface Air {
  readonly core: Core;
  readonly paths: PathsInside;
  readonly rules: NetworkRules;
  enter(place: Place): void;
  leave(place: Place): void;
  at(peer: PeerId): Place | null;
  relayAt(address: string): Place | null;
  connect(path: Link['path'], opener: WireEnd, accepter: WireEnd): readonly [Half, Half];
  /** A device has moved to another address: what links it had are dead, and nobody knows yet. */
  strand(name: string): void;
  /** Ends every link between two nodes at once, as if the path broke. */
  breakLinks(one: string, other: string, why: 'lost' | 'bad-frame'): void;
}

export const createAir = (core: Core, paths: PathsInside, rules: NetworkRules): Air => {
  const places = new Map<PeerId, Place>();
  const relays = new Map<string, Place>();
  /** By the names of their nodes, and each pair also by either name. */
  const pairs = new Map<string, Pair>();
  const pairsOf = new Map<string, Set<Pair>>();
  const silences = new Map<Half, Stop>();

  const between = (one: string, other: string): readonly Half[] => [...(pairs.get(pairOf(one, other))?.halves ?? [])];
  const knownPair = (one: string, other: string): Pair => {
    const name = pairOf(one, other);
    const known = pairs.get(name);
    if (known !== undefined) return known;
    const pair: Pair = { one, other, halves: new Set(), isCut: paths.isCut(one, other) };
    pairs.set(name, pair);
    for (const each of [one, other]) pairsOf.set(each, (pairsOf.get(each) ?? new Set()).add(pair));
    return pair;
  };
  const forget = (pair: Pair, half: Half): void => {
    silences.get(half)?.();
    silences.delete(half);
    for (const each of pair.halves) if (each === half || !each.station.alive()) pair.halves.delete(each);
    if (pair.halves.size > 0) return;
    pairs.delete(pairOf(pair.one, pair.other));
    for (const each of [pair.one, pair.other]) {
      pairsOf.get(each)?.delete(pair);
      if (pairsOf.get(each)?.size === 0) pairsOf.delete(each);
    }
  };

  const silence = (half: Half): void => {
    const afterMs = rules.lostAfterMs * (1 + 0.1 * core.random.share());
    const what = { kind: 'link-lost', owner: half.station, other: half.farStation.name };
    silences.set(
      half,
      core.schedule(afterMs, what, () => {
        silences.delete(half);
        half.fail('lost');
      }),
    );
  };
  const lookAgain = (pair: Pair): void => {
    const isCut = paths.isCut(pair.one, pair.other);
    if (isCut === pair.isCut) return;
    pair.isCut = isCut;
    for (const half of [...pair.halves]) {
      silences.get(half)?.();
      silences.delete(half);
      if (isCut) silence(half);
      else half.healed();
    }
  };
  paths.onChange((names) => {
    const concerned = names === null ? [...pairs.values()] : names.flatMap((name) => [...(pairsOf.get(name) ?? [])]);
    for (const pair of concerned) lookAgain(pair);
  });

  return {
    core,
    paths,
    rules,
    enter: (place) => {
      places.set(place.peer, place);
      if (place.address !== null) relays.set(place.address, place);
    },
    leave: (place) => {
      places.delete(place.peer);
      if (place.address !== null && relays.get(place.address) === place) relays.delete(place.address);
    },
    at: (peer) => places.get(peer) ?? null,
    relayAt: (address) => relays.get(address) ?? null,
    connect: (path, opener, accepter) => {
      const pair = knownPair(opener.station.name, accepter.station.name);
      const wire = createWire(core, paths, rules, path, [opener, accepter], (half) => forget(pair, half));
      for (const half of wire) pair.halves.add(half);
      return wire;
    },
    strand: (name) => {
      for (const pair of [...(pairsOf.get(name) ?? [])])
        for (const half of [...pair.halves]) if (half.station.name === name) half.strand();
    },
    breakLinks: (one, other, why) => {
      for (const half of between(one, other)) half.fail(why);
    },
  };
};

/** Two nodes and the ends of all links between them that stand. */
interface Pair {
  readonly one: string;
  readonly other: string;
  readonly halves: Set<Half>;
  isCut: boolean;
}
