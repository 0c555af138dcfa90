/** What somebody says as they come back is said once: a disk that fails just then must not leave them strangers. */
import { expect, test } from 'vitest';
import type { Page } from '../simulation/page.ts';
import { deviceOf } from './members-insider.ts';
import { appOf, messagesOf, textsOf } from './village.ts';
import { wellOf } from './well.ts';

test('a word that the disk refused is asked for again, and what waits for them comes', { timeout: 60_000 }, async () => {
  const well = await wellOf('word lost', ['Asha', 'Juma']);
  const [asha, juma] = well.people as [Page, Page];
  const { world, until } = well.village;
  await well.say(asha, 'in the room');
  await well.allHave(['in the room']);
  await world.runFor(60_000);
  juma.crash('killed');
  await world.runFor(200_000);
  const direct = (await world.finish(appOf(asha).startDirect(well.personOf(asha, 'Juma')!.person)))!;
  expect(await world.finish(appOf(asha).send(direct, 'for you'))).toBe(true);
  await well.back(juma);
  const met = (): boolean => well.handsOf(asha).peers.inRoom(well.room).length > 0;
  await until('met', met);
  asha.node.disk.faults.failCommits = 1_000;
  await world.runFor(5_000);
  asha.node.disk.faults.failCommits = 0;
  const hasIt = (): boolean =>
    appOf(juma)
      .view()
      .rooms.some(({ id }) => id === direct);
  expect(hasIt()).toBe(false);
  await until('it came', hasIt, 90_000);
});

test('nobody is taken for known by what the disk refused', { timeout: 60_000 }, async () => {
  const well = await wellOf('refused and known', ['Asha', 'Juma']);
  const [asha, juma] = well.people as [Page, Page];
  const { world, until } = well.village;
  const direct = (await world.finish(appOf(asha).startDirect(well.personOf(asha, 'Juma')!.person)))!;
  await world.finish(appOf(asha).show(direct));
  await world.finish(appOf(asha).send(direct, 'one'));
  await until('one came', () => messagesOf(appOf(asha), direct)[0]?.mark?.state === 'received');
  await world.finish(appOf(juma).show(direct));
  asha.crash('killed');
  await world.runFor(200_000);
  await world.finish(appOf(juma).send(direct, 'two'));
  const before = well.handsOf(asha);
  asha.node.disk.faults.failCommits = 1_000;
  await world.finish(asha.start([direct]));
  await until('ready', () => well.handsOf(asha) !== before);
  const { peers } = well.handsOf(asha);
  await until('met', () => peers.inRoom(direct).length > 0);
  await world.runFor(3_000);
  expect(peers.inRoom(direct).map(({ device }) => device)).toEqual([null]);
  asha.node.disk.faults.failCommits = 0;
  await until('two', () => textsOf(appOf(asha), direct).includes('two'));
  expect(peers.inRoom(direct).map(({ device }) => device)).toEqual([deviceOf(juma)]);
});
