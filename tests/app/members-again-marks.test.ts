/** Put out of a room and let in again: what was marked as received stays so, however it was told. */
import { expect, test } from 'vitest';
import type { Page } from '../simulation/page.ts';
import { deviceOf } from './members-insider.ts';
import { appOf, messagesOf } from './village.ts';
import { wellOf } from './well.ts';

test('a mark stays though whoever it counts is put out and let in again', { timeout: 60_000 }, async () => {
  const well = await wellOf('marked again', ['Asha', 'Neema']);
  const [asha, neema] = well.people as [Page, Page];
  const { world, until } = well.village;
  const markOf = (text: string) => messagesOf(appOf(asha), well.room).find((each) => each.text === text)?.mark;
  const { got, heads } = well.handsOf(asha).core.rooms.get(well.room)!;
  const them = deviceOf(neema);
  await well.say(asha, 'one');
  await well.allHave(['one']);
  await until('marked', () => got.get(them) !== undefined);
  // She named it, and the word of how far she is was lost on its way.
  const n = heads.get(deviceOf(asha))!.upTo;
  got.set(them, { upTo: 0, above: new Set([n]), from: 0 });
  await world.finish(appOf(asha).removePerson(well.room, well.personOf(asha, 'Neema')!.person));
  await until('out', () => !well.isIn(neema));
  await well.say(asha, 'two');
  const link = await world.finish(appOf(asha).invite(well.room));
  await world.finish(appOf(neema).joinRoom(link ?? ''));
  await until('in again', () => well.isIn(neema));
  await well.say(asha, 'three');
  const received = { state: 'received', by: 1 };
  await until('three is marked', () => markOf('three')?.state === 'received');
  expect([markOf('one'), markOf('two'), markOf('three')]).toEqual([received, { state: 'alone' }, received]);
  asha.crash('power-cut');
  await well.back(asha);
  expect([markOf('one'), markOf('two'), markOf('three')]).toEqual([received, { state: 'alone' }, received]);
});
