/** Everybody in one room says a few words while frames are lost, the relay restarts and one device crashes. */
import { createRandom } from '../../src/adapters/memory/random.ts';
import { createWorld } from '../../src/adapters/memory/world.ts';
import type { World } from '../../src/adapters/memory/world.ts';
import type { MessageView } from '../../src/app/view.ts';
import type { RoomId } from '../../src/protocol/ids.ts';
import { createPage, createRelay } from './page.ts';
import type { Page } from './page.ts';
import { allOf, exactly, percentile, report } from './rows.ts';
import type { Row } from './rows.ts';
import { createTruth } from './truth.ts';
import type { Counts } from './truth.ts';
import { createWiretap } from './wiretap.ts';
import type { Wiretap } from './wiretap.ts';

export interface Scenario {
  readonly nodes: number;
  readonly seed: string;
  readonly messagesPerNode?: number;
  readonly say?: (what: string) => void;
  readonly settle?: () => Promise<void>;
}

/** When things happen, virtual milliseconds after everybody is in the room. */
const plan = {
  talkMs: 60_000,
  relayDownMs: 15_000,
  relayUpMs: 20_000,
  crashMs: 30_000,
  returnMs: 40_000,
  /** MESH.md: lost is what is absent so long after connectivity returned. */
  patienceMs: 600_000,
  /** For late copies and late marks to show themselves. */
  afterMs: 120_000,
} as const;

const relayAddress = '/memory/relay';

export const hello = async (scenario: Scenario): Promise<readonly Row[]> => {
  const { nodes, seed, messagesPerNode = 3, say = silence, settle } = scenario;
  const tap = createWiretap();
  const world = createWorld({
    seed: `hello ${nodes} ${seed}`,
    path: { delayMs: 30, jitterMs: 15, loss: 0.02 },
    onEvent: ({ kind, owner, other, bytes }) => {
      if (kind === 'frame' && bytes !== null && owner?.name !== 'relay') tap.arrived(bytes, other === 'relay');
    },
    ...(settle === undefined ? {} : { settle }),
  });
  const now = (): string => `${Math.round(world.nowMs())} ms`;
  const truth = createTruth(world.nowMs, (what) => say(`${now()}: ${what}`));

  const relay = createRelay(world, 'relay', { address: relayAddress });
  relay.start();
  let room: RoomId | null = null;
  const pages = new Map<string, Page>();
  for (let at = 0; at < nodes; at += 1) {
    const name = `device ${at}`;
    const page: Page = createPage(world, name, relayAddress, (app) => {
      truth.watch(name, app, () => room, () => (page.running()?.life.network().links().length ?? 0) > 0);
    });
    pages.set(name, page);
  }
  const names = [...pages.keys()];

  const gathered = await world.finish(gather([...pages.values()], (started) => (room = started)));
  room = gathered.room;
  tap.useInvite(gathered.invite);
  say(`${now()}: ${nodes} devices are in the room`);

  const beganMs = world.nowMs();
  const speak = (name: string, text: string): void => {
    const running = pages.get(name)?.running();
    if (running === undefined || running === null) return;
    truth.asked(text, name);
    void running.app.send(gathered.room, text).then((isKept) => truth.answered(text, isKept));
  };
  const unlucky = must(pages.get(`device ${nodes - 1}`));
  const luck = createRandom(`hello ${seed}`);
  const happenings: readonly Happening[] = [
    ...names.flatMap((name) =>
      Array.from({ length: messagesPerNode }, (_, turn) => ({
        atMs: luck.below(plan.talkMs),
        run: (): void => speak(name, `${name} says ${turn}`),
      })),
    ),
    { atMs: plan.relayDownMs, run: (): void => relay.crash('killed') },
    { atMs: plan.relayUpMs, run: (): void => relay.start() },
    { atMs: plan.crashMs, run: (): void => unlucky.crash('power-cut') },
    { atMs: plan.returnMs, run: (): void => void unlucky.start([gathered.room]) },
  ];
  for (const { atMs, run } of happenings.toSorted((a, b) => a.atMs - b.atMs)) {
    await world.runFor(beganMs + atMs - world.nowMs());
    run();
  }
  await world.runFor(beganMs + plan.talkMs - world.nowMs());
  await world.runUntil(() => truth.isAllDelivered(names), plan.patienceMs - (plan.talkMs - plan.returnMs));
  const deliveredMs = world.nowMs() - beganMs;
  await world.runFor(plan.afterMs);

  const counts = truth.count(await world.finish(readAll(pages, gathered.room)));
  return rowsOf(scenario, world, counts, tap, deliveredMs);
};

interface Happening {
  readonly atMs: number;
  run(): void;
}

/** Everybody is named; the first starts a room, the others take its link one after another, as people do. */
const gather = async (
  pages: readonly Page[],
  started: (room: RoomId) => void,
): Promise<{ readonly room: RoomId; readonly invite: string }> => {
  const [first, ...others] = pages;
  const { app } = await must(first).start([]);
  await app.nameMe('Device 0');
  const room = must(await app.startRoom('Hello'));
  started(room);
  await app.show(room);
  const invite = must(app.view().rooms.find((view) => view.id === room)?.invite ?? null);
  for (const [at, page] of others.entries()) {
    const { app: other } = await page.start([]);
    await other.nameMe(`Device ${at + 1}`);
    await other.joinRoom(`https://wavu.example/#${invite}`);
    await other.show(room);
  }
  return { room, invite };
};

/** All that each device has, to the oldest. */
const readAll = async (pages: ReadonlyMap<string, Page>, room: RoomId): Promise<ReadonlyMap<string, readonly MessageView[]>> => {
  const all = new Map<string, readonly MessageView[]>();
  for (const [name, page] of pages) {
    const { app } = must(page.running());
    await app.show(room);
    while (must(app.view().timelines[room]).hasOlder) await app.older(room);
    all.set(name, must(app.view().timelines[room]).messages);
  }
  return all;
};

const rowsOf = (scenario: Scenario, world: World, counts: Counts, tap: Wiretap, deliveredMs: number): readonly Row[] => {
  const { expected, delivered, latenciesMs, messages } = counts;
  const copies = tap.copies();
  const perDelivery = (count: number): number => (delivered === 0 ? 0 : count / delivered);
  return [
    report('nodes', scenario.nodes, 'devices', 'in one room, beside one relay'),
    report('suite', 'noble', '', 'the cryptography under all of it: real'),
    report('messages', messages, 'messages', 'times somebody pressed Enter on a running device'),
    report('unanswered', counts.unanswered, 'messages', 'of them cut off by the crash before the app answered; not expected anywhere'),
    exactly('refused', counts.refused, 0, 'messages', 'of them not kept, the app said'),
    allOf('delivered', delivered, expected, 'deliveries', 'kept messages on each other device in the end, the crashed one included'),
    report('p50Ms', percentile(latenciesMs, 0.5), 'virtual ms', 'from Enter to another screen, outages included'),
    report('p99Ms', percentile(latenciesMs, 0.99), 'virtual ms', 'from Enter to another screen, outages included'),
    report('copies', perDelivery(copies.message), 'frames per delivery', 'frames with a message that arrived at devices; those passed by the relay count once'),
    report('receipts', perDelivery(copies.receipt), 'frames per delivery', 'frames with a receipt that arrived at devices'),
    report('deviceBytes', perDelivery(tap.bytes()), 'bytes per delivery', 'all frames that arrived at devices, joining and idling included'),
    exactly('lost', counts.lost, 0, 'deliveries', 'absent ten virtual minutes after connectivity returned'),
    exactly('shownTwice', counts.shownTwice, 0, 'messages', 'on one screen twice, at any moment'),
    exactly('falseMarks', counts.falseMarks, 0, 'messages', 'marked left without a link, or received by more than have it, at any moment'),
    exactly('marksBack', counts.marksBack, 0, 'messages', 'whose mark took a step back at any moment, over the crash too'),
    report('marksComplete', counts.marksComplete, 'messages', 'whose author knows in the end of everyone who has it'),
    report('allDeliveredMs', deliveredMs, 'virtual ms', 'since everybody was in the room; the last word may be said at 60,000'),
    report('virtualMs', world.nowMs(), 'virtual ms', 'the whole run'),
    report('events', world.events(), 'events', 'timers, frames, disk answers and the rest'),
    report('traceHash', world.traceHash(), '', `over every event in its order; seed ${scenario.seed}`),
  ];
};

const silence = (): void => {};

const must = <Value>(value: Value | null | undefined): Value => {
  if (value === null || value === undefined) throw new Error('hello: the app did not do what the scenario needs');
  return value;
};
