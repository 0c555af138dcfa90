/** What a page that nobody touches costs its relay and its neighbours (MESH.md, etiquette; B19). */
import { expect, test } from 'vitest';
import { idle } from './idle.ts';

test('seven in three rooms: at most 2,000 bytes a minute to the relay and 1,000 to each neighbour, with a relay and without', async () => {
  const rows = await idle({ nodes: 7, seed: 'fixed' });
  expect(rows.filter(({ met }) => met === false)).toEqual([]);
  // What is not counted is met as well.
  for (const { name, value } of rows) expect([name, value]).toEqual([name, expect.toSatisfy((n: number) => n > 0)]);
});
