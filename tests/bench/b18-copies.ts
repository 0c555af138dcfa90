/** B18: how many copies a message costs that neighbours carry, against MeshLink's three, where as much arrives. */
import { countCopies } from '../app/routing/copies.ts';
import { median, row } from './rows.ts';
import type { Row } from './rows.ts';
import type { Bench } from './world.ts';

const NEIGHBOURS = [
  { of: 'that lose nothing', losses: [0, 0, 0] },
  { of: 'that lose 2, 5 and 50 %', losses: [0.02, 0.05, 0.5] },
  { of: 'that lose 30 % each', losses: [0.3, 0.3, 0.3] },
] as const;
const MESSAGES = 100;

export const copies: Bench = {
  ids: ['B18'],
  async *run(world): AsyncGenerator<Row> {
    for (const { of, losses } of NEIGHBOURS) {
      const sides = { ours: [], topThree: [] } as Record<'ours' | 'topThree', Awaited<ReturnType<typeof countCopies>>[]>;
      for (let rep = 0; rep < world.reps; rep += 1) {
        const run = { seed: `B18 ${of} ${rep}`, losses, messages: MESSAGES };
        sides.ours.push(await countCopies({ ...run, isTopThree: false }));
        sides.topThree.push(await countCopies({ ...run, isTopThree: true }));
      }
      const said = (side: keyof typeof sides): string => {
        const delivered = (median(sides[side].map((each) => each.delivered)) ?? 0) * 100;
        return `${delivered.toFixed(1)} % within half a minute, 95 % of them within ${Math.round(median(sides[side].map((each) => each.p95Ms)) ?? 0)} ms`;
      };
      yield row({
        name: `B18 copies a delivered message, by three neighbours ${of}, vs MeshLink top 3`,
        value: median(sides.ours.map((each) => each.perDelivered)),
        unit: 'copies',
        baseline: median(sides.topThree.map((each) => each.perDelivered)),
        limit: { of: 'ratio', atMost: 0.8 },
        counted: `handed to neighbours in the memory world, said again included, over ${MESSAGES} messages of 2 kB; loss both ways. Ours: ${said('ours')}; by three: ${said('topThree')}`,
        samples: sides.ours.length,
        baselineSamples: sides.topThree.length,
      });
    }
  },
};
