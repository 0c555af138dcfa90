/** Three in ten devices, members like all others, turn on the rest: they drop, delay, flood, babble and lie. */
import { natFrom, natMixes } from '../../../src/adapters/memory/nat.ts';
import { misdeeds } from '../hostile.ts';
import { illMeaning } from './ill-meaning.ts';
import type { Plan } from './plan.ts';

export const hostile: Plan = {
  name: 'hostile',
  full: { nodes: 100, talkMs: 120_000 },
  small: { nodes: 16, talkMs: 30_000 },
  roomSize: 8,
  messagesPerNodeMinute: 2,
  relays: 1,
  heals: 'all',
  path: { delayMs: 30, jitterMs: 20, loss: 0.01 },
  settle: (names, luck) => {
    const nats = new Map(names.map((name) => [name, natFrom(natMixes.town, luck.share())]));
    const bad = illMeaning(names, 0.3, misdeeds, luck);
    return {
      nodeOf: (name) => ({ line: { nat: nats.get(name) ?? 'open' } }),
      misdeedOf: (name) => bad.get(name) ?? null,
    };
  },
  happenings: () => [],
};
