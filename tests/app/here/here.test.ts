/** In a room of more than a page has paths to, all who are there are shown as here, those alone, and marks count all of them. */
import { expect, test } from 'vitest';
import { createMembersTap } from '../../simulation/members-tap.ts';
import { countedSuite } from '../../simulation/room-run.ts';
import { appOf, roomOf } from '../village.ts';
import { createMany } from './crowd.ts';

const size = 24;
const more = 32;

test(`${size} in a room: within a minute each shows all others as here; who comes within a minute, who is gone within two`, async () => {
  const { world, relay, pages, errors, until, crash, comes, refusals } = await createMany('here', size);
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
  const sleeper = pages[9]!;
  sleeper.node.sleep();
  await until('asleep is away', () => errors().filter((each) => each.endsWith('device 9 as away')).length > size / 2, 120_000);
  sleeper.node.wake();
  appOf(sleeper).wake(true);
  await until('awake is here', () => errors().length === 0, 60_000);

  // A relay that goes takes nobody with it.
  relay.crash('killed');
  for (let second = 0; second < 60; second += 10) {
    await world.runFor(10_000);
    expect(errors()).toEqual([]);
  }
  crash(pages[7]!);
  await until('gone without a relay', () => errors().length === 0, 120_000);
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

test('an author who goes as soon as it has spoken hears on coming back from all who have it', async () => {
  const { world, room, pages, until, marked, crash } = await createMany('back', more);
  await world.runFor(30_000);
  const author = pages[8]!;
  await world.finish(appOf(author).send(room, 'I have to go'));
  await world.runFor(3_000);
  crash(author);
  await world.runFor(300_000);
  await world.finish(author.start([room]));
  await until('received by all', () => marked(author) === more - 1, 180_000);
});

test('a room of twenty members: all are shown as here, but whoever was put out', async () => {
  const { openMembers } = createMembersTap(countedSuite());
  const { world, room, pages, errors, until, refusals } = await createMany('members', 20, 'members', openMembers('all'));
  await until('all shown', () => errors().length === 0, 60_000);

  const [admin, ...others] = pages;
  const out = others.at(-1)!;
  const { person, device } = appOf(out).view().me!;
  expect(await world.finish(appOf(admin).removePerson(room, person!))).toBe(true);
  const isShown = (): boolean =>
    pages.some((page) => page !== out && roomOf(appOf(page), room).people.some((each) => each.device === device && each.here));
  await until('not shown', () => !isShown(), 60_000);
  await world.runFor(60_000);
  expect(isShown()).toBe(false);
  expect(refusals).not.toContain('bad-signature');
});
