/** The world falls into islands that cut through rooms, one with the relay and others without, and heals before the talk ends. */
import { natFrom, natMixes } from '../../../src/adapters/memory/nat.ts';
import type { Plan } from './plan.ts';

export const islands: Plan = {
  name: 'islands',
  full: { nodes: 96, talkMs: 240_000 },
  small: { nodes: 16, talkMs: 60_000 },
  roomSize: 8,
  messagesPerNodeMinute: 2,
  relays: 1,
  heals: 'all',
  path: { delayMs: 30, jitterMs: 20, loss: 0.01 },
  settle: (names, luck) => {
    const nats = new Map(names.map((name) => [name, natFrom(natMixes.homes, luck.share())]));
    return { nodeOf: (name) => ({ line: { nat: nats.get(name) ?? 'open' } }) };
  },
  happenings: ({ crowd, talkMs, luck, say }) => {
    const names = crowd.devices.map(({ name }) => name);
    const split = (count: number): readonly (readonly string[])[] => {
      const groups = Array.from({ length: count }, (): string[] => []);
      for (const name of names) groups[luck.below(count)]?.push(name);
      groups[0]?.push('relay 0');
      return groups;
    };
    const islandsOf = (count: number) => () => {
      say(`${count} islands`);
      crowd.world.paths.islands(count === 0 ? [] : split(count));
    };
    return [
      { atMs: talkMs * 0.2, run: islandsOf(3) },
      { atMs: talkMs * 0.5, run: islandsOf(2) },
      { atMs: talkMs * 0.8, run: islandsOf(0) },
    ];
  },
};
