/** Whoever waits behind a link, while letters wait for them that they cannot judge yet: what they need stands behind those. */
import { expect, test } from 'vitest';
import { under } from '../../src/app/records.ts';
import type { Page } from '../simulation/page.ts';
import { deviceOf } from './members-insider.ts';
import { appOf } from './village.ts';
import { goOn, wellOf } from './well.ts';

test('comes in though who let them in went between, and an old letter goes before the others', { timeout: 60_000 }, async () => {
  const well = await wellOf('behind letters', ['Asha', 'Juma', 'Neema']);
  const [asha, , neema] = well.people as [Page, Page, Page];
  const { world, until } = well.village;
  const letters = (): number => asha.node.disk.range(under(`post/${deviceOf(neema)}`)).length;
  const remove = (name: string) => world.finish(appOf(asha).removePerson(well.room, well.personOf(asha, name)!.person));
  await world.runFor(5_000);
  // New keys for her, on their way, and then she is in no more.
  world.paths.cut(['Neema'], ['Asha', 'Juma', 'relay']);
  await remove('Juma');
  await world.finish(appOf(neema).leaveRoom(well.room));
  await remove('Neema');
  expect(letters()).toBeGreaterThan(0);
  const link = (await world.finish(appOf(asha).invite(well.room)))!;
  await world.finish(appOf(neema).joinRoom(link));
  await world.finish(appOf(neema).show(well.room));
  world.paths.heal();
  const [before, seen] = [letters(), neema.node.disk.range(under('seen')).length];
  await until('let in', () => letters() > before);
  const all = letters();
  // The one that begins their session is kept; none of those that follow.
  await until('begun', () => neema.node.disk.range(under('seen')).length > seen);
  neema.node.disk.faults.failCommits = 1_000;
  await until('told so', () => letters() === all - 1);
  asha.crash('power-cut');
  await world.runFor(1_000);
  neema.node.disk.faults.failCommits = 0;
  expect(well.isIn(neema)).toBe(false);
  await well.back(asha);
  await until('in', () => well.isIn(neema), 30_000);
  await goOn(well, [asha, neema], 'in');
});
