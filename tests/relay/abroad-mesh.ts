/** Meeting places whose relays are sisters, with every word between them in a list, for tests. */
import { createAbroad } from '../../relay/abroad.ts';
import type { Abroad } from '../../relay/abroad.ts';
import type { SisterLine } from '../../relay/sister.ts';
import { createMeetingPlace } from '../../src/protocol/meeting/place.ts';
import type { MeetingPlace } from '../../src/protocol/meeting/place.ts';
import { createIntroductions } from '../../src/protocol/meeting/introductions.ts';
import type { SisterFrame } from '../../src/protocol/meeting/sister.ts';
import { encodeMeet } from '../../src/protocol/meet.ts';
import type { MeetFrame } from '../../src/protocol/meet.ts';
import { parsePeerId, parseTopic } from '../../src/protocol/ids.ts';
import type { PeerId, Topic } from '../../src/protocol/ids.ts';

export const peer = (name: string): PeerId => parsePeerId(`${name}AAAA`.slice(0, 8))!;
export const topic = (byte: number): Topic => parseTopic(byte.toString(16).padStart(2, '0').repeat(16))!;

export interface House {
  readonly abroad: Abroad;
  readonly place: MeetingPlace;
  /** What its pages were told: `ann met bob cem`. */
  readonly told: string[];
  comes(page: string, ...topics: readonly number[]): void;
  says(page: string, frame: MeetFrame): void;
  goes(page: string): void;
}

export interface Mesh {
  readonly houses: ReadonlyMap<string, House>;
  /** Every frame between two relays, in order. */
  readonly said: { readonly from: string; readonly to: string; readonly frame: SisterFrame }[];
  turn(ms: number): void;
  /** Two become sisters. */
  join(one: string, other: string): void;
  part(one: string, other: string): void;
}

export function createMesh(...names: readonly string[]): Mesh {
  let nowMs = 0;
  let luck = 1;
  const said: Mesh['said'] = [];
  const queue: (() => void)[] = [];
  const luckOf = (length: number): Uint8Array =>
    Uint8Array.from({ length }, () => {
      luck = (luck * 48_271) % 0x7fffffff;
      return luck & 0xff;
    });
  const run = (): void => {
    for (let work = queue.shift(); work !== undefined; work = queue.shift()) work();
  };
  const createHouse = (): House => {
    const here = new Set<PeerId>();
    const told: string[] = [];
    const tellHere = (page: PeerId, frame: MeetFrame): void => {
      const who = frame.kind === 'met' ? frame.peers.join(' ') : 'peer' in frame ? frame.peer : 'from' in frame ? frame.from : '';
      if (here.has(page) && (frame.kind !== 'met' || who !== '')) {
        told.push(`${page} ${frame.kind} ${who}${frame.kind === 'refused' ? ` ${frame.why}` : ''}`.replaceAll('A', ''));
      }
    };
    const passHere = (page: PeerId, frame: MeetFrame): boolean => {
      tellHere(page, frame);
      return here.has(page);
    };
    const isHere = (page: PeerId): boolean => here.has(page);
    const introductions = createIntroductions(luckOf, (one, other) => isHere(one) || isHere(other));
    const abroad = createAbroad(introductions, {
      isHere,
      isElsewhere: () => undefined,
      tellHere,
      passHere,
      ticksMs: () => nowMs,
      luck: luckOf,
    });
    const rules = { bytes: [256_000, 1_000_000], frames: [2_000, 4_000], topics: [800, 2_560] } as const;
    const place = createMeetingPlace(
      rules,
      {
        tell: abroad.tell,
        pass: (page, frame) => (isHere(page) ? passHere(page, frame) : abroad.pass(page, frame)),
        far: () => false,
        drop: () => undefined,
        ticksMs: () => nowMs,
        luck: luckOf,
      },
      abroad.introductions,
    );
    const says = (name: string, frame: MeetFrame): void => {
      place.take(peer(name), encodeMeet(frame));
      run();
    };
    return {
      abroad,
      place,
      told,
      says,
      comes: (name, ...topics) => {
        abroad.came(peer(name));
        here.add(peer(name));
        place.entered(peer(name));
        says(name, { kind: 'join', topics: topics.map(topic) });
      },
      goes: (name) => {
        here.delete(peer(name));
        place.left(peer(name));
        abroad.went(peer(name));
        run();
      },
    };
  };
  const houses = new Map(names.map((name) => [name, createHouse()] as const));
  const line = (from: string, to: string): SisterLine => {
    const say = (frame: SisterFrame): void => {
      said.push({ from, to, frame });
      queue.push(() => houses.get(to)!.abroad.take(peer(from), frame));
    };
    return { say, offer: (frame) => (say(frame), true), drop: () => houses.get(from)!.abroad.left(peer(to)) };
  };
  const both = (one: string, other: string): readonly (readonly [string, string])[] => [
    [one, other],
    [other, one],
  ];
  return {
    houses,
    said,
    turn: (ms) => void (nowMs += ms),
    join: (one, other) => {
      for (const [from, to] of both(one, other)) houses.get(from)!.abroad.entered(peer(to), line(from, to));
      run();
    },
    part: (one, other) => {
      for (const [from, to] of both(one, other)) houses.get(from)!.abroad.left(peer(to));
      run();
    },
  };
}
