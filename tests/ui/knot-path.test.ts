/** A fingerprint's face: always the same, always one cord, rarely shared. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { knotPath, wholeKnot } from '../../src/ui/parts/knot-path.ts';

const device = (seed: number): string => createHash('sha256').update(`device ${seed}`).digest('hex');

test('the same fingerprint gives the same knot, for ever', () => {
  // Frozen: people know each other by these.
  const faces = [0, 1, 2, 3].map((seed) => knotPath(device(seed)));
  expect(faces).toEqual([0, 1, 2, 3].map((seed) => knotPath(device(seed))));
  expect(createHash('sha256').update(JSON.stringify(faces)).digest('hex')).toMatchInlineSnapshot(
    `"3b7c2325cb9f28491586d7ad08075b8067503c88bf1efe4581caf1289c69371c"`,
  );
});

test('every knot is one cord that ends where it began, inside its box', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const { d, hue } = knotPath(text);
      expect(hue).toBeGreaterThanOrEqual(0);
      expect(hue).toBeLessThan(12);
      const pieces = d.split('M').filter(Boolean).map(points);
      // Cut at every dive under itself: at least four, and each piece goes on where the one before dived.
      expect(pieces.length).toBeGreaterThanOrEqual(4);
      pieces.forEach((piece, at) => {
        const [fromX, fromY] = piece.at(-1) ?? [];
        const [toX, toY] = pieces[(at + 1) % pieces.length]?.[0] ?? [];
        expect(Math.hypot((fromX ?? 0) - (toX ?? 0), (fromY ?? 0) - (toY ?? 0))).toBeCloseTo(7, 5);
      });
    }),
  );
});

test('two people rarely share a face', () => {
  const faces = new Set(Array.from({ length: 2000 }, (_, seed) => JSON.stringify(knotPath(device(seed)))));
  expect(faces.size).toBeGreaterThan(1900);
});

test('the sign of Wavu has all nine crossings', () => {
  expect(wholeKnot().split('M').length - 1).toBe(9);
});

function points(piece: string): number[][] {
  return piece.split(/[LC ]*[LC]| (?=-?[\d.]+ -?[\d.]+)/).map((pair) => pair.trim().split(' ').map(Number));
}
