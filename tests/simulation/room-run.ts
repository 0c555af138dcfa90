/** Runs the product in one room: everybody joins, talks, meets what the scenario has in store, and is counted. */
import { nodeCryptoSuite } from '../../src/adapters/node-crypto/suite.ts';
import { createRandom } from '../../src/adapters/memory/random.ts';
import { createWorld } from '../../src/adapters/memory/world.ts';
import type { World } from '../../src/adapters/memory/world.ts';
import type { PathRules } from '../../src/adapters/memory/paths.ts';
import type { App } from '../../src/app/app.ts';
import type { MessageView } from '../../src/app/view.ts';
import type { RoomId } from '../../src/protocol/ids.ts';
import type { Suite } from '../../src/protocol/suite/suite.ts';
import { createPage, createRelay } from './page.ts';
import type { Page, Relay } from './page.ts';
import { allOf, exactly, percentile, report } from './rows.ts';
import type { Row } from './rows.ts';
import { createTruth } from './truth.ts';
import type { Counts } from './truth.ts';
import { createMembersTap } from './members-tap.ts';
import { createUnsafeCountedSuite } from './unsafe-counted-suite.ts';
import { createWiretap } from './wiretap.ts';
import type { Wiretap } from './wiretap.ts';

export interface Scenario {
  readonly nodes: number;
  readonly seed: string;
  readonly messagesPerNode?: number;
  /** Under rooms of members, the counted one if none is given; open rooms are always sealed by noble. */
  readonly suite?: Suite;
  readonly say?: (what: string) => void;
  /** Told all that happens but for the bytes themselves: when, what, to whom, how many; what was logged; what is shown in the end. */
  readonly trace?: (line: string) => void;
  readonly settle?: () => Promise<void>;
}

export interface Story {
  readonly name: string;
  readonly kind?: 'open' | 'members';
  /** Devices beside those that are counted: they come and go. */
  readonly guests?: number;
  readonly path: Partial<PathRules>;
  readonly talkMs: number;
  /** Since everybody was in the room. From then on nothing is broken any more. */
  readonly wholeMs: number;
  /** Everything that happens to them, in any order. */
  happenings(stage: Stage): readonly Happening[];
}

export interface Stage {
  readonly world: World;
  readonly relay: Relay;
  readonly pages: readonly Page[];
  readonly room: RoomId;
  readonly invite: string;
  readonly guests: readonly Page[];
  /** Says something there, if the device runs. */
  speak(name: string, text: string): void;
  say(what: string): void;
}

export interface Happening {
  /** Since everybody was in the room. */
  readonly atMs: number;
  run(): void;
}

type Tap = Pick<Wiretap, 'useInvite' | 'arrived' | 'copies' | 'bytes'>;

/** The device's own key is a true one. */
export const countedSuite = (): Suite => createUnsafeCountedSuite({ signPublic: nodeCryptoSuite.signPublic });

/** MESH.md: lost is what is absent so long after connectivity returned. */
const patienceMs = 600_000;
/** For late copies and late marks to show themselves. */
const afterMs = 120_000;
const relayAddress = '/memory/relay';

export const runStory = async (story: Story, scenario: Scenario): Promise<readonly Row[]> => {
  const { nodes, seed, messagesPerNode = 3, settle, suite = countedSuite(), trace } = scenario;
  const { kind: roomKind = 'open' } = story;
  const tap = roomKind === 'open' ? createWiretap() : createMembersTap(suite);
  const pages = new Map<string, Page>();
  const guests: Page[] = [];
  const linkedMs = new Map<string, number>();
  const linksOf = (name: string): number => pages.get(name)?.running()?.life.network().links().length ?? 0;
  const world = createWorld({
    seed: `${story.name} ${nodes} ${messagesPerNode} ${seed}`,
    path: story.path,
    onLog: (name, event, facts) => trace?.(`${name} logs ${event} ${JSON.stringify(facts)}`),
    onEvent: ({ atUs, kind, owner, other, bytes }) => {
      trace?.(`${atUs} us: ${kind} ${owner?.name} ${other} ${bytes?.length}`);
      if (owner !== null && linksOf(owner.name) > 0) linkedMs.set(owner.name, world.nowMs());
      if (kind === 'frame' && bytes !== null && owner !== null && owner.name !== 'relay')
        tap.arrived(bytes, other === 'relay', owner.name);
    },
    ...(settle === undefined ? {} : { settle }),
  });
  const say = (what: string): void => scenario.say?.(`${Math.round(world.nowMs())} ms: ${what}`);
  const truth = createTruth(world.nowMs, say);

  const relay = createRelay(world, 'relay', { address: relayAddress });
  relay.start();
  let room: RoomId | null = null;
  const make = (name: string): Page => {
    const onStart = (app: App): void => {
      const lastMs = (): number => linkedMs.get(name) ?? -1;
      truth.watch(name, app, () => room, lastMs);
    };
    return createPage(world, name, relayAddress, onStart, roomKind === 'open' ? {} : { openMembers: tap.openMembers(name) });
  };
  for (let at = 0; at < nodes; at += 1) pages.set(`device ${at}`, make(`device ${at}`));
  for (let at = 0; at < (story.guests ?? 0); at += 1) guests.push(make(`guest ${at}`));
  const names = [...pages.keys()];

  const gathered = await world.finish(gather(roomKind, [...pages.values()], (started) => (room = started)));
  tap.useInvite(gathered.invite);
  say(`${nodes} devices are in the room`);

  const beganMs = world.nowMs();
  const speak = (name: string, text: string): void => {
    const running = pages.get(name)?.running();
    if (running === undefined || running === null) return;
    truth.asked(text, name);
    void running.app.send(gathered.room, text).then((isKept) => truth.answered(text, isKept));
  };
  const luck = createRandom(`words ${seed}`);
  const words: readonly Happening[] = names.flatMap((name) =>
    Array.from({ length: messagesPerNode }, (_, turn) => ({
      atMs: luck.below(story.talkMs),
      run: (): void => speak(name, `${name} says ${turn}`),
    })),
  );
  const stage: Stage = { world, relay, pages: [...pages.values()], guests, ...gathered, speak, say };
  for (const { atMs, run } of [...words, ...story.happenings(stage)].toSorted((a, b) => a.atMs - b.atMs)) {
    await world.runFor(beganMs + atMs - world.nowMs());
    run();
  }
  await world.runFor(beganMs + Math.max(story.talkMs, story.wholeMs) - world.nowMs());
  await world.runUntil(() => truth.isAllDelivered(names), beganMs + story.wholeMs + patienceMs - world.nowMs());
  const deliveredMs = world.nowMs() - beganMs;
  await world.runFor(afterMs);

  const visitors = new Map(guests.filter((page) => page.running() !== null).map((page) => [page.node.name, page]));
  const counts = truth.count(
    await world.finish(readAll(pages, gathered.room)),
    await world.finish(readAll(visitors, gathered.room)),
  );
  for (const { node, running } of [...pages.values(), ...guests])
    trace?.(`${node.name} shows ${JSON.stringify(running()?.app.view())}`);
  const under = roomKind === 'open' ? 'noble' : suite.name;
  return rowsOf(scenario, world, counts, tap, deliveredMs, under);
};

/** Everybody is named; the first starts a room, the others take its link one after another, as people do. */
export const gather = async (
  kind: 'open' | 'members',
  pages: readonly Page[],
  started: (room: RoomId) => void,
): Promise<{ readonly room: RoomId; readonly invite: string }> => {
  const [first, ...others] = pages;
  const { app } = await must(first).start([]);
  await app.nameMe('Device 0');
  const room = must(await app.startRoom('Hello', kind));
  started(room);
  await app.show(room);
  const invite =
    kind === 'members' ? must(await app.invite(room)) : must(app.view().rooms.find((view) => view.id === room)?.invite);
  for (const [at, page] of others.entries()) {
    const { app: other } = await page.start([]);
    await other.nameMe(`Device ${at + 1}`);
    await other.joinRoom(`https://wavu.example/#${invite}`);
    await other.show(room);
    await untilIn(other, room);
  }
  return { room, invite };
};

/** Somebody lets them in, where it needs that. */
export const untilIn = (app: App, room: RoomId): Promise<void> =>
  new Promise((done) => {
    const isIn = (): boolean => app.view().rooms.some((view) => view.id === room && view.stage === 'in');
    const stop = app.subscribe(() => {
      if (!isIn()) return;
      stop();
      done();
    });
    if (isIn()) {
      stop();
      done();
    }
  });

/** All that each device has, to the oldest. */
export const readAll = async (
  pages: ReadonlyMap<string, Page>,
  room: RoomId,
): Promise<ReadonlyMap<string, readonly MessageView[]>> => {
  const all = new Map<string, readonly MessageView[]>();
  for (const [name, page] of pages) {
    const { app } = must(page.running());
    await app.show(room);
    while (app.view().timelines[room]?.hasOlder === true) await app.older(room);
    all.set(name, app.view().timelines[room]?.messages ?? []);
  }
  return all;
};

const rowsOf = (
  scenario: Scenario,
  world: World,
  counts: Counts,
  tap: Tap,
  deliveredMs: number,
  suite: string,
): readonly Row[] => {
  const { expected, delivered, latenciesMs, messages } = counts;
  const copies = tap.copies();
  const perDelivery = (count: number): number => (delivered === 0 ? 0 : count / delivered);
  return [
    report('nodes', scenario.nodes, 'devices', 'in one room, beside one relay'),
    report(
      'suite',
      suite,
      '',
      suite === 'unsafe-counted' ? 'stand-ins of the right sizes under all of it' : 'the cryptography under all of it: real',
    ),
    report('messages', messages, 'messages', 'times somebody pressed Enter on a running device'),
    report(
      'unanswered',
      counts.unanswered,
      'messages',
      'of them cut off by the crash before the app answered; not expected anywhere',
    ),
    exactly('refused', counts.refused, 0, 'messages', 'of them not kept, the app said'),
    allOf('delivered', delivered, expected, 'deliveries', 'kept messages on each other device in the end, crashed ones included'),
    report('p50Ms', percentile(latenciesMs, 0.5), 'virtual ms', 'from Enter to another screen, outages included'),
    report('p99Ms', percentile(latenciesMs, 0.99), 'virtual ms', 'from Enter to another screen, outages included'),
    report(
      'copies',
      perDelivery(copies.message),
      'frames per delivery',
      'frames with a message that arrived at devices; those passed by the relay count once',
    ),
    report('receipts', perDelivery(copies.receipt), 'frames per delivery', 'frames with a receipt that arrived at devices'),
    report(
      'deviceBytes',
      perDelivery(tap.bytes()),
      'bytes per delivery',
      'all frames that arrived at devices, joining and idling included',
    ),
    exactly('lost', counts.lost, 0, 'deliveries', 'absent ten virtual minutes after connectivity returned'),
    exactly('shownTwice', counts.shownTwice, 0, 'messages', 'on one screen twice, at any moment'),
    exactly(
      'falseMarks',
      counts.falseMarks,
      0,
      'messages',
      'marked left without any link since, or received by more than have it, at any moment',
    ),
    exactly('marksBack', counts.marksBack, 0, 'messages', 'whose mark took a step back at any moment on a running device'),
    exactly(
      'marksForgotten',
      counts.marksForgotten,
      0,
      'messages',
      'whose mark stood lower right after a restart than before it',
    ),
    report('marksComplete', counts.marksComplete, 'messages', 'whose author knows in the end of everyone who has it'),
    report('allDeliveredMs', deliveredMs, 'virtual ms', 'since everybody was in the room, the talking included'),
    report('virtualMs', world.nowMs(), 'virtual ms', 'the whole run'),
    report('events', world.events(), 'events', 'timers, frames, disk answers and the rest'),
    report('traceHash', world.traceHash(), '', `over every event in its order; seed ${scenario.seed}`),
  ];
};

const must = <Value>(value: Value | null | undefined): Value => {
  if (value === null || value === undefined) throw new Error('simulation: the app did not do what the scenario needs');
  return value;
};
