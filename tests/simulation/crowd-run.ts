/** Plays a plan: everybody joins, links come up, people talk while things happen, then all is calm and what arrived is counted. */
import { createRandom } from '../../src/adapters/memory/random.ts';
import type { Suite } from '../../src/protocol/suite/suite.ts';
import { createCrowd } from './crowd.ts';
import type { Crowd, Device } from './crowd.ts';
import { countCrowd } from './crowd-count.ts';
import { linkedIn } from './crowd-groups.ts';
import type { Joins } from './crowd-groups.ts';
import { rowsOfCrowd } from './crowd-rows.ts';
import type { Marks } from './crowd-rows.ts';
import { countedSuite } from './room-run.ts';
import type { Happening } from './room-run.ts';
import type { Row } from './rows.ts';
import type { Plan } from './scenarios/plan.ts';

export interface CrowdOptions {
  readonly nodes: number;
  readonly seed: string;
  readonly talkMs?: number;
  readonly messagesPerNode?: number;
  readonly suite?: Suite;
  readonly say?: (what: string) => void;
  readonly settle?: () => Promise<void>;
  /** The clock and the heap of this machine: what they say is no part of the run, and no part of its rows without them. */
  readonly gauge?: Gauge;
}

export interface Gauge {
  nowMs(): number;
  /** Of all cores this process had: what counts where others run beside it. */
  cpuMs(): number;
  /** After everything was let go that may be. */
  heapBytes(): number;
}

/** For links to come up once everybody is in. */
const calmMs = 15_000;
/** MESH.md: lost is what is absent so long after connectivity returned. */
const patienceMs = 600_000;
const lookMs = 5_000;
/** For late copies and late marks to show themselves. */
const afterMs = 30_000;

export const runCrowd = async (plan: Plan, options: CrowdOptions): Promise<readonly Row[]> => {
  const { nodes, seed, gauge, suite = countedSuite() } = options;
  const talkMs = options.talkMs ?? plan.full.talkMs;
  const perNode = options.messagesPerNode ?? Math.max(1, Math.round((plan.messagesPerNodeMinute * talkMs) / 60_000));
  const say = options.say ?? ((): void => {});
  const luck = createRandom(`${plan.name} ${nodes} ${perNode} ${seed}`);
  const names = Array.from({ length: nodes }, (_, at) => `device ${at}`);
  const settled = plan.settle(names, luck.fork('settle'));
  const heapBefore = gauge?.heapBytes() ?? 0;
  const crowd = createCrowd({
    seed: `${plan.name} ${nodes} ${perNode} ${talkMs} ${seed}`,
    rooms: settled.rooms ?? byTurns(names, plan.roomSize),
    relays: plan.relays,
    path: plan.path,
    suite,
    say,
    nodeOf: settled.nodeOf,
    misdeedOf: settled.misdeedOf ?? (() => null),
    ...(options.settle && { settle: options.settle }),
  });
  const { world, devices } = crowd;
  settled.prepare?.(world);

  const marks: Marks[] = [];
  const mark = (): void => void marks.push(markOf(crowd, gauge));
  mark();
  await crowd.gather();
  await world.runFor(calmMs);
  say(`${nodes} devices in ${crowd.rooms.length} rooms after ${Math.round(world.nowMs())} virtual ms`);
  mark();

  crowd.loose();
  const beganMs = world.nowMs();
  const words = luck.fork('words');
  const apart = plan.apart?.(talkMs) ?? null;
  let joins: Joins = () => false;
  const happenings: readonly Happening[] = [
    ...devices.flatMap((device) => wordsOf(device, perNode, talkMs, () => words.below(talkMs))),
    ...plan.happenings({ crowd, talkMs, luck: luck.fork('happenings'), say }),
    // After what the plan lets happen at that moment.
    ...(apart === null ? [] : [{ atMs: apart.fromMs, run: () => void (joins = linkedIn(crowd)) }]),
  ];
  for (const { atMs, run } of happenings.toSorted((a, b) => a.atMs - b.atMs)) {
    await world.runFor(beganMs + atMs - world.nowMs());
    run();
  }
  await world.runFor(beganMs + talkMs - world.nowMs());
  mark();
  const heap = gauge === undefined ? 0 : gauge.heapBytes() - heapBefore;

  const isDone = (): boolean => crowd.rooms.every((room) => room.truth.isAllDelivered(honestIn(crowd, room.names)));
  // Of whole ms: the clock turns by whole µs, and would never come to a part of one.
  const endMs = Math.ceil(Math.max(beganMs + talkMs, ...happenings.map(({ atMs }) => beganMs + atMs))) + patienceMs;
  while (!isDone() && world.nowMs() < endMs) await world.runFor(Math.min(lookMs, endMs - world.nowMs()));
  const deliveredMs = world.nowMs() - beganMs;
  await world.runFor(afterMs);
  mark();

  const counted = await countCrowd(crowd, apart && { ...apart, joins }, beganMs);
  return rowsOfCrowd({
    plan,
    nodes,
    seed,
    suite: suite.name,
    crowd,
    counted,
    marks,
    deliveredMs,
    heap,
    isGauged: gauge !== undefined,
  });
};

export const honestIn = (crowd: Crowd, names: readonly string[]): readonly string[] => {
  const hostile = new Set(crowd.devices.filter(({ misdeed }) => misdeed !== null).map(({ name }) => name));
  return names.filter((name) => !hostile.has(name));
};

const wordsOf = (device: Device, count: number, talkMs: number, atMs: () => number): readonly Happening[] =>
  device.misdeed !== null || talkMs === 0
    ? []
    : Array.from({ length: count }, (_, turn) => ({
        atMs: atMs(),
        run: (): void => device.speak(`${device.name} says ${turn}`),
      }));

const markOf = ({ world, tap }: Crowd, gauge: Gauge | undefined): Marks => ({
  wallMs: gauge?.nowMs() ?? 0,
  cpuMs: gauge?.cpuMs() ?? 0,
  virtualMs: world.nowMs(),
  events: world.events(),
  bytes: tap.bytes(),
  messageBytes: tap.messageBytes(),
});

const byTurns = (names: readonly string[], size: number): readonly (readonly string[])[] => {
  const rooms: string[][] = [];
  for (let at = 0; at < names.length; at += size) rooms.push(names.slice(at, at + size));
  // Nobody is alone.
  const [last, before] = [rooms.at(-1), rooms.at(-2)];
  if (last?.length === 1 && before !== undefined) before.push(...(rooms.pop() ?? []));
  return rooms;
};
