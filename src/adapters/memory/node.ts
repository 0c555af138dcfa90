/** One device of a memory world: its disk outlives its lives; a life is one start of a process or one tab. */
import type { Clock } from '../../ports/clock.ts';
import type { ReadCard } from '../../ports/door.ts';
import type { Entropy } from '../../ports/entropy.ts';
import type { Log } from '../../ports/log.ts';
import type { Network } from '../../ports/network.ts';
import type { OpenedStorage } from '../../ports/storage.ts';
import type { Tabs } from '../../ports/tabs.ts';
import { parsePeerId } from '../../protocol/ids.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { Air, Place } from './air.ts';
import { createClock } from './clock.ts';
import { createDisk, diskRules } from './disk.ts';
import type { Disk, DiskRules } from './disk.ts';
import { createDoor } from './door.ts';
import { unsafeSeededEntropy } from './entropy.ts';
import type { LineRules } from './lines.ts';
import { createNetwork } from './network.ts';
import type { NetworkInside } from './network.ts';
import type { Event, Owner } from './queue.ts';
import type { Random } from './random.ts';
import { createDiskDoor } from './storage.ts';
import { createTabBar } from './tabs.ts';
import type { Vanished } from './wire.ts';

export interface WorldNode {
  readonly name: string;
  readonly disk: Disk;
  /** Opens a tab, or starts the process. */
  start(): Life;
  lives(): readonly Life[];
  /** Every life ends at once. A power cut takes relaxed commits with it. */
  crash(how: Vanished): void;
  /** The machine sleeps: its pages are frozen and nothing passes its network. Its clocks go on, and are late by it on waking. */
  sleep(): void;
  wake(): void;
  /** To another network: its links are dead, and it can dial at once. */
  move(line: Partial<LineRules>): void;
}

/** The ports of one start. Once it is gone nothing it asked is ever answered. */
export interface Life {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
  readonly tabs: Tabs;
  /** The network of this life, made at the first call. */
  network(): Network;
  openStorage(): Promise<OpenedStorage>;
  readonly readCard: ReadCard;
  /** The tab is closed or killed; the disk keeps what it has. */
  kill(): void;
  isAlive(): boolean;
  /** The browser runs nothing of this page any more: no timer, no frame, no answer of the disk. Its links stay up. */
  freeze(): void;
  /** All that came meanwhile happens now, in its order. */
  thaw(): void;
}

export interface NodeOptions {
  readonly role?: Place['role'];
  /** Where a relay is reached. */
  readonly address?: string;
  /** What a relay's door answers, as parsed JSON. */
  readonly card?: unknown;
  /** The address of the relay this page was served by. */
  readonly home?: string;
  readonly clockSkewMs?: number;
  readonly clockDriftPpm?: number;
  /** What its network is like. Without it as wide as one likes, and open. */
  readonly line?: Partial<LineRules>;
  readonly disk?: Partial<DiskRules>;
}

export interface NodeWorld {
  readonly air: Air;
  readonly startMs: number;
  readonly onLog: (node: string, event: string, facts: Parameters<Log>[1]) => void;
}

export const createNode = (world: NodeWorld, name: string, options: NodeOptions): WorldNode => {
  const { air, startMs, onLog } = world;
  const { core } = air;
  const random = core.random.fork(`node ${name}`);
  const rules = { ...diskRules, ...options.disk };
  const disk = createDisk(rules, random.fork('disk'));
  const diskDoor = createDiskDoor(core, disk, rules, random.fork('disk times'));
  const bar = createTabBar(core);
  const living = new Map<Life, (how: Vanished) => void>();
  let starts = 0;
  if (options.line !== undefined) air.paths.setLine(name, options.line);

  const start = (): Life => {
    starts += 1;
    const luck = random.fork(`life ${starts}`);
    // A page is another one each start; a relay keeps its identity in its data folder.
    const peer = peerIdFrom((options.role === 'relay' ? random : luck).fork('peer'));
    let isAlive = true;
    let inside: NetworkInside | null = null;
    let parked: Event[] | null = null;
    const owner: Owner = { name, alive: () => isAlive, parked: () => parked };
    core.note('start', name);

    const networkPlace = {
      owner,
      peer,
      role: options.role ?? 'page',
      address: options.address ?? null,
      card: options.card ?? null,
      luck: luck.fork('network'),
    } as const;
    const life: Life = {
      clock: createClock(core, owner, { startMs, skewMs: options.clockSkewMs ?? 0, driftPpm: options.clockDriftPpm ?? 0 }),
      entropy: unsafeSeededEntropy(luck.fork('entropy')),
      log: (event, facts) => {
        core.note(event, name);
        onLog(name, event, facts);
      },
      tabs: bar.open(owner),
      network: () => {
        inside ??= createNetwork(air, networkPlace);
        return inside.network;
      },
      openStorage: () => diskDoor.open(owner),
      readCard: createDoor(air, { owner, home: options.home ?? null, luck: luck.fork('door') }),
      kill: () => end('killed'),
      isAlive: () => isAlive,
      freeze: () => {
        if (!isAlive || parked !== null) return;
        parked = [];
        core.note('freeze', name);
      },
      thaw: () => {
        if (parked === null) return;
        const late = parked;
        parked = null;
        core.note('thaw', name);
        core.goOn(late);
      },
    };
    const end = (how: Vanished): void => {
      if (!isAlive) return;
      isAlive = false;
      living.delete(life);
      core.note(how, name);
      inside?.vanish(how);
      diskDoor.ownerGone(owner);
      bar.ownerGone(owner);
    };
    living.set(life, end);
    return life;
  };

  return {
    name,
    disk,
    start,
    lives: () => [...living.keys()],
    crash: (how) => {
      for (const end of [...living.values()]) end(how);
      air.paths.sleeps(name, false);
      if (how === 'power-cut') disk.powerCut(core.nowUs() / 1000);
    },
    sleep: () => {
      for (const life of living.keys()) life.freeze();
      air.paths.sleeps(name, true);
    },
    wake: () => {
      for (const life of living.keys()) life.thaw();
      air.paths.sleeps(name, false);
    },
    move: (line) => {
      core.note('move', name);
      air.paths.setLine(name, line);
      air.strand(name);
    },
  };
};

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** 12 bytes as base64url. */
const peerIdFrom = (luck: Random): PeerId => {
  const text = Array.from({ length: 16 }, () => alphabet[luck.below(64)]).join('');
  const peer = parsePeerId(text);
  if (peer === null) throw new Error('node: made an impossible peer id');
  return peer;
};
