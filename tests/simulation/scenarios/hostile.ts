/** Three in ten devices, members like all others, turn on the rest: they drop, delay, flood, babble and lie. */
import { natFrom, natMixes } from '../../../src/adapters/memory/nat.ts';
import { misdeeds } from '../hostile.ts';
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
    const bad = new Map(
      names
        .map((name) => ({ name, drawn: luck.share() }))
        .toSorted((a, b) => a.drawn - b.drawn)
        .slice(0, Math.round(names.length * 0.3))
        .map(({ name }, at) => [name, misdeeds[at % misdeeds.length] ?? 'drop'] as const),
    );
    return {
      nodeOf: (name) => ({ line: { nat: nats.get(name) ?? 'open' } }),
      misdeedOf: (name) => bad.get(name) ?? null,
    };
  },
  happenings: () => [],
};
