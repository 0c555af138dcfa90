/** All relays die a third into the talk and never come back: whoever could still be linked must go on. */
import { natFrom, natMixes } from '../../../src/adapters/memory/nat.ts';
import type { Plan } from './plan.ts';

const darkMs = (talkMs: number): number => Math.round(talkMs / 3);

export const blackout: Plan = {
  name: 'blackout',
  full: { nodes: 100, talkMs: 180_000 },
  small: { nodes: 16, talkMs: 60_000 },
  roomSize: 8,
  messagesPerNodeMinute: 2,
  relays: 2,
  heals: 'linked',
  path: { delayMs: 30, jitterMs: 20, loss: 0.01 },
  settle: (names, luck) => {
    const nats = new Map(names.map((name) => [name, natFrom(natMixes.town, luck.share())]));
    return { nodeOf: (name) => ({ line: { nat: nats.get(name) ?? 'open' } }) };
  },
  happenings: ({ crowd, talkMs, say }) => [
    {
      atMs: darkMs(talkMs),
      run: () => {
        say('every relay dies');
        for (const relay of crowd.relays) relay.crash('power-cut');
      },
    },
  ],
  apart: (talkMs) => ({ name: 'deliveredInTheDark', fromMs: darkMs(talkMs), untilMs: talkMs }),
};
