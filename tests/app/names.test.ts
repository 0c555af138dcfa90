/** What people are called, and what their knots are drawn from, in rooms of members and conversations of two: also later. */
import { describe, expect, test } from 'vitest';
import { nodeCryptoSuite } from '../../src/adapters/node-crypto/suite.ts';
import { openMembersWith } from '../../src/app/members/open.ts';
import type { OpenMembers } from '../../src/app/members/open.ts';
import type { RoomId } from '../../src/protocol/ids.ts';
import { summaryOf } from '../../src/protocol/rooms/summary.ts';
import type { Page } from '../simulation/page.ts';
import { appOf, createVillage, messagesOf, roomOf } from './village.ts';
import { wellOf } from './well.ts';
import type { Well } from './well.ts';

const minuteMs = 60_000;

/** `name: text`, as the timeline has them. */
const linesOf = (page: Page, room: RoomId): readonly string[] =>
  messagesOf(appOf(page), room).map(({ name, text }) => `${name}: ${text}`);
const facesOf = (page: Page, room: RoomId): readonly (string | null)[] => messagesOf(appOf(page), room).map(({ face }) => face);
const personIn = ({ handsOf }: Well, page: Page): string => handsOf(page).vault.keys.person.id;
const operationsIn = ({ handsOf, room }: Well, page: Page): number => handsOf(page).vault.room(room)!.graph.count;
const calledIn = ({ handsOf, room }: Well, page: Page): readonly string[] =>
  summaryOf(handsOf(page).vault.room(room)!.graph).members.map(({ called }) => called);

async function restart({ village, back }: Well, page: Page): Promise<void> {
  await village.world.runFor(minuteMs);
  page.crash('power-cut');
  await back(page);
}

async function directOf(well: Well, from: Page, to: string): Promise<RoomId> {
  const { world } = well.village;
  const person = well.personOf(from, to)?.person;
  const direct = person && (await world.finish(appOf(from).startDirect(person)));
  if (!direct) throw new Error('no conversation');
  await world.finish(appOf(from).show(direct));
  return direct;
}

/** Both have written there. */
async function talking(well: Well, one: Page, other: Page): Promise<RoomId> {
  const { world, until } = well.village;
  const direct = await directOf(well, one, other.node.name);
  await world.finish(appOf(one).send(direct, 'hello'));
  const isHere = (): boolean =>
    appOf(other)
      .view()
      .rooms.some(({ id }) => id === direct);
  await until('it came', isHere);
  await world.finish(appOf(other).show(direct));
  await world.finish(appOf(other).send(direct, 'hello you'));
  await until('both read', () => linesOf(one, direct).length === 2);
  return direct;
}

const remove = async (well: Well, by: Page, name: string): Promise<void> => {
  const person = well.personOf(by, name)!.person;
  expect(await well.village.world.finish(appOf(by).removePerson(well.room, person))).toBe(true);
};

describe('names after a restart', () => {
  test.each(['late', 'at once'])(
    'are there in a room of members, in the timeline and in the list, whose keys come %s',
    async (when) => {
      let mayOpen = true;
      const open = openMembersWith(nodeCryptoSuite);
      const openMembers: OpenMembers = (...all) => (mayOpen ? open(...all) : Promise.reject(new Error('not there to be loaded')));
      const village = createVillage(`names ${when}`, { page: () => ({ openMembers }) });
      const { world, until } = village;
      const [asha, juma] = [await village.person('Asha'), await village.person('Juma')];
      const room = await world.finish(appOf(asha).startRoom('The well', 'members'));
      const link = room && (await world.finish(appOf(asha).invite(room)));
      if (room === null || link === null) throw new Error('no room');
      await world.finish(appOf(juma).joinRoom(link));
      await until('Juma is in', () => roomOf(appOf(juma), room).stage === 'in');
      await world.finish(appOf(juma).send(room, 'one'));
      await until('it came', () => roomOf(appOf(asha), room).last?.text === 'one');
      await world.runFor(minuteMs);
      const persons = [asha, juma].map((page) => appOf(page).view().me?.person);
      asha.crash('power-cut');
      mayOpen = when === 'at once';
      await world.finish(asha.start([room]));
      expect(linesOf(asha, room)).toEqual(['Juma: one']);
      expect([appOf(asha).view().me?.person, ...facesOf(asha, room)]).toEqual(persons);
      expect(roomOf(appOf(asha), room).last).toMatchObject({ name: 'Juma', text: 'one', mine: false });
    },
  );

  test('are there in a conversation of two', async () => {
    const well = await wellOf('names restart two', ['Asha', 'Juma']);
    const [asha, juma] = well.people as [Page, Page];
    const direct = await talking(well, asha, juma);
    await restart(well, asha);
    await well.village.world.finish(appOf(asha).show(direct));
    expect(linesOf(asha, direct)).toEqual(['Asha: hello', 'Juma: hello you']);
    expect(roomOf(appOf(asha), direct).last?.name).toBe('Juma');
    await well.village.world.runFor(minuteMs);
    expect(facesOf(asha, direct)).toEqual([personIn(well, asha), personIn(well, juma)]);
  });

  test('of who left and who was removed are there too, and their face is the same as before', async () => {
    const well = await wellOf('names gone', ['Asha', 'Juma', 'Neema', 'Zuri']);
    const [asha, juma, neema, zuri] = well.people as [Page, Page, Page, Page];
    await well.say(neema, 'from Neema');
    await well.say(zuri, 'from Zuri');
    await well.allHave(['from Neema', 'from Zuri']);
    const [before, faces] = [linesOf(asha, well.room), facesOf(asha, well.room)];
    expect(faces).toEqual([personIn(well, neema), personIn(well, zuri)]);
    await remove(well, asha, 'Neema');
    await well.village.world.finish(appOf(zuri).leaveRoom(well.room));
    await well.village.until(
      'both are gone',
      () => [asha, juma].every((page) => calledIn(well, page).length === 2),
      5 * minuteMs,
    );
    expect([linesOf(asha, well.room), facesOf(asha, well.room)]).toEqual([before, faces]);
    await restart(well, asha);
    await well.village.world.runFor(minuteMs);
    expect([linesOf(asha, well.room), facesOf(asha, well.room)]).toEqual([before, faces]);
  });

  test('of who came, wrote and was removed while we were away are known all the same', async () => {
    const well = await wellOf('names missed', ['Asha', 'Juma']);
    const [asha, juma] = well.people as [Page, Page];
    const { until } = well.village;
    juma.crash('killed');
    const neema = await well.knocker('Neema');
    await until('Neema is in', () => well.isIn(neema));
    await well.say(neema, 'from Neema');
    await well.allHave(['from Neema'], [asha]);
    await remove(well, asha, 'Neema');
    neema.crash('killed');
    await well.back(juma);
    await well.allHave(['from Neema'], [juma]);
    await until('Juma knows', () => calledIn(well, juma).length === 2, 5 * minuteMs);
    expect(linesOf(juma, well.room)).toEqual(['Neema: from Neema']);
    expect(facesOf(juma, well.room)).toEqual([personIn(well, neema)]);
    await restart(well, juma);
    await well.village.world.runFor(minuteMs);
    expect(linesOf(juma, well.room)).toEqual(['Neema: from Neema']);
  });
});

test('a neighbour is drawn by who it is, once a room of members knows it', async () => {
  const well = await wellOf('neighbour', ['Asha', 'Juma']);
  const [asha, juma] = well.people as [Page, Page];
  await well.village.world.runFor(minuteMs);
  expect(
    appOf(asha)
      .view()
      .mesh.neighbours.map(({ person }) => person),
  ).toEqual([personIn(well, juma)]);
});

describe('a new name', () => {
  test('reaches the rooms of members by one operation each, and none where it is the same', async () => {
    const well = await wellOf('renamed', ['Asha', 'Juma', 'Neema']);
    const [asha, juma, neema] = well.people as [Page, Page, Page];
    const { world, until } = well.village;
    await well.say(juma, 'one');
    await well.allHave(['one']);
    const before = operationsIn(well, asha);
    await world.finish(appOf(juma).nameMe('Juma of the well'));
    const others = [asha, neema];
    await until('all see it', () => others.every((page) => linesOf(page, well.room)[0] === 'Juma of the well: one'));
    for (const page of others) {
      expect(roomOf(appOf(page), well.room).last?.name).toBe('Juma of the well');
      expect(roomOf(appOf(page), well.room).people.map(({ name }) => name)).toContain('Juma of the well');
    }
    await world.finish(appOf(juma).nameMe('Juma of the well'));
    await restart(well, juma);
    await world.runFor(minuteMs);
    for (const page of well.people) expect(operationsIn(well, page)).toBe(before + 1);
  });

  test('taken several times in a row ends as the last, on all sides', async () => {
    const well = await wellOf('renamed often', ['Asha', 'Juma']);
    const [asha, juma] = well.people as [Page, Page];
    const before = operationsIn(well, asha);
    for (const name of ['Jay', 'Juma', 'Jay', 'Jojo']) void appOf(juma).nameMe(name);
    await well.village.until('Asha sees it', () => calledIn(well, asha).includes('Jojo'));
    await well.village.world.runFor(minuteMs);
    expect(calledIn(well, juma)).toEqual(['Asha', 'Jojo']);
    expect(operationsIn(well, asha)).toBeLessThanOrEqual(before + 4);
  });

  test('taken between knocking and being let in reaches the room', async () => {
    const well = await wellOf('renamed outside', ['Asha', 'Juma']);
    const [asha] = well.people as [Page, Page];
    const { world, until } = well.village;
    for (const page of well.people) page.crash('killed');
    const neema = await well.knocker('Neema');
    // Knocks are made once somebody is at the door, and then stay the same.
    await well.knocker('Zuri');
    await world.runFor(minuteMs);
    await world.finish(appOf(neema).nameMe('Neema N.'));
    await well.back(asha);
    await until('she is in', () => well.isIn(neema), 5 * minuteMs);
    await until('by her name', () => calledIn(well, asha).includes('Neema N.'));
  });

  test('is told after a power cut between taking it and telling it', async () => {
    const well = await wellOf('renamed and cut', ['Asha', 'Juma']);
    const [asha, juma] = well.people as [Page, Page];
    const { world, until } = well.village;
    const direct = await talking(well, asha, juma);
    const takeAndCut = async (name: string): Promise<void> => {
      void appOf(juma).nameMe(name);
      await world.runUntil(() => appOf(juma).view().me?.name === name, minuteMs);
      juma.crash('power-cut');
      await well.back(juma);
      if (appOf(juma).view().me?.name !== name) throw new Error('it was not kept: the test is about one that was');
    };
    await takeAndCut('Jay');
    await until('Asha sees it', () => calledIn(well, asha).includes('Jay'));
    await world.finish(appOf(juma).leaveRoom(well.room));
    await until('Juma is gone', () => calledIn(well, asha).length === 1);
    await takeAndCut('Jojo');
    await until('the title', () => roomOf(appOf(asha), direct).name === 'Jojo');
  });

  test('reaches a conversation of two through the room, and its title follows', async () => {
    const well = await wellOf('renamed two', ['Asha', 'Juma']);
    const [asha, juma] = well.people as [Page, Page];
    const { world, until } = well.village;
    // Begun and never answered: Juma has said nothing there, and says nothing there by taking a name.
    const direct = await directOf(well, asha, 'Juma');
    await world.finish(appOf(asha).send(direct, 'hello'));
    await world.runFor(minuteMs);
    await world.finish(appOf(juma).nameMe('Jay'));
    await until('its title, with the room', () => roomOf(appOf(asha), direct).name === 'Jay', 2_000);
    await restart(well, asha);
    expect(roomOf(appOf(asha), direct).name).toBe('Jay');
    await world.finish(appOf(juma).show(direct));
    await world.finish(appOf(asha).nameMe('Asha A.'));
    await until('the other title', () => roomOf(appOf(juma), direct).name === 'Asha A.', 2_000);
    expect(linesOf(juma, direct)).toEqual(['Asha A.: hello']);
  });

  test('[M11] reaches a conversation of two where no room is shared any more, whatever order its words come in', async () => {
    const well = await wellOf('renamed alone', ['Asha', 'Juma']);
    const [asha, juma] = well.people as [Page, Page];
    const { world, until } = well.village;
    const direct = await talking(well, asha, juma);
    await world.finish(appOf(juma).leaveRoom(well.room));
    await until('Juma is gone', () => calledIn(well, asha).length === 1);
    asha.crash('power-cut');
    for (const name of ['Jay', 'Jojo', 'Jumanne']) {
      await world.finish(appOf(juma).nameMe(name));
      await world.runFor(minuteMs);
    }
    // What waits is read from the disk in no order.
    juma.crash('power-cut');
    await world.finish(juma.start([direct]));
    await world.finish(asha.start([direct]));
    await until('the title', () => roomOf(appOf(asha), direct).name === 'Jumanne');
    await world.runFor(5 * minuteMs);
    expect(linesOf(asha, direct)).toEqual(['Asha: hello', 'Jumanne: hello you']);
    expect(roomOf(appOf(asha), direct)).toMatchObject({ name: 'Jumanne', unread: 1 });
    const said = well.handsOf(juma).core.rooms.get(direct)!.heads.get(well.handsOf(juma).vault.keys.us.device.id)!.upTo;
    await restart(well, juma);
    await world.runFor(minuteMs);
    expect(roomOf(appOf(asha), direct).name).toBe('Jumanne');
    expect(well.handsOf(juma).core.rooms.get(direct)!.heads.get(well.handsOf(juma).vault.keys.us.device.id)!.upTo).toBe(said);
  });

  test('begins no conversation with who has deleted it', async () => {
    const well = await wellOf('renamed deleted', ['Asha', 'Juma']);
    const [asha, juma] = well.people as [Page, Page];
    const { world } = well.village;
    const direct = await talking(well, asha, juma);
    await world.runFor(minuteMs);
    await world.finish(appOf(asha).leaveRoom(direct));
    await world.finish(appOf(juma).nameMe('Jay'));
    await world.runFor(5 * minuteMs);
    expect(
      appOf(asha)
        .view()
        .rooms.map(({ kind }) => kind),
    ).toEqual(['members']);
  });
});
