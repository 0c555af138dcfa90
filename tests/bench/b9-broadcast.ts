/** B9, B10: one room of many, one speaks and all hear, against stock gossipsub over the same paths of a memory world. */
import { pathRules } from '../../src/adapters/memory/paths.ts';
import { openOurs } from './cast/ours.ts';
import type { OurCrowd, Weighed } from './cast/ours.ts';
import { openStock } from './cast/stock.ts';
import type { StockCrowd } from './cast/stock.ts';
import { talkIn } from './cast/talk.ts';
import type { Heard } from './cast/talk.ts';
import { percentile, row } from './rows.ts';
import type { Row } from './rows.ts';
import type { Bench } from './world.ts';

/** The world's own. */
const PATH = pathRules;
const SIZES = [50, 200];
const SPEAKERS = 5;
const WARM_UP = { messages: 2 * SPEAKERS, everyMs: 2_000 };
const TALK = { messages: 10 * SPEAKERS, everyMs: 2_000 };
const SEED = 'broadcast';
const DEAD = 0.1;

export const broadcast: Bench = {
  ids: ['B9', 'B10'],
  async *run(world): AsyncGenerator<Row> {
    for (const size of SIZES) {
      world.say(`B9: ${size} devices, stock gossipsub`);
      const theirs = await measureStock(size);
      world.say(`B9: ${size} devices, ours`);
      const ours = await measureOurs(size);
      yield* rowsOf(size, ours, theirs);
    }
  },
};

interface Measured {
  readonly heard: Heard;
  readonly copies: number;
  readonly cpuMs: number;
  readonly degree: number;
}

interface OursMeasured extends Measured {
  readonly weighed: Weighed;
  readonly idealBytes: number;
  readonly dying: Heard;
  /** The talk by which the trees grow. */
  readonly first: Heard;
  readonly firstCopies: number;
}

interface StockMeasured extends Measured {
  readonly bytes: number;
  readonly healed: Heard;
}

async function measureOurs(size: number): Promise<OursMeasured> {
  const crowd = await openOurs(size, PATH, SEED);
  const speakers = speakersOf(crowd);
  const begun = crowd.counts();
  const first = await talkIn(crowd, 'first', { speakers, ...WARM_UP });
  const before = crowd.counts();
  const cpuBefore = process.cpuUsage();
  const heard = await talkIn(crowd, 'talk', { speakers, ...TALK });
  const cpuMs = cpuSince(cpuBefore);
  const after = crowd.counts();
  const alive = crowd.die(deadOf(crowd));
  const dying = await talkIn(alive, 'dying', { speakers, ...TALK });
  const weighed = less(after, before);
  return {
    heard,
    first,
    firstCopies: before.copies - begun.copies,
    copies: weighed.copies,
    cpuMs,
    degree: crowd.direct(),
    weighed,
    idealBytes: heard.expected * (weighed.messageBytes / weighed.copies),
    dying,
  };
}

async function measureStock(size: number): Promise<StockMeasured> {
  const crowd = await openStock(size, PATH, SEED);
  const speakers = speakersOf(crowd);
  await talkIn(crowd, 'first', { speakers, ...WARM_UP });
  const before = crowd.counts();
  const cpuBefore = process.cpuUsage();
  const heard = await talkIn(crowd, 'talk', { speakers, ...TALK });
  const cpuMs = cpuSince(cpuBefore);
  const after = crowd.counts();
  const degree = crowd.meshDegree();
  const healed = await talkIn(await crowd.leave(deadOf(crowd)), 'healed', { speakers, ...TALK });
  return { heard, copies: after.copies - before.copies, bytes: after.allBytes - before.allBytes, cpuMs, degree, healed };
}

function* rowsOf(size: number, ours: OursMeasured, theirs: StockMeasured): Generator<Row> {
  const of = `, N = ${size}`;
  const nothing = { of: 'nothing' } as const;
  const deliveries = ours.heard.latenciesMs.length;
  const per = (count: number, { latenciesMs }: Heard): number => count / latenciesMs.length;
  const p99 = ({ latenciesMs }: Heard): number | null => percentile(latenciesMs, 0.99);
  const whole = ({ latenciesMs, expected }: Heard): string => `${latenciesMs.length} of ${expected} delivered`;
  const paths = `paths of ${PATH.delayMs} ms and ${PATH.jitterMs} ms of jitter in one memory world; ours with disk and all, direct links ${ours.degree.toFixed(1)} a device, theirs in a mesh of ${theirs.degree.toFixed(1)}`;
  yield row({
    name: `B9a receives per delivery${of}`,
    value: per(ours.copies, ours.heard),
    unit: 'frames',
    baseline: per(theirs.copies, theirs.heard),
    limit: { of: 'value', atMost: 1.3 },
    counted: `frames with a message that arrived at devices; ${whole(ours.heard)}; baseline: stock gossipsub, ${whole(theirs.heard)}`,
    samples: deliveries,
  });
  yield row({
    name: `B9a receives per delivery, the first two of each speaker${of}`,
    value: per(ours.firstCopies, ours.first),
    unit: 'frames',
    baseline: null,
    limit: nothing,
    counted: `while the trees grow; ${whole(ours.first)}, p99 ${p99(ours.first)?.toFixed(0)} ms`,
  });
  yield row({
    name: `B9b p99 vs stock gossipsub${of}`,
    value: p99(ours.heard),
    unit: 'virtual ms',
    baseline: p99(theirs.heard),
    limit: { of: 'ratio', atMost: 1.1 },
    counted: `from Enter to another screen; theirs from publish to the message event; ${paths}`,
  });
  yield row({
    name: `B9c p99 with 10 % silently dead${of}`,
    value: p99(ours.dying),
    unit: 'virtual ms',
    baseline: p99(theirs.healed),
    limit: { of: 'ratio', atMost: 1.8 },
    counted: `from the moment they died; ${whole(ours.dying)}; baseline: as many have left with a word, and the mesh has healed; ${whole(theirs.healed)}`,
  });
  yield row({
    name: `B10a bytes per delivery vs ideal tree${of}`,
    value: per(ours.weighed.messageBytes + ours.weighed.castBytes, ours.heard),
    unit: 'bytes',
    baseline: per(ours.idealBytes, ours.heard),
    limit: { of: 'ratio', atMost: 1.6 },
    counted: `frames with a message and words of the cast; ideal: one copy each. Stock gossipsub: ${per(theirs.bytes, theirs.heard).toFixed(0)} B`,
  });
  yield row({
    name: `B10a all bytes per delivery${of}`,
    value: per(ours.weighed.allBytes, ours.heard),
    unit: 'bytes',
    baseline: per(theirs.bytes, theirs.heard),
    limit: nothing,
    counted: 'with receipts to the author, summaries, pings and the relay’s words, of which stock has none but its own',
  });
  yield row({
    name: `B10b CPU per delivery vs stock signed${of}`,
    value: (ours.cpuMs * 1_000) / deliveries,
    unit: 'µs',
    baseline: (theirs.cpuMs * 1_000) / theirs.heard.latenciesMs.length,
    limit: { of: 'ratio', atMost: 0.3 },
    counted:
      'processor time of this process, the world’s own included on both sides. Ours opens, verifies (noble, as pages do), stores, shows and receipts; theirs verifies with Node’s native Ed25519 and hands over',
  });
}

const speakersOf = ({ names }: OurCrowd | StockCrowd): readonly string[] =>
  Array.from({ length: SPEAKERS }, (_, at) => names[at * Math.floor(names.length / SPEAKERS)] ?? '');

const deadOf = ({ names }: OurCrowd | StockCrowd): readonly string[] =>
  // None of those who speak: they stand at multiples of a fifth.
  names.filter((_, at) => at % Math.round(1 / DEAD) === 7);

const cpuSince = (before: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
};

const less = (after: Weighed, before: Weighed): Weighed => ({
  copies: after.copies - before.copies,
  messageBytes: after.messageBytes - before.messageBytes,
  castBytes: after.castBytes - before.castBytes,
  allBytes: after.allBytes - before.allBytes,
});
