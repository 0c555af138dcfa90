/** Everybody in one room says a few words while frames are lost, the relay restarts and one device crashes. */
import type { World } from '../../src/adapters/memory/world.ts';
import { createWorld } from '../../src/adapters/memory/world.ts';
import type { MessageView } from '../../src/app/view.ts';
import { decodeFrame } from '../../src/protocol/frame.ts';
import type { RoomId } from '../../src/protocol/ids.ts';
import { decodeMeet } from '../../src/protocol/meet.ts';
import { createRandom } from '../../src/adapters/memory/random.ts';
import { createPage, createRelay } from './page.ts';
import type { Page } from './page.ts';
import { allOf, exactly, percentile, report } from './rows.ts';
import type { Row } from './rows.ts';
import { createTruth } from './truth.ts';

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
  const { nodes, seed, messagesPerNode = 3, say = (): void => {}, settle } = scenario;
  const luck = createRandom(`hello ${seed}`);
  const copies = createCopies();
  const world = createWorld({
    seed: `hello ${nodes} ${seed}`,
    path: { delayMs: 30, jitterMs: 15, loss: 0.02 },
    onEvent: (event) => {
      if (event.kind === 'frame' && event.bytes !== null && event.owner?.name !== 'relay') copies.arrived(event.other, event.bytes);
    },
    ...(settle === undefined ? {} : { settle }),
  });
  const truth = createTruth(world.nowMs, say);
  let room: RoomId | null = null;

  const relay = createRelay(world, 'relay', { address: relayAddress });
  relay.start();
  const names = Array.from({ length: nodes }, (_, at) => `device ${at}`);
  const pages = names.map((name): Page => {
    const page: Page = createPage(world, name, relayAddress, (app) => {
      truth.watch(name, app, () => room, () => (page.running()?.life.network().links().length ?? 0) > 0);
    });
    return page;
  });

  room = await world.finish(gather(pages));
  const roomId = room;
  say(`${Math.round(world.nowMs())} ms: ${nodes} devices are in the room`);

  const beganMs = world.nowMs();
  const happenings = [
    ...names.flatMap((name, at) =>
      Array.from({ length: messagesPerNode }, (_, turn) => ({
        atMs: luck.below(plan.talkMs),
        run: (): void => speak(pages[at], `${name} says ${turn}`, name),
      })),
    ),
    { atMs: plan.relayDownMs, run: (): void => relay.crash('killed') },
    { atMs: plan.relayUpMs, run: (): void => relay.start() },
    { atMs: plan.crashMs, run: (): void => pages.at(-1)?.crash('power-cut') },
    { atMs: plan.returnMs, run: (): void => void pages.at(-1)?.start([roomId]) },
  ].toSorted((a, b) => a.atMs - b.atMs);

  const speak = (page: Page | undefined, text: string, name: string): void => {
    const running = page?.running();
    if (running === null || running === undefined) return;
    truth.asked(text, name);
    void running.app.send(roomId, text).then((isKept) => truth.answered(text, isKept));
  };
  for (const happening of happenings) {
    await world.runFor(beganMs + happening.atMs - world.nowMs());
    happening.run();
  }
  await world.runFor(beganMs + plan.talkMs - world.nowMs());
  await world.runUntil(() => truth.isAllDelivered(names), plan.patienceMs - (plan.talkMs - plan.returnMs));
  const deliveredMs = world.nowMs() - beganMs;
  await world.runFor(plan.afterMs);

  const counts = truth.count(await readAll(world, pages, names, roomId));
  const { expected, delivered, latenciesMs } = counts;
  return [
    report('nodes', nodes, 'devices', 'devices in one room, beside one relay'),
    report('suite', 'noble', '', 'the cryptography under all of it: real'),
    report('messages', counts.messages, 'messages', 'times somebody pressed Enter on a running device'),
    report('unanswered', counts.unanswered, 'messages', 'said right before the crash, without an answer: expected nowhere'),
    exactly('refused', counts.refused, 0, 'messages', 'answered: not on the disk'),
    allOf('delivered', delivered, expected, 'deliveries', 'kept messages on the screen of each other device in the end, the crashed one too'),
    report('p50Ms', percentile(latenciesMs, 0.5), 'virtual ms', 'from Enter to another screen, outages included'),
    report('p99Ms', percentile(latenciesMs, 0.99), 'virtual ms', 'from Enter to another screen, outages included'),
    report('copies', delivered === 0 ? 0 : copies.messages(truthEnvelopes) / delivered, 'frames per delivery', 'envelope frames that reached devices, messages, receipts and summaries alike'),
    exactly('lost', counts.lost, 0, 'deliveries', 'absent ten virtual minutes after connectivity returned'),
    exactly('shownTwice', counts.shownTwice, 0, 'messages', 'on one screen twice at any moment'),
    exactly('falseMarks', counts.falseMarks, 0, 'messages', 'marked left without a link, or received by more than have it, at any moment'),
    exactly('marksBack', counts.marksBack, 0, 'messages', 'a mark that took a step back, over crashes too'),
    report('marksComplete', counts.marksComplete, 'messages', 'whose author knows in the end of everyone who has it'),
    report('allDeliveredMs', deliveredMs, 'virtual ms', 'since everybody was in the room; all words are said after 60,000'),
    report('virtualMs', world.nowMs(), 'virtual ms', 'the whole run'),
    report('events', world.events(), 'events', 'timers, frames, disk answers and the rest'),
    report('traceHash', world.traceHash(), '', 'over every event in its order'),
  ];
};
