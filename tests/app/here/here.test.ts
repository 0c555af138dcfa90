/** In a room of more than a page has paths to, all who are there are shown as here, those alone, and marks count all of them. */
import { expect, test } from 'vitest';
import { appOf } from '../village.ts';
import { createMany } from './crowd.ts';

const size = 24;
const more = 32;

test(`${size} in a room: within a minute each shows all others as here; who comes within a minute, who is gone within two`, async () => {
  const { world, pages, errors, until, crash, comes, refusals } = await createMany('here', size);
  await until('all shown', () => errors().length === 0, 60_000);

  crash(pages[5]!);
  await until('gone from every screen', () => errors().length === 0, 120_000);

  await comes('Late');
  await until('here on every screen', () => errors().length === 0, 60_000);

  // Whoever closes the page says so.
  const [, leaver] = pages;
  const { app } = leaver!.running()!;
  await world.finish(app.close());
  crash(leaver!);
  await until('gone at once', () => errors().length === 0, 60_000);
  // Among honest pages nothing is forged, late or unasked for.
  expect(refusals.filter((why) => !['repeated', 'seen-here', 'too-soon'].includes(why))).toEqual([]);
});

test(`${more} in a room: a word of one is marked received by all within two minutes`, async () => {
  const { world, room, pages, until, marked } = await createMany('marks', more);
  await world.runFor(60_000);
  for (const author of [pages[3]!, pages.at(-1)!]) {
    await world.finish(appOf(author).send(room, 'Who has this?'));
    await until('received by all', () => marked(author) === more - 1, 120_000);
  }
});
