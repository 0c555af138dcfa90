/** S1: what an untouched page gives to its relay and its neighbours over ten minutes, which B19 measures over two. */
import { idleBytes } from '../bench/b19-idle.ts';
import { row } from '../bench/rows.ts';
import type { Row } from '../bench/rows.ts';
import { isAbsent } from '../bench/world.ts';
import type { Bench } from '../bench/world.ts';

const minutes = 10;

export const idleLong: Bench = {
  ids: ['S1a', 'S1b'],
  async *run(world): AsyncGenerator<Row> {
    const wavu = await world.wavu();
    const given = isAbsent(wavu) ? [] : await idleBytes(world, wavu.homeUrl, minutes * 60_000);
    const why = isAbsent(wavu) ? { why: wavu.absent } : {};
    const kinds = [
      ['S1a bytes a minute to its relay', 2_000, given.map(({ sockets }) => sockets)],
      ['S1b bytes a minute to each neighbour', 1_000, given.flatMap(({ channels }) => channels)],
    ] as const;
    for (const [name, atMost, bytes] of kinds) {
      yield row({
        name,
        value: bytes.length === 0 ? null : Math.max(...bytes) / minutes,
        unit: 'B/min',
        baseline: null,
        limit: { of: 'value', atMost },
        counted: `as B19, over ${minutes} minutes; the page, or the channel, that was given most`,
        samples: bytes.length,
        ...why,
      });
    }
  },
};
