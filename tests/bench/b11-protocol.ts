/** B11: what sessions cost beside the primitives they are made of, and what two strangers spend before both can speak. */
import { nodeCryptoSuite } from '../../src/adapters/node-crypto/suite.ts';
import { acknowledgementBytes } from '../../src/protocol/wire/acknowledgement.ts';
import { contactBytes } from './protocol/contact-bytes.ts';
import { messageBytes } from './protocol/jobs.ts';
import { openPlaces } from './protocol/places.ts';
import type { Place } from './protocol/places.ts';
import { median, row } from './rows.ts';
import type { Goal, Row } from './rows.ts';
import { takeTurns } from './world.ts';
import type { Bench } from './world.ts';

const WARM_UP = 40;
const RUNS_PER_REP = 20;
const nothing: Goal = { of: 'nothing' };

type Question = {
  readonly name: string;
  readonly job: string;
  readonly baseline: string | null;
  readonly unit: 'ms' | 'µs';
  /** In a page. In Node the same is there to be read. */
  readonly limit: Goal;
  readonly counted: string;
};

const HAND = 'the baseline is the same calls written out from WIRE.md by hand, in the same place, on bytes as long';
const MESSAGE = `${messageBytes} B sealed, its tag found, opened, acknowledged; 64 at a time, no DH step, nothing committed or stored`;
const QUESTIONS: readonly Question[] = [
  {
    name: 'B11a handshake vs its primitives',
    job: 'handshake',
    baseline: 'handshake bare',
    unit: 'ms',
    limit: { of: 'ratio', atMost: 1.15 },
    counted: `begin and accept, both sides together, the certificate verified; ${HAND}`,
  },
  {
    name: 'B11b sealed and opened vs primitives',
    job: 'message',
    baseline: 'message bare, padded',
    unit: 'µs',
    limit: { of: 'ratio', atMost: 1.3 },
    counted: `${MESSAGE}; ${HAND}: AES-GCM of the padded 445 B, and of each side three MACs and a hash`,
  },
  {
    name: 'B11b sealed and opened vs primitives without padding',
    job: 'message',
    baseline: 'message bare',
    unit: 'µs',
    limit: nothing,
    counted: `${MESSAGE}; the baseline seals ${messageBytes} B: padding to the bucket counts as ours`,
  },
  {
    name: 'B11b sealed and opened vs AES-GCM alone',
    job: 'message',
    baseline: 'message cipher',
    unit: 'µs',
    limit: nothing,
    counted: `${MESSAGE}; the baseline is AES-256-GCM of ${messageBytes} B under one key: no chain, no tag`,
  },
  {
    name: 'B11d first contact, CPU of both sides',
    job: 'contact and KEM',
    baseline: null,
    unit: 'ms',
    limit: { of: 'value', atMost: 15 },
    counted: 'bundle verified, begun, accepted, the KEM offer back and its answer, each opened; nothing committed or stored',
  },
  {
    name: 'B11d first contact until the first answer, CPU of both sides',
    job: 'contact',
    baseline: null,
    unit: 'ms',
    limit: nothing,
    counted: 'bundle verified, begun, accepted, the first text back opened',
  },
];

export const protocolCost: Bench = {
  ids: ['B11', 'B11a', 'B11b', 'B11c', 'B11d'],
  async *run({ browser, reps, say }): AsyncGenerator<Row> {
    yield* contactRows();
    for (const place of await openPlaces(browser, null)) {
      yield* placeRows(place, reps, say);
      await place.close();
    }
  },
};

async function* placeRows(place: Place, reps: number, say: (line: string) => void): AsyncGenerator<Row> {
  const jobs = [...new Set(QUESTIONS.flatMap(({ job, baseline }) => (baseline === null ? [job] : [job, baseline])))];
  for (let run = 0; run < WARM_UP; run += 1) for (const job of jobs) await place.time(job);
  const turns = jobs.map((job) => ({ side: job, measure: () => place.time(job) }));
  const samplesOf = await takeTurns(turns, reps * RUNS_PER_REP, say);
  for (const { name, job, baseline, unit, limit, counted } of QUESTIONS) {
    const [ours, theirs] = [samplesOf(job), baseline === null ? null : samplesOf(baseline)];
    const inUnit = (values: readonly number[]): number | null => {
      const middle = median(values);
      return middle !== null && unit === 'µs' ? middle * 1_000 : middle;
    };
    yield row({
      name: `${name} (${place.name})`,
      value: inUnit(ours.values),
      unit,
      baseline: theirs === null ? null : inUnit(theirs.values),
      limit: place.isPage ? limit : nothing,
      counted: `${counted}; time of the one thread`,
      samples: ours.values.length,
      failed: ours.failed,
      ...(theirs === null ? {} : { baselineSamples: theirs.values.length, baselineFailed: theirs.failed }),
    });
  }
}

function* contactRows(): Generator<Row> {
  const { bundle, initial, knock, offer, answer } = contactBytes(nodeCryptoSuite);
  yield row({
    name: 'B11c first contact, bytes',
    value: bundle + initial + acknowledgementBytes,
    unit: 'B',
    baseline: null,
    limit: { of: 'value', atMost: 4_000 },
    counted: `both ways: the bundle's body ${bundle}, the initial with its hop header ${initial}, its acknowledgement ${acknowledgementBytes}`,
  });
  yield row({
    name: 'B11c first contact over a link, bytes',
    value: knock + initial + 2 * acknowledgementBytes,
    unit: 'B',
    baseline: null,
    limit: nothing,
    counted: `the bundle comes in a knock ${knock}; initial ${initial}; each acknowledged. Soon after: KEM offer ${offer}, answer ${answer}`,
  });
}
