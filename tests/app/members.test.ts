/** Rooms of members in the memory world: the real app on every side, the clock turned by hand. */
import { describe, expect, test } from 'vitest';
import type { RoomId } from '../../src/protocol/ids.ts';
import type { Page } from '../simulation/page.ts';
import { appOf, createVillage, messagesOf, roomOf, textsOf } from './village.ts';
import type { Village } from './village.ts';

async function founded(village: Village, names: readonly string[]): Promise<{ people: Page[]; room: RoomId; link: string }> {
  const people: Page[] = [];
  for (const name of names) people.push(await village.person(name));
  const [founder, ...others] = people;
  const room = await village.world.finish(appOf(founder).startRoom('The well', 'members'));
  if (room === null) throw new Error('no room');
  await village.world.finish(appOf(founder).show(room));
  const link = await village.world.finish(appOf(founder).invite(room));
  if (link === null) throw new Error('no invite');
  for (const other of others) {
    expect(await village.world.finish(appOf(other).joinRoom(link))).toBe(room);
    await village.world.finish(appOf(other).show(room));
    await village.until('let in', () => roomOf(appOf(other), room).stage === 'in');
  }
  return { people, room, link };
}

const say = (village: Village, page: Page | undefined, room: RoomId, text: string): Promise<boolean> =>
  village.world.finish(appOf(page).send(room, text));

describe('a room of members', () => {
  test('lets in who knocks with a link, and both read what is said from then on', async () => {
    const village = createVillage('members-two');
    const asha = await village.person('Asha');
    const room = await village.world.finish(appOf(asha).startRoom('The well', 'members'));
    if (room === null) throw new Error('no room');
    await village.world.finish(appOf(asha).show(room));
    await say(village, asha, room, 'before anybody came');
    const link = await village.world.finish(appOf(asha).invite(room));
    const juma = await village.person('Juma');
    await village.world.finish(appOf(juma).joinRoom(link ?? ''));
    await village.world.finish(appOf(juma).show(room));
    expect(roomOf(appOf(juma), room).stage).toBe('knocking');
    await village.until('let in', () => roomOf(appOf(juma), room).stage === 'in');
    expect(roomOf(appOf(juma), room).name).toBe('The well');

    expect(await say(village, juma, room, 'I am here')).toBe(true);
    await village.until('Asha reads it', () => textsOf(appOf(asha), room).includes('I am here'));
    await village.until('it is marked', () => messagesOf(appOf(juma), room)[0]?.mark?.state === 'received');
    await say(village, asha, room, 'welcome');
    await village.until('Juma reads it', () => textsOf(appOf(juma), room).includes('welcome'));
    // A newcomer reads nothing from before.
    expect(textsOf(appOf(juma), room)).toEqual(['I am here', 'welcome']);
    expect(roomOf(appOf(asha), room).people.map(({ name, member }) => [name, member?.role])).toEqual([['Juma', 'member']]);
    expect(roomOf(appOf(asha), room).role).toBe('admin');
  });

  test('lets a third in through whoever is there, and everybody reads everybody', async () => {
    const village = createVillage('members-three');
    const { people, room } = await founded(village, ['Asha', 'Juma', 'Neema']);
    for (const [at, page] of people.entries()) await say(village, page, room, `from ${at}`);
    await village.until('all read all', () => people.every((page) => textsOf(appOf(page), room).length === 3));
  });

  test('a removed person reads nothing that is said later, and is told', async () => {
    const village = createVillage('members-removed');
    const { people, room } = await founded(village, ['Asha', 'Juma', 'Neema']);
    const [asha, juma, neema] = people;
    await say(village, asha, room, 'all three');
    await village.until('all read', () => people.every((page) => textsOf(appOf(page), room).length === 1));
    const person = roomOf(appOf(asha), room).people.find(({ name }) => name === 'Neema')?.member?.person;
    if (person === undefined) throw new Error('not known');
    expect(await village.world.finish(appOf(asha).removePerson(room, person))).toBe(true);
    await village.until('Neema is told', () => roomOf(appOf(neema), room).stage === 'out');
    await village.until('Juma knows', () => roomOf(appOf(juma), room).people.every(({ name }) => name !== 'Neema'));
    await say(village, asha, room, 'only two');
    await say(village, juma, room, 'yes, only two');
    await village.until('both read', () => [asha, juma].every((page) => textsOf(appOf(page), room).length === 3));
    expect(textsOf(appOf(neema), room)).toEqual(['all three']);
    expect(await say(village, neema, room, 'and I?')).toBe(false);
  });

  test('everything is still there after a restart, and goes on', async () => {
    const village = createVillage('members-restart');
    const { people, room } = await founded(village, ['Asha', 'Juma']);
    const [asha, juma] = people;
    await say(village, asha, room, 'one');
    await village.until('read', () => textsOf(appOf(juma), room).length === 1);
    juma?.crash('power-cut');
    await say(village, asha, room, 'two');
    if (juma !== undefined) await village.world.finish(juma.start([room]));
    await village.world.finish(appOf(juma).show(room));
    await village.until('caught up', () => textsOf(appOf(juma), room).length === 2);
    await say(village, juma, room, 'three');
    await village.until('read', () => textsOf(appOf(asha), room).length === 3);
    expect(textsOf(appOf(asha), room)).toEqual(['one', 'two', 'three']);
  });

  test('a link taken back lets nobody in', async () => {
    const village = createVillage('members-withdrawn');
    const { people, room, link } = await founded(village, ['Asha', 'Juma']);
    await village.world.finish(appOf(people[0]).withdrawInvites(room));
    const late = await village.person('Neema');
    await village.world.finish(appOf(late).joinRoom(link));
    await village.world.runUntil(() => roomOf(appOf(late), room).stage === 'in', 30_000);
    expect(roomOf(appOf(late), room).stage).toBe('knocking');
  });
});
