/** The picture of the net: whoever is linked has a place of their own, and names lie on nothing. */
import { describe, expect, test } from 'vitest';
import { boxOf, labelsOf } from '../../src/ui/mesh/mesh-labels.ts';
import type { Box } from '../../src/ui/mesh/mesh-labels.ts';
import { half, mySize, planMesh } from '../../src/ui/mesh/mesh-place.ts';
import type { Linked } from '../../src/ui/mesh/mesh-place.ts';

const names = ['Asha', 'Gentle Juniper', 'Baraka', 'Northern Lantern', 'Neema', 'Juma wa Kisimani', '月のしずく', 'Zuri'];

/** Luck that is the same each time. */
function diceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}

function netOf(count: number, seed: number): readonly (Linked & { readonly says: string | null })[] {
  const dice = diceOf(seed * 7919 + count);
  return Array.from({ length: count }, (_, at) => ({
    id: `12D3KooW${Math.floor(dice() * 2 ** 40).toString(36)}${at}`,
    rttMs: dice() < 0.1 ? null : Math.exp(dice() * 8),
    says: dice() < 0.1 ? null : names[Math.floor(dice() * names.length)]!,
  }));
}

const around = ({ x, y }: { x: number; y: number }, reach: number): Box => [x - reach, y - reach, x + reach, y + reach];
const meet = (one: Box, other: Box): boolean => one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];
const crowds = [1, 2, 3, 5, 9, 15, 24].flatMap((count) => Array.from({ length: 40 }, (_, seed) => [count, seed] as const));

describe('the picture of the net', () => {
  test.each([1, 2, 3, 5, 9, 15])('%i links: no knot lies on another, on mine, or on the edge', (count) => {
    for (let seed = 0; seed < 40; seed += 1) {
      const { spots, knot } = planMesh(netOf(count, seed));
      const places = [...spots.values()];
      for (const [at, { x, y }] of places.entries()) {
        expect(Math.max(Math.abs(x), Math.abs(y)) + knot / 2).toBeLessThanOrEqual(half);
        expect(Math.hypot(x, y)).toBeGreaterThan((knot + mySize) / 2);
        for (const other of places.slice(at + 1)) expect(Math.hypot(x - other.x, y - other.y)).toBeGreaterThan(knot);
      }
    }
  });

  test('no name lies on a knot, on another name, on the scale, or beyond the edge', () => {
    for (const [count, seed] of crowds) {
      const net = netOf(count, seed);
      const { spots, knot, rings } = planMesh(net);
      const scale = rings.map((radius): Box => [-30, -radius - 9, 30, -radius + 9]);
      const all = net.map(({ id, says }) => ({ id, at: spots.get(id)!, says }));
      const labels = [...labelsOf(all, knot, scale).values()].map(boxOf);
      const others = [...scale, around({ x: 0, y: 0 }, mySize / 2), ...all.map(({ at }) => around(at, knot / 2))];
      for (const [at, box] of labels.entries()) {
        expect(Math.max(...box.map(Math.abs))).toBeLessThanOrEqual(half);
        expect([...others, ...labels.slice(at + 1)].filter((other) => meet(box, other))).toEqual([]);
      }
    }
  });

  test.each([
    [5, 1],
    [9, 0.97],
    [15, 0.8],
  ])('of %i links at least %f of the names stand there', (count, least) => {
    let [named, shown] = [0, 0];
    for (let seed = 0; seed < 40; seed += 1) {
      const net = netOf(count, seed);
      const { spots, knot, rings } = planMesh(net);
      const all = net.map(({ id, says }) => ({ id, at: spots.get(id)!, says }));
      named += all.filter(({ says }) => says !== null).length;
      shown += labelsOf(
        all,
        knot,
        rings.map((radius): Box => [-30, -radius - 9, 30, -radius + 9]),
      ).size;
    }
    expect(shown / named).toBeGreaterThanOrEqual(least);
  });

  test('a delay that changes moves a knot along its cord alone, and nobody else', () => {
    const angle = ({ x, y }: { x: number; y: number }): string => Math.atan2(y, x).toFixed(6);
    const net = netOf(9, 1);
    const before = planMesh(net).spots;
    const after = planMesh(net.map((link, at) => (at === 0 ? { ...link, rttMs: 900 } : link)).toReversed()).spots;
    for (const [at, { id }] of net.entries()) {
      expect(angle(after.get(id)!)).toBe(angle(before.get(id)!));
      if (at > 0) expect(after.get(id)).toEqual(before.get(id));
    }
  });
});
