/** A hundred in one room: what a page shows of who is here and of marks is true, soon, and what it costs while nothing happens is in bounds. */
import { expect, test } from 'vitest';
import { createMany } from '../app/here/crowd.ts';
import { appOf } from '../app/village.ts';

const size = 100;
const idleMinutes = 20;

test(`${size} in a room: who is here, who has what, and what it costs`, { timeout: 1_800_000 }, async () => {
  const { world, room, pages, counts, errors, until, crash, comes, marked } = await createMany('deep', size);
  await until('all shown', () => errors().length === 0, 60_000);
  const author = pages[3]!;
  await world.finish(appOf(author).send(room, 'Who has this?'));
  await until('received by all', () => marked(author) === size - 1, 180_000);
  for (const at of [5, 50, 95]) crash(pages[at]!);
  await until('gone from every screen', () => errors().length === 0, 120_000);
  await comes('Late');
  await until('here on every screen', () => errors().length === 0, 60_000);

  await world.runFor(600_000);
  for (const count of counts) count.begin();
  await world.runFor(idleMinutes * 60_000);
  const given = counts.map((count) => count.given());
  const relay = Math.max(...given.map((each) => each.relay)) / idleMinutes;
  const neighbour = Math.max(...given.flatMap(({ neighbours }) => neighbours)) / idleMinutes;
  const all = given.reduce((sum, each) => sum + each.relay + each.neighbours.reduce((one, other) => one + other, 0), 0);
  process.stderr.write(
    `${size} idle: at most ${relay} bytes a minute to the relay, ${neighbour} to a neighbour, ${all / size / idleMinutes} in all\n`,
  );
  expect(errors()).toEqual([]);
  expect(relay).toBeLessThanOrEqual(2_000);
  expect(neighbour).toBeLessThanOrEqual(1_000);
});
