/** B7: what a frame costs that the relay passes on between two pages, against a forwarder that looks at nothing. */
import { pause } from './contender.ts';
import { median, row } from './rows.ts';
import type { Row } from './rows.ts';
import { openBareSide, openRelaySide } from './relayed/side.ts';
import type { End, Pair, Side } from './relayed/side.ts';
import { takeTurns } from './world.ts';
import type { Bench, Samples } from './world.ts';

const SIZE_BYTES = 256;
// A relay lets 400 frames of one page through at once, and 200 a second.
const WARM_UP_TRIPS = 100;
const TRIPS = 250;
const PAIRS = 100;
const FRAMES = 300;
const SETTLE_MS = 100;
const PATIENCE_MS = 20_000;

interface Sample {
  readonly tripMs: number;
  readonly cpuMicros: number;
  readonly eachMicros: number;
}

export const relayed: Bench = {
  ids: ['B7', 'B7a', 'B7b', 'B7c'],
  async *run({ reps, say }): AsyncGenerator<Row> {
    const sides = [await openBareSide(), await openRelaySide()];
    const turns = sides.map((side) => ({ side: side.name, measure: () => measure(side) }));
    // Once more than asked: the first finds nothing compiled on either side.
    const samplesOf = await takeTurns<Sample>(turns, reps + 1, say);
    await Promise.all(sides.map((side) => side.close()));
    const [ours, bare] = [withoutFirst(samplesOf('wavu')), withoutFirst(samplesOf('bare'))];
    const between = (name: string, of: (sample: Sample) => number, unit: string, atMost: number, counted: string): Row =>
      row({
        name: `${name} vs a bare WebSocket forwarder`,
        value: median(ours.values.map(of)),
        unit,
        baseline: median(bare.values.map(of)),
        limit: { of: 'ratio', atMost },
        counted,
        samples: ours.values.length,
        failed: ours.failed,
        baselineSamples: bare.values.length,
        baselineFailed: bare.failed,
      });
    const burst = `${PAIRS} pairs, each ${FRAMES} frames of ${SIZE_BYTES} B one way, all at once`;
    yield between(
      'B7a relayed round trip',
      ({ tripMs }) => tripMs,
      'ms',
      2,
      `p50 of ${TRIPS} round trips of ${SIZE_BYTES} B, one at a time, between two Node clients; ours pack and read the frames of a thin door`,
    );
    yield between(
      'B7b CPU of the relay per frame',
      ({ cpuMicros }) => cpuMicros,
      'µs',
      2,
      `processor time of the server; ${burst}`,
    );
    yield between(
      'B7c time per relayed frame',
      ({ eachMicros }) => eachMicros,
      'µs',
      1.25,
      `to the last frame that arrived; ${burst}. At most 1.25 × the time is at least 0.8 × the throughput`,
    );
  },
};

const withoutFirst = ({ values, failed }: Samples<Sample>): Samples<Sample> => ({ values: values.slice(1), failed });

async function measure(side: Side): Promise<Sample> {
  const opened: End[] = [];
  const openPair = async (): Promise<Pair> => {
    const pair = await side.openPair();
    opened.push(...pair);
    return pair;
  };
  try {
    const tripMs = await roundTrip(await openPair());
    const pairs: Pair[] = [];
    for (let at = 0; at < PAIRS; at += 1) pairs.push(await openPair());
    await pause(SETTLE_MS);
    return { tripMs, ...(await flood(side, pairs)) };
  } finally {
    for (const { socket } of opened) socket.terminate();
  }
}

async function roundTrip([one, other]: Pair): Promise<number> {
  const bytes = new Uint8Array(SIZE_BYTES).fill(7);
  other.socket.on('message', (message: Buffer) => other.socket.send(other.wrap(other.unwrap(message))));
  const trips: number[] = [];
  for (let trip = 0; trip < WARM_UP_TRIPS + TRIPS; trip += 1) {
    const startedMs = performance.now();
    await new Promise<void>((resolve, reject) => {
      one.socket.once('message', (message: Buffer) => {
        if (one.unwrap(message).length === SIZE_BYTES) resolve();
        else reject(new Error('something else came back'));
      });
      one.socket.send(one.wrap(bytes));
    });
    if (trip >= WARM_UP_TRIPS) trips.push(performance.now() - startedMs);
  }
  return median(trips) ?? 0;
}

async function flood(side: Side, pairs: readonly Pair[]): Promise<Pick<Sample, 'cpuMicros' | 'eachMicros'>> {
  const total = PAIRS * FRAMES;
  const bytes = new Uint8Array(SIZE_BYTES).fill(7);
  const messages = pairs.map(([one]) => one.wrap(bytes));
  let arrived = 0;
  const { promise: all, resolve, reject } = Promise.withResolvers<void>();
  for (const [, other] of pairs) {
    other.socket.on('message', (message: Buffer) => {
      arrived += 1;
      if (message.length < SIZE_BYTES) reject(new Error('something else came'));
      if (arrived === total) resolve();
    });
  }
  const cpuBefore = await side.serverMicros();
  const startedMs = performance.now();
  for (let frame = 0; frame < FRAMES; frame += 1) {
    for (const [at, [one]] of pairs.entries()) one.socket.send(messages[at]!);
  }
  await Promise.race([all, pause(PATIENCE_MS).then(() => Promise.reject(new Error(`${arrived} of ${total} arrived`)))]);
  const eachMicros = ((performance.now() - startedMs) * 1_000) / total;
  const cpuMicros = ((await side.serverMicros()) - cpuBefore) / total;
  return { cpuMicros, eachMicros };
}
