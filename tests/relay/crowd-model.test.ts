/**
 * Pages, guests behind pages and pages of sister relays come, go and change places in any order, with words under way: nobody is told of
 * who is not there, no sister is blamed for what it could not know, and once all are gone nothing is left of them.
 */
import { expect, test } from 'vitest';
import { createMeet } from '../../relay/meet.ts';
import type { Meet } from '../../relay/meet.ts';
import type { SisterFrame } from '../../src/protocol/meeting/sister.ts';
import { decodeMeet, encodeMeet } from '../../src/protocol/meet.ts';
import type { MeetFrame } from '../../src/protocol/meet.ts';
import { limits } from '../../src/protocol/limits.ts';
import type { PeerId, Topic } from '../../src/protocol/ids.ts';
import type { Link } from '../../src/ports/network.ts';
import { createHandClock } from './hand-clock.ts';
import { peer, topic } from './meet-world.ts';

const names = ['ann', 'bob', 'cem', 'dee', 'eve', 'fay', 'gus', 'hal'].map(peer);
const topics = [1, 2, 3, 4].map(topic);
const relays = ['east', 'west', 'south'].map(peer);
const fresh = Math.floor(Math.random() * 2 ** 31);

for (const seed of [1, 2, 3, 4, 5, 6, 7, 8, fresh]) {
  test(`in any order, nobody is left behind (seed ${seed})`, () => {
    const world = createCrowd(seed);
    for (let round = 0; round < 60; round += 1) {
      for (let step = 0; step < 30; step += 1) world.step();
      world.settle();
      world.check();
    }
    world.empty();
    for (const counts of world.counts()) {
      expect(counts).toMatchObject({ pages: 0, guests: 0, topics: 0, introductions: 0, sister_pages: 0 });
    }
  });
}

interface Here {
  readonly link: Link;
  readonly keeps: Set<Topic>;
  /** Whom it was told of, and not that they left. */
  readonly knows: Map<Topic, Set<PeerId>>;
}

interface House {
  readonly id: PeerId;
  readonly meet: Meet;
  readonly pages: Map<PeerId, Here>;
  /** By which pages, and what they keep. */
  readonly guests: Map<PeerId, { readonly ways: Set<PeerId>; readonly keeps: Set<Topic> }>;
}

function createCrowd(seed: number) {
  const luck = createLuck(seed);
  const below = (most: number): number => Math.floor(luck() * most);
  const oneOf = <One>(all: readonly One[]): One | undefined => all[below(all.length)];
  const { clock, turn } = createHandClock();
  const entropy = { bytes: (length: number): Uint8Array => Uint8Array.from({ length }, () => below(256)) };
  const houses = relays.map((id): House => {
    return { id, meet: createMeet({ clock, entropy, log: () => {} }), pages: new Map(), guests: new Map() };
  });
  /** Words under way, by who says them to whom; there is none: they are no sisters. */
  const ways = new Map<string, SisterFrame[]>();
  const way = (from: House, to: House): string => `${from.id} ${to.id}`;
  let ids = 0;

  const loseWay = (house: House, guest: PeerId, page: PeerId): void => {
    const known = house.guests.get(guest);
    known?.ways.delete(page);
    if (known?.ways.size === 0) house.guests.delete(guest);
  };
  const gone = (house: House, page: PeerId): void => {
    house.pages.delete(page);
    for (const guest of house.guests.keys()) loseWay(house, guest, page);
  };

  const hear = (here: Here, frame: MeetFrame): void => {
    if (frame.kind !== 'met' && frame.kind !== 'joined' && frame.kind !== 'left') return;
    const known = here.knows.get(frame.topic) ?? new Set();
    here.knows.set(frame.topic, known);
    if (frame.kind === 'met') for (const each of frame.peers) known.add(each);
    else if (frame.kind === 'joined') known.add(frame.peer);
    else known.delete(frame.peer);
  };

  const comes = (house: House, id: PeerId): void => {
    gone(house, id);
    let state: 'open' | 'closed' = 'open';
    const link: Link = {
      id: `${(ids += 1)}`,
      peer: id,
      end: 'peer',
      opener: 'them',
      path: 'socket',
      maxFrameBytes: limits.frameBytes,
      state: () => state,
      send: (bytes) => {
        if (state === 'closed') return 'closed';
        hear(here, decodeMeet(bytes) as MeetFrame);
        return 'sent';
      },
      close: () => {
        state = 'closed';
        if (house.pages.get(id)?.link === link) gone(house, id);
      },
    };
    const here: Here = { link, keeps: new Set(), knows: new Map() };
    house.meet.opened(link);
    house.guests.delete(id);
    house.pages.set(id, here);
  };
  const says = (house: House, id: PeerId, frame: MeetFrame): void => {
    const here = house.pages.get(id);
    if (here !== undefined) house.meet.frame(here.link, encodeMeet(frame));
  };
  const someTopics = (): Topic[] => topics.filter(() => luck() < 0.4);

  const join = (house: House, id: PeerId, all = someTopics()): void => {
    for (const each of all) house.pages.get(id)?.keeps.add(each);
    says(house, id, { kind: 'join', topics: all });
  };
  const leave = (house: House, id: PeerId): void => {
    const all = someTopics();
    for (const each of all) {
      house.pages.get(id)?.keeps.delete(each);
      house.pages.get(id)?.knows.delete(each);
    }
    says(house, id, { kind: 'leave', topics: all });
  };
  const seek = (house: House, page: PeerId, guest: PeerId, all: readonly Topic[]): void => {
    if (all.length === 0 || !house.pages.has(page)) return;
    const known = house.guests.get(guest);
    if (!house.pages.has(guest) && (known === undefined || known.ways.size < 2 || known.ways.has(page))) {
      const its = known ?? { ways: new Set(), keeps: new Set() };
      house.guests.set(guest, its);
      its.ways.add(page);
      for (const each of all) its.keeps.add(each);
    }
    says(house, page, { kind: 'seek', id: new Uint8Array(8), ttl: 2, hops: 2, from: guest, topics: all });
  };

  const pair = (one: House, other: House): void => {
    const both = [
      [one, other],
      [other, one],
    ] as const;
    if (ways.has(way(one, other))) {
      for (const [from, to] of both) ways.delete(way(from, to));
      for (const [from, to] of both) from.meet.sisters.left(to.id);
      return;
    }
    for (const [from, to] of both) ways.set(way(from, to), []);
    for (const [from, to] of both) {
      const say = (frame: SisterFrame): void => void ways.get(way(from, to))?.push(frame);
      const drop = (): never => expect.fail(`${from.id} lets ${to.id} go`);
      from.meet.sisters.entered(to.id, { say, offer: (frame) => (say(frame), true), drop });
    }
  };
  const deliver = (): boolean => {
    const waiting = houses.flatMap((from) =>
      houses.filter((to) => (ways.get(way(from, to))?.length ?? 0) > 0).map((to) => [from, to]),
    );
    const [from, to] = oneOf(waiting) ?? [];
    if (from === undefined || to === undefined) return false;
    to.meet.sisters.take(from.id, ways.get(way(from, to))!.shift()!);
    return true;
  };

  /** Half of them come to one relay alone, as a page or behind others: a sister's page is nobody's guest. */
  const isAtHome = (house: House, id: PeerId): boolean => houses[names.indexOf(id) % houses.length] === house;
  const comers = (house: House): PeerId[] => names.filter((id, at) => at < names.length / 2 || isAtHome(house, id));

  const step = (): void => {
    const house = oneOf(houses)!;
    const id = oneOf([...house.pages.keys()]) ?? oneOf(names)!;
    const other = oneOf(comers(house))!;
    const what = below(100);
    if (what < 14) comes(house, other);
    else if (what < 24) {
      const here = house.pages.get(id);
      gone(house, id);
      if (here !== undefined) house.meet.closed(here.link);
    } else if (what < 42) join(house, id);
    else if (what < 50) leave(house, id);
    else if (what < 62 && names.indexOf(other) >= names.length / 2) seek(house, id, other, someTopics());
    else if (what < 66) {
      loseWay(house, other, id);
      says(house, id, { kind: 'lost', to: id, peer: other });
    } else if (what < 70) says(house, id, { kind: 'pass', to: other, bytes: new Uint8Array(3) });
    else if (what < 73) says(house, id, { kind: 'carry', from: other, to: oneOf(names)!, ttl: 3, bytes: new Uint8Array(3) });
    else if (what < 75) pair(house, oneOf(houses.filter((each) => each !== house))!);
    else for (let at = below(6); at >= 0; at -= 1) deliver();
    turn(200);
  };

  /** All that is under way arrives; and who has not spoken for long says that they are there. */
  const settle = (): void => {
    for (const house of houses) {
      for (const id of [...house.pages.keys()]) says(house, id, { kind: 'ping', token: 1 });
      for (const [guest, { ways: by, keeps }] of [...house.guests])
        for (const page of [...by]) seek(house, page, guest, [...keeps]);
    }
    while (deliver());
    turn(20_000);
  };

  /** Of a relay's own, and their guests: who keeps it. */
  const ofHouse = (house: House): ReadonlyMap<PeerId, ReadonlySet<Topic>> =>
    new Map([...house.guests, ...house.pages].map(([id, { keeps }]) => [id, keeps]));

  const check = (): void => {
    for (const house of houses) {
      const sisters = houses.filter((other) => ways.has(way(other, house)));
      const own = [...ofHouse(house).values()];
      const shared = (sister: House): number =>
        [...ofHouse(sister).values()].filter((keeps) => [...keeps].some((each) => own.some((mine) => mine.has(each)))).length;
      expect(house.meet.counts()).toMatchObject({
        pages: house.pages.size,
        guests: house.guests.size,
        sisters: sisters.length,
        sister_pages: sisters.reduce((sum, sister) => sum + shared(sister), 0),
      });
      for (const [id, here] of house.pages) {
        for (const [its, known] of here.knows) {
          for (const each of known) {
            const isThere = [house, ...sisters].some((at) => ofHouse(at).get(each)?.has(its) === true);
            expect(isThere, `${id} at ${house.id} was told of ${each}`).toBe(true);
          }
        }
        for (const at of [house, ...sisters]) {
          for (const [each, keeps] of ofHouse(at)) {
            // Of a guest the page that led there alone was told nothing, and who is here speaks for itself.
            if (each === id || (at === house ? house.guests.has(each) : ofHouse(house).has(each))) continue;
            for (const its of [...here.keeps].filter((one) => keeps.has(one))) {
              expect(here.knows.get(its)?.has(each), `${id} at ${house.id} was told of ${each} at ${at.id}`).toBe(true);
            }
          }
        }
      }
    }
  };

  return {
    step,
    settle,
    check,
    counts: () => houses.map(({ meet }) => meet.counts()),
    empty: () => {
      for (const house of houses) {
        for (const [id, { link }] of [...house.pages]) {
          gone(house, id);
          house.meet.closed(link);
        }
      }
      while (deliver());
    },
  };
}

/** Fair enough, and the same for a seed. */
function createLuck(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
