/** B4: how long 256 sealed bytes travel to a neighbour and back. */
import type { Contender } from './contender.ts';
import type { EchoKind } from './handle.ts';
import { median, percentile, row } from './rows.ts';
import type { Goal, Row } from './rows.ts';
import { isAbsent, takeTurns } from './world.ts';
import type { Bench, Turn } from './world.ts';

const SIZE_BYTES = 256;
const WARM_UP = 300;
const TRIPS_PER_REP = 300;

type Question = {
  readonly name: string;
  readonly kind: EchoKind;
  readonly share: number;
  readonly limit: Goal;
  readonly counted: string;
};

const TRIP = `a round trip of ${SIZE_BYTES} B over one direct link, one at a time, after ${WARM_UP} to warm up`;
const QUESTIONS: readonly Question[] = [
  {
    name: 'B4a sealed 1:1 round trip, p50',
    kind: 'sealed',
    share: 0.5,
    limit: { of: 'ratio', atMost: 1.5 },
    counted: `${TRIP}; ours is the room envelope’s seal and open, for there are no 1:1 sessions yet; no commit`,
  },
  {
    name: 'B4b sealed 1:1 round trip, p95',
    kind: 'sealed',
    share: 0.95,
    limit: { of: 'ratio', atMost: 2 },
    counted: `${TRIP}; ours is the room envelope’s seal and open, for there are no 1:1 sessions yet; no commit`,
  },
  {
    name: 'B4c round trip in a room, p50',
    kind: 'room',
    share: 0.5,
    limit: { of: 'ratio', atMost: 4 },
    counted: `${TRIP}; signed and verified both ways`,
  },
  {
    name: 'B4d durable 1:1 round trip, p50',
    kind: 'durable',
    share: 0.5,
    limit: { of: 'ratio', atMost: 6 },
    counted: `${TRIP}; both sides commit`,
  },
];
const OUR_KINDS: readonly EchoKind[] = ['sealed', 'room', 'durable'];

export const echo: Bench = {
  ids: ['B4', 'B4a', 'B4b', 'B4c', 'B4d'],
  async *run(world): AsyncGenerator<Row> {
    const [{ raw }, wavu] = [await world.baselines(), await world.wavu()];
    const opened = await Promise.all((isAbsent(wavu) ? [raw] : [raw, wavu]).map(openLinked));
    const turns = opened.flatMap(({ name, pair }): readonly Turn<readonly number[]>[] =>
      (name === 'raw' ? (['sealed'] as const) : OUR_KINDS).map((kind) => ({
        side: `${name} ${kind}`,
        measure: () => pair.echo(TRIPS_PER_REP, SIZE_BYTES, kind),
      })),
    );
    for (const { measure } of turns) await measure().catch(() => undefined); // warm-up; a kind that is missing says so below
    const samplesOf = await takeTurns(turns, world.reps, world.say);
    await Promise.all(opened.map(({ pair }) => pair.close()));
    // Each repetition's own percentile, then the median of them: one disturbed repetition does not decide p95.
    const at = (side: string, share: number): number | null =>
      median(
        samplesOf(side)
          .values.map((trips) => percentile(trips, share))
          .filter((value) => value !== null),
      );
    for (const { name, kind, share, limit, counted } of QUESTIONS) {
      const ours = samplesOf(`wavu ${kind}`);
      yield row({
        name: `${name} vs raw + AES-GCM`,
        value: at(`wavu ${kind}`, share),
        unit: 'ms',
        baseline: at('raw sealed', share),
        limit,
        counted,
        samples: ours.values.length * TRIPS_PER_REP,
        failed: ours.failed,
        baselineSamples: samplesOf('raw sealed').values.length * TRIPS_PER_REP,
        baselineFailed: samplesOf('raw sealed').failed,
        ...(isAbsent(wavu) ? { why: wavu.absent } : {}),
      });
    }
  },
};

async function openLinked(side: Contender): Promise<{ name: string; pair: Awaited<ReturnType<Contender['openPair']>> }> {
  const pair = await side.openPair();
  await pair.dial();
  return { name: side.name, pair };
}
