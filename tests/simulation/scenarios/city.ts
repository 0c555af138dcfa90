/** A city's community mesh in its pieces: everybody in a room of eight, mostly with neighbours, over paths as long as the streets. */
import { natFrom, natMixes } from '../../../src/adapters/memory/nat.ts';
import type { PathRules } from '../../../src/adapters/memory/paths.ts';
import { createCityGraph } from '../city-graph.ts';
import type { Plan } from './plan.ts';

/** Over radio, each hop adds its share. */
const overHops = (hops: number): PathRules => ({
  delayMs: 2 + 4 * hops,
  jitterMs: 1 + 2 * hops,
  loss: 0.002 * hops,
  bytesPerMs: 0,
});
const overTheInternet: PathRules = { delayMs: 25, jitterMs: 15, loss: 0.005, bytesPerMs: 0 };

export const city: Plan = {
  name: 'city',
  full: { nodes: 1_000, talkMs: 60_000 },
  small: { nodes: 32, talkMs: 20_000 },
  roomSize: 8,
  messagesPerNodeMinute: 1,
  relays: 1,
  heals: 'all',
  path: {},
  settle: (names, luck) => {
    const graph = createCityGraph(names.length, luck.fork('streets'));
    const numbers = new Map(names.map((name, at) => [name, at]));
    const byHops = Array.from({ length: 256 }, (_, hops) => overHops(hops));
    const pathOf = (one: string, other: string): PathRules => {
      const [from, to] = [numbers.get(one), numbers.get(other)];
      const hops = from === undefined || to === undefined ? null : graph.hops(from, to);
      return (hops === null ? undefined : byHops[hops]) ?? overTheInternet;
    };
    const nats = new Map(names.map((name) => [name, natFrom(natMixes.town, luck.share())]));
    return {
      // 20 Mbit/s down, 5 up.
      nodeOf: (name) => ({ line: { nat: nats.get(name) ?? 'open', downBytesPerMs: 2_500, upBytesPerMs: 625 } }),
      prepare: (world) => world.paths.setBy(pathOf),
      rooms: roomsOf(names, 8, (limit) => luck.below(limit)),
    };
  },
  happenings: () => [],
};

/** Of near ones, but for one in four, who is from anywhere. */
const roomsOf = (names: readonly string[], size: number, below: (limit: number) => number): readonly (readonly string[])[] => {
  const order = [...names];
  for (let at = 0; at < order.length; at += 4) {
    const other = below(order.length);
    [order[at], order[other]] = [order[other] ?? '', order[at] ?? ''];
  }
  const rooms = Array.from({ length: Math.floor(order.length / size) }, (_, room) => order.slice(room * size, (room + 1) * size));
  rooms.at(-1)?.push(...order.slice(rooms.length * size));
  return rooms;
};
