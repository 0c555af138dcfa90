/** What lies between all network ports of a world: who is where, and every link that stands. */
import type { Stop } from '../../ports/clock.ts';
import type { Link, Opened } from '../../ports/network.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import type { Core } from './core.ts';
import { pairOf } from './paths.ts';
import type { PathsInside } from './paths.ts';
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
  /** Ends every link between two nodes at once, as if the path broke. */
  breakLinks(one: string, other: string, why: 'lost' | 'bad-frame'): void;
}

export const createAir = (core: Core, paths: PathsInside, rules: NetworkRules): Air => {
  const places = new Map<PeerId, Place>();
  const relays = new Map<string, Place>();
  /** By the names of their nodes. */
  const wires = new Map<string, (readonly [Half, Half])[]>();
  const silences = new Map<Half, Stop>();

  const between = (one: string, other: string): readonly Half[] => (wires.get(pairOf(one, other)) ?? []).flat();
  const keep = (wire: readonly [Half, Half]): void => {
    const pair = pairOf(wire[0].station.name, wire[1].station.name);
    const standing = (wires.get(pair) ?? []).filter((old) => !isOver(old));
    wires.set(pair, [...standing, wire]);
  };

  paths.onChange((one, other, cut) => {
    for (const half of between(one, other)) {
      silences.get(half)?.();
      silences.delete(half);
      if (!cut) {
        half.healed();
        continue;
      }
      const afterMs = rules.lostAfterMs * (1 + 0.1 * core.random.share());
      const what = { kind: 'link-lost', owner: half.station, other: half.farStation.name };
      silences.set(
        half,
        core.schedule(afterMs, what, () => {
          silences.delete(half);
          half.fail('lost');
        }),
      );
    }
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
      const wire = createWire(core, paths, rules, path, [opener, accepter]);
      keep(wire);
      return wire;
    },
    breakLinks: (one, other, why) => {
      for (const half of between(one, other)) half.fail(why);
    },
  };
};

const isOver = (wire: readonly [Half, Half]): boolean =>
  wire.every((half) => half.link.state() === 'closed' || !half.station.alive());
