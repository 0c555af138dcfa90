/** Forty people of one village, at home behind their routers: a night's quiet, a morning's talk, some phones asleep, a relay that restarts. */
import { natFrom, natMixes } from '../../../src/adapters/memory/nat.ts';
import { napsOf } from './naps.ts';
import type { Plan } from './plan.ts';

export const village: Plan = {
  name: 'village',
  full: { nodes: 40, talkMs: 180_000 },
  small: { nodes: 16, talkMs: 60_000 },
  roomSize: 8,
  messagesPerNodeMinute: 2,
  relays: 1,
  heals: 'all',
  path: { delayMs: 15, jitterMs: 10, loss: 0.01 },
  settle: (names, luck) => {
    const lines = new Map(
      names.map((name) => [
        name,
        {
          // DSL: 10 Mbit/s down, 1 up.
          line: { downBytesPerMs: 1_250, upBytesPerMs: 125, nat: natFrom(natMixes.homes, luck.share()) },
          clockSkewMs: luck.below(120_000) - 60_000,
          clockDriftPpm: luck.below(100) - 50,
        },
      ]),
    );
    return { nodeOf: (name) => lines.get(name) ?? {} };
  },
  happenings: (stage) => [
    { atMs: stage.talkMs * 0.3, run: () => stage.crowd.relays[0]?.crash('killed') },
    { atMs: stage.talkMs * 0.3 + 8_000, run: () => stage.crowd.relays[0]?.start() },
    ...napsOf(stage),
  ],
};
