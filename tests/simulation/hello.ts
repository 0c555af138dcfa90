/** Everybody says a few words while frames are lost, the relay restarts and one device loses power and returns. */
import { runStory } from './room-run.ts';
import type { Scenario } from './room-run.ts';
import type { Row } from './rows.ts';

const returnMs = 40_000;

export const hello = (scenario: Scenario): Promise<readonly Row[]> =>
  runStory(
    {
      name: 'hello',
      path: { delayMs: 30, jitterMs: 15, loss: 0.02 },
      talkMs: 60_000,
      wholeMs: returnMs,
      happenings: ({ relay, pages, room }) => [
        { atMs: 15_000, run: () => relay.crash('killed') },
        { atMs: 20_000, run: () => relay.start() },
        { atMs: 30_000, run: () => pages.at(-1)?.crash('power-cut') },
        { atMs: returnMs, run: () => void pages.at(-1)?.start([room]) },
      ],
    },
    scenario,
  );
