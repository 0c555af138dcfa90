/** B1: how long from opening the page until somebody who is already there can read what it says. */
import { isAbsent, takeTurns } from './world.ts';
import type { Bench, Turn } from './world.ts';
import { median, row } from './rows.ts';
import type { Goal, Row } from './rows.ts';
import type { FirstMessage, Session } from './contender.ts';

const COUNTED =
  'navigation start of a page with a warm HTTP cache, to its text readable at a peer already present; both in one browser on one machine, by each page’s own clock';

const RIVALS: readonly { readonly name: 'raw' | 'trystero' | 'peerjs'; readonly id: string; readonly limit: Goal }[] = [
  { name: 'raw', id: 'B1a first message vs raw', limit: { of: 'ratio', atMost: 1.5 } },
  { name: 'trystero', id: 'B1b first message vs Trystero', limit: { of: 'ratio', atMost: 1 } },
  { name: 'peerjs', id: 'B1 first message vs PeerJS', limit: { of: 'nothing' } },
];

export const firstMessage: Bench = {
  ids: ['B1', 'B1a', 'B1b'],
  async *run(world): AsyncGenerator<Row> {
    const [baselines, wavu] = [await world.baselines(), await world.wavu()];
    const turns: Turn<FirstMessage>[] = RIVALS.map(({ name }) => ({
      side: name,
      measure: () => baselines[name].firstMessage('first'),
    }));
    // A baseline keeps nothing between visits: its one number stands beside both of ours.
    const sessions: readonly Session[] = ['first', 'returning'];
    if (!isAbsent(wavu)) {
      for (const session of sessions) turns.push({ side: session, measure: () => wavu.firstMessage(session) });
    }
    const samplesOf = await takeTurns(turns, world.reps, world.say);
    for (const { name, id, limit } of RIVALS) {
      const rival = samplesOf(name);
      for (const session of sessions) {
        const ours = samplesOf(session);
        yield row({
          name: `${id}, ${session} session`,
          value: median(ours.values.map(({ ms }) => ms)),
          unit: 'ms',
          baseline: median(rival.values.map(({ ms }) => ms)),
          limit,
          counted: COUNTED,
          path: `${pathsOf(ours.values)} vs ${pathsOf(rival.values)}`,
          samples: ours.values.length,
          failed: ours.failed,
          baselineSamples: rival.values.length,
          baselineFailed: rival.failed,
          ...(isAbsent(wavu) ? { why: wavu.absent } : {}),
        });
      }
    }
    await Promise.all([baselines.raw, baselines.trystero, baselines.peerjs].map((contender) => contender.rest()));
    if (!isAbsent(wavu)) await wavu.rest();
  },
};

const pathsOf = (messages: readonly FirstMessage[]): string =>
  [...new Set(messages.map(({ path }) => path))].join(' and ') || 'none';
