/** B17: what removing one of five hundred devices costs who does it, and each who stays. */
import { nodeCryptoSuite } from '../../src/adapters/node-crypto/suite.ts';
import { openPlaces } from './protocol/places.ts';
import type { Place } from './protocol/places.ts';
import { createRemoval, packRoom } from './protocol/removal.ts';
import type { PackedRoom } from './protocol/removal.ts';
import { median, row } from './rows.ts';
import type { Goal, Row } from './rows.ts';
import { takeTurns } from './world.ts';
import type { Bench } from './world.ts';

const WARM_UP = 6;
const RUNS_PER_REP = 2;
const nothing: Goal = { of: 'nothing' };
/** MLS with X-Wing removing one of 500, cold, as published. */
const MLS = { kB: 599, ms: 1_150 };

type Question = {
  readonly name: string;
  readonly job: string;
  readonly limit: Goal;
  readonly baseline: number | null;
  readonly counted: string;
};

const QUESTIONS: readonly Question[] = [
  {
    name: 'B17b initiator’s CPU, warm, vs MLS cold',
    job: 'removal',
    limit: { of: 'value', atMost: 100 },
    baseline: MLS.ms,
    counted:
      'both operations made and signed, the new epoch’s 499 chains, 498 rows sealed each over its session, parcel and hop headers, the cast sealed, tag table told; baseline as published',
  },
  {
    name: 'B17b tags of the new epoch, all of them',
    job: 'removal tags',
    limit: nothing,
    baseline: null,
    counted: 'once, at the first envelope nobody knows: the 24 tags of each of 498 devices; everybody pays it, and nobody before',
  },
  {
    name: 'B17b records of the commit',
    job: 'removal records',
    limit: nothing,
    baseline: null,
    counted: 'keyring and 498 sessions as bytes; neither sealed nor stored',
  },
];

export const removal: Bench = {
  ids: ['B17', 'B17a', 'B17b', 'B17c'],
  async *run({ browser, reps, say }): AsyncGenerator<Row> {
    const packed = packRoom(nodeCryptoSuite);
    yield* byteRows(packed);
    for (const place of await openPlaces(browser, packed)) {
      yield* placeRows(place, reps, say);
      await place.close();
    }
  },
};

function* byteRows(packed: PackedRoom): Generator<Row> {
  const { cast, rows } = createRemoval(nodeCryptoSuite, packed)().run();
  const sent = rows.reduce((sum, { length }) => sum + length, cast.length);
  yield row({
    name: 'B17a initiator’s bytes, vs MLS cold',
    value: sent / 1_000,
    unit: 'kB',
    baseline: MLS.kB,
    limit: { of: 'value', atMost: 120 },
    counted: `${rows.length} rows as parcels of ${rows[0]?.length} B, both operations cast once in ${cast.length} B; sessions with all are there; no acknowledgements; baseline as published`,
  });
  yield row({
    name: 'B17c per-member download',
    value: ((rows[0]?.length ?? 0) + cast.length) / 1_000,
    unit: 'kB',
    baseline: null,
    limit: { of: 'value', atMost: 1 },
    counted: 'its row as a parcel, and both operations once',
  });
}

async function* placeRows(place: Place, reps: number, say: (line: string) => void): AsyncGenerator<Row> {
  for (let run = 0; run < WARM_UP; run += 1) for (const { job } of QUESTIONS) await place.time(job);
  const turns = QUESTIONS.map(({ job }) => ({ side: job, measure: () => place.time(job) }));
  const samplesOf = await takeTurns(turns, reps * RUNS_PER_REP, say);
  for (const { name, job, limit, baseline, counted } of QUESTIONS) {
    const { values, failed } = samplesOf(job);
    yield row({
      name: `${name} (${place.name})`,
      value: median(values),
      unit: 'ms',
      baseline,
      limit: place.isPage ? limit : nothing,
      counted: `${counted}; time of the one thread, after ${WARM_UP} to warm up`,
      samples: values.length,
      failed,
    });
  }
}
