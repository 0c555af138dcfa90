/** Who is next to whom: a few each, and nobody is left out. */
import { expect, test } from 'vitest';
import { createRandom } from '../../../src/adapters/memory/random.ts';
import { neighboursOn } from '../../../src/app/cast/ring.ts';
import type { Standing } from '../../../src/app/cast/ring.ts';

const ring = (size: number): readonly number[] => {
  const luck = createRandom('ring');
  return Array.from({ length: size }, () => luck.below(2 ** 32));
};

const next = (mine: number, all: readonly number[], isDirect: (place: number) => boolean): readonly number[] =>
  neighboursOn(
    mine,
    all.filter((place) => place !== mine).map((place): Standing<number> => ({ one: place, place, isDirect: isDirect(place) })),
  );

test('200 who know each other are joined over at most four steps, with four each and no more than a dozen by others’ choice', () => {
  const all = ring(200);
  const joined = new Map(all.map((place) => [place, new Set<number>()]));
  for (const place of all) {
    const chosen = next(place, all, () => true);
    expect(chosen).toHaveLength(4);
    for (const other of chosen) {
      joined.get(place)?.add(other);
      joined.get(other)?.add(place);
    }
  }
  expect(Math.max(...[...joined.values()].map(({ size }) => size))).toBeLessThanOrEqual(16);
  let reached = new Set(all.slice(0, 1));
  for (let step = 0; step < 5; step += 1)
    reached = new Set([...reached].flatMap((place) => [place, ...(joined.get(place) ?? [])]));
  expect(reached.size).toBe(200);
});

test('the next on the ring is there whatever the path to it; the others are linked, where a few are', () => {
  const all = ring(50);
  const [mine = 0, ...others] = [...all].sort((a, b) => a - b);
  const linked = new Set(others.slice(10, 20));
  const chosen = next(mine, all, (place) => linked.has(place));
  expect(chosen[0]).toBe(others[0]);
  expect(chosen.slice(1).every((place) => linked.has(place))).toBe(true);
});

test('one who goes changes nothing but the places it had', () => {
  const all = ring(40);
  for (const mine of all.slice(0, 10)) {
    const before = next(mine, all, () => true);
    const gone = all.find((place) => place !== mine && !before.includes(place)) ?? 0;
    expect(
      next(
        mine,
        all.filter((place) => place !== gone),
        () => true,
      ),
    ).toEqual(before);
  }
});

test('alone there is nobody, and of two the other', () => {
  expect(neighboursOn(1, [])).toEqual([]);
  expect(neighboursOn(1, [{ one: 'other', place: 5, isDirect: false }])).toEqual(['other']);
});
