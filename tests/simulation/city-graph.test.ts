/** The generator of city graphs against the figures of the real ones. */
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../src/adapters/memory/random.ts';
import { createCityGraph } from './city-graph.ts';
import { contactsS, draw, meshDegrees, valueAt, viewerStaysS } from './quantiles.ts';

const sortedOf = (count: number, draws: () => number): readonly number[] =>
  Array.from({ length: count }, draws).toSorted((a, b) => a - b);

describe('city graphs', () => {
  const graph = createCityGraph(1_000, createRandom('city'));
  const degrees = graph.links.map((links) => links.size).toSorted((a, b) => a - b);

  test('have the degrees of community meshes: median 2, one in ten above 8, mean 4', () => {
    const at = (share: number): number => degrees[Math.floor(share * degrees.length)] ?? 0;
    expect(at(0.1)).toBe(1);
    expect([2, 3]).toContain(at(0.5));
    expect(at(0.9)).toBeGreaterThanOrEqual(6);
    expect(at(0.9)).toBeLessThanOrEqual(10);
    expect(at(0.99)).toBeGreaterThanOrEqual(15);
    const mean = degrees.reduce((sum, degree) => sum + degree, 0) / degrees.length;
    expect(mean).toBeGreaterThan(3);
    expect(mean).toBeLessThan(5);
  });

  test('are in pieces like Aachen, and each piece hangs together', () => {
    const sizes = [0, 1, 2, 3, 4].map((piece) => graph.pieces.filter((each) => each === piece).length);
    expect(sizes).toEqual([640, 140, 100, 100, 20]);
    for (let node = 0; node < 1_000; node += 7) {
      for (let other = 0; other < 1_000; other += 13) {
        expect(graph.hops(node, other) !== null).toBe(graph.pieces[node] === graph.pieces[other]);
      }
    }
  });

  test('are the same from the same luck, and distances are the same both ways', () => {
    const again = createCityGraph(1_000, createRandom('city'));
    expect(again.links).toEqual(graph.links);
    for (let node = 0; node < 600; node += 11) expect(graph.hops(node, 600 - node)).toBe(graph.hops(600 - node, node));
    expect(createCityGraph(1_000, createRandom('town')).links).not.toEqual(graph.links);
  });
});

describe('quantiles', () => {
  test('what is drawn lies as what was measured', () => {
    const luck = createRandom('stays');
    const stays = sortedOf(4_000, () => draw(viewerStaysS, luck));
    expect(stays[2_000]).toBeGreaterThan(430);
    expect(stays[2_000]).toBeLessThan(620);
    expect(stays[3_600]).toBeGreaterThan(5_000);
    expect(stays[3_600]).toBeLessThan(6_600);
    expect([valueAt(contactsS, 0.5), Math.round(valueAt(contactsS, 0.55)), valueAt(meshDegrees, 0)]).toEqual([161, 367, 1]);
  });
});
