/** B2: how long a running page needs to open a link to another running page. */
import { pause } from './contender.ts';
import type { Contender } from './contender.ts';
import { median, row } from './rows.ts';
import type { Row } from './rows.ts';
import { isAbsent, takeTurns } from './world.ts';
import type { Bench, Turn } from './world.ts';

const DIALS_PER_REP = 5;
const SETTLE_MS = 50;

export const dial: Bench = {
  ids: ['B2'],
  async *run(world): AsyncGenerator<Row> {
    const [{ raw }, wavu] = [await world.baselines(), await world.wavu()];
    const sides: readonly Contender[] = isAbsent(wavu) ? [raw] : [raw, wavu];
    const pairs = await Promise.all(sides.map(async (side) => ({ side, pair: await side.openPair() })));
    const turns = pairs.map(({ side, pair }): Turn<number> => ({
      side: side.name,
      measure: async () => {
        const ms = await pair.dial();
        await pair.closeLinks();
        await pause(SETTLE_MS);
        return ms;
      },
    }));
    const samplesOf = await takeTurns(turns, world.reps * DIALS_PER_REP, world.say);
    await Promise.all(pairs.map(({ pair }) => pair.close()));
    const ours = samplesOf('wavu');
    const rival = samplesOf('raw');
    yield row({
      name: 'B2 dial vs raw with trickle',
      value: median(ours.values),
      unit: 'ms',
      baseline: median(rival.values),
      limit: { of: 'ratio', atMost: 2 },
      counted: 'asked to dial, to a channel that takes bytes, between two pages that are already introduced; no link before',
      samples: ours.values.length,
      failed: ours.failed,
      baselineSamples: rival.values.length,
      baselineFailed: rival.failed,
      ...(isAbsent(wavu) ? { why: wavu.absent } : {}),
    });
  },
};
