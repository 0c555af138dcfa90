/** B3: how many of many dials, and of many joins that speak at once, come to nothing. */
import { pause } from './contender.ts';
import type { Contender, Pair } from './contender.ts';
import { row } from './rows.ts';
import type { Row } from './rows.ts';
import { isAbsent } from './world.ts';
import type { Absent, Bench, World } from './world.ts';

const SMALL_COUNT = 20; // GOALS counts 500: --reps 500
const SETTLE_MS = 30;
const PROGRESS_EVERY = 25;

export const failures: Bench = {
  ids: ['B3'],
  async *run(world): AsyncGenerator<Row> {
    const [{ raw }, wavu] = [await world.baselines(), await world.wavu()];
    const count = world.askedReps ?? SMALL_COUNT;
    yield await compare(world, 'B3 failed dials', 'dials', count, raw, wavu, failedDials);
    yield await compare(world, 'B3 failed joins with an immediate send', 'joins', count, raw, wavu, failedJoins);
  },
};

type Count = (side: Contender, count: number, note: (line: string) => void) => Promise<number>;

async function compare(
  { say }: World,
  name: string,
  noun: string,
  count: number,
  raw: Contender,
  wavu: Contender | Absent,
  failed: Count,
): Promise<Row> {
  const baseline = await failed(raw, count, say);
  const value = isAbsent(wavu) ? null : await failed(wavu, count, say);
  return row({
    name,
    value,
    unit: `of ${count} ${noun}`,
    baseline,
    limit: { of: 'value', atMost: 0 },
    counted: 'an error, or nothing within 15 s; one after the other, and never tried again',
    samples: count,
    ...(isAbsent(wavu) ? { why: wavu.absent } : {}),
  });
}

async function failedDials(side: Contender, count: number, note: (line: string) => void): Promise<number> {
  let pair: Pair = await side.openPair();
  const failed = await countFailures(`${side.name} dials`, count, note, async () => {
    try {
      await pair.dial();
      await pair.closeLinks();
      await pause(SETTLE_MS);
    } catch (error) {
      await pair.close(); // a hung dial must not be counted twice
      pair = await side.openPair();
      throw error;
    }
  });
  await pair.close();
  return failed;
}

async function failedJoins(side: Contender, count: number, note: (line: string) => void): Promise<number> {
  const failed = await countFailures(`${side.name} joins`, count, note, async () => void (await side.firstMessage('first')));
  await side.rest();
  return failed;
}

async function countFailures(
  what: string,
  count: number,
  note: (line: string) => void,
  attempt: () => Promise<void>,
): Promise<number> {
  let failed = 0;
  for (let done = 1; done <= count; done += 1) {
    try {
      await attempt();
    } catch (error) {
      failed += 1;
      note(`${what} ${done}: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (done % PROGRESS_EVERY === 0 || done === count) note(`${what}: ${done} of ${count}, ${failed} failed`);
  }
  return failed;
}
