/** Many devices in many rooms of one memory world: each runs the product, and what it shows is held against what was said. */
import { createRandom } from '../../src/adapters/memory/random.ts';
import type { Random } from '../../src/adapters/memory/random.ts';
import { createWorld } from '../../src/adapters/memory/world.ts';
import type { World } from '../../src/adapters/memory/world.ts';
import type { NodeOptions } from '../../src/adapters/memory/node.ts';
import type { PathRules } from '../../src/adapters/memory/paths.ts';
import type { Network } from '../../src/ports/network.ts';
import type { RoomId } from '../../src/protocol/ids.ts';
import type { Suite } from '../../src/protocol/suite/suite.ts';
import { createHostile } from './hostile.ts';
import type { Misdeed } from './hostile.ts';
import { createMembersTap } from './members-tap.ts';
import type { MembersTap } from './members-tap.ts';
import { createPage, createRelay } from './page.ts';
import type { Page, Relay } from './page.ts';
import { gather } from './room-run.ts';
import { createTruth } from './truth.ts';
import type { Truth } from './truth.ts';

export interface Crowd {
  readonly world: World;
  readonly devices: readonly Device[];
  readonly relays: readonly Relay[];
  readonly rooms: readonly CrowdRoom[];
  readonly tap: MembersTap;
  /** Whoever means ill begins. */
  loose(): void;
  /** Everybody of a room comes to it, one room shortly after the other. */
  gather(): Promise<void>;
}

export interface Device {
  readonly name: string;
  readonly room: CrowdRoom;
  readonly page: Page;
  /** Null: an honest one. */
  readonly misdeed: Misdeed | null;
  speak(text: string): void;
  crash(how: 'killed' | 'power-cut'): void;
  /** Starts again, if it is down. */
  comeBack(): void;
  /** The lid is closed, or the browser freezes the tab. */
  nap(how: 'closed' | 'frozen'): void;
  wakeUp(): void;
  hasNapped(): boolean;
}

export interface CrowdRoom {
  readonly names: readonly string[];
  readonly truth: Truth;
  id(): RoomId | null;
}

export interface CrowdRules {
  readonly seed: string;
  readonly rooms: readonly (readonly string[])[];
  readonly relays: number;
  readonly path: Partial<PathRules>;
  readonly suite: Suite;
  readonly settle?: () => Promise<void>;
  say(what: string): void;
  nodeOf(name: string): NodeOptions;
  misdeedOf(name: string): Misdeed | null;
}

/** Rooms do not begin in one instant. */
const betweenMs = 40;

export const createCrowd = (rules: CrowdRules): Crowd => {
  const { seed, say } = rules;
  const tap = createMembersTap(rules.suite);
  const isRelay = new Set<string>();
  const world = createWorld({
    seed,
    path: rules.path,
    onEvent: ({ kind, owner, other, bytes }) => {
      if (kind !== 'frame' || bytes === null || owner === null) return;
      if (isRelay.has(owner.name)) tap.toRelay(bytes);
      else tap.arrived(bytes, isRelay.has(other), owner.name);
    },
    ...(rules.settle === undefined ? {} : { settle: rules.settle }),
  });
  const tell = (what: string): void => say(`${Math.round(world.nowMs())} ms: ${what}`);
  const relays = Array.from({ length: rules.relays }, (_, at) => {
    isRelay.add(`relay ${at}`);
    return createRelay(world, `relay ${at}`, { address: addressOf(at) });
  });
  for (const relay of relays) relay.start();

  const luck = createRandom(`crowd ${seed}`);
  let isLoose = false;
  const devices: Device[] = [];
  const ids: (RoomId | null)[] = [];
  const rooms = rules.rooms.map((names, number): CrowdRoom => {
    ids.push(null);
    const room: CrowdRoom = { names, truth: createTruth(world.nowMs, tell), id: () => ids[number] ?? null };
    for (const name of names) {
      devices.push(
        createDevice(
          { world, room, rules, tap, home: addressOf(number % rules.relays), luck: luck.fork(name), hasBegun: () => isLoose },
          name,
        ),
      );
    }
    return room;
  });

  const pagesOf = (room: CrowdRoom): readonly Page[] =>
    devices.filter((device) => device.room === room).map((device) => device.page);
  return {
    world,
    devices,
    relays,
    rooms,
    tap,
    loose: () => void (isLoose = true),
    gather: async () => {
      const gathering: Promise<unknown>[] = [];
      for (const [number, room] of rooms.entries()) {
        gathering.push(gather('members', pagesOf(room), (id) => (ids[number] = id)));
        await world.runFor(betweenMs);
      }
      await world.finish(Promise.all(gathering));
    },
  };
};

const addressOf = (relay: number): string => `/memory/relay-${relay}`;

interface Place {
  readonly world: World;
  readonly room: CrowdRoom;
  readonly rules: CrowdRules;
  readonly tap: MembersTap;
  readonly home: string;
  readonly luck: Random;
  hasBegun(): boolean;
}

const createDevice = ({ world, room, rules, tap, home, luck, hasBegun }: Place, name: string): Device => {
  const misdeed = rules.misdeedOf(name);
  const node = world.node(name, { ...rules.nodeOf(name), home });
  let network: Network | null = null;
  let linkedMs = -1;
  let nap: 'closed' | 'frozen' | null = null;
  const lastLinkedMs = (): number => {
    if (network !== null && network.links().length > 0) linkedMs = world.nowMs();
    return linkedMs;
  };
  const page = createPage(world, name, home, (app) => room.truth.watch(name, app, room.id, lastLinkedMs), {
    openMembers: tap.openMembers(name),
    network: (real) => {
      real.listen({ onOpen: () => undefined, onFrame: () => undefined, onClose: () => (linkedMs = world.nowMs()) });
      network = real;
      const { clock } = node.lives()[0]!;
      return misdeed === null
        ? real
        : createHostile({ network: real, clock, luck: luck.fork(misdeed), misdeed, hasBegun }).network;
    },
  });
  return {
    name,
    room,
    page,
    misdeed,
    speak: (text) => {
      const [running, id] = [page.running(), room.id()];
      if (running === null || id === null) return;
      room.truth.asked(text, name);
      void running.app.send(id, text).then((isKept) => room.truth.answered(text, isKept));
    },
    crash: (how) => {
      lastLinkedMs();
      page.crash(how);
    },
    comeBack: () => {
      const id = room.id();
      if (page.node.lives().length === 0) void page.start(id === null ? [] : [id]);
    },
    nap: (how) => {
      nap = how;
      if (how === 'closed') node.sleep();
      else node.lives()[0]?.freeze();
    },
    wakeUp: () => {
      if (nap === 'closed') node.wake();
      else node.lives()[0]?.thaw();
    },
    hasNapped: () => nap !== null,
  };
};
