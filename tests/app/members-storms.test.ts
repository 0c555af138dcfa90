/** Rooms of members in bad weather: crowds, crossings, absences and broken paths. Nobody honest is stranded, nobody put out listens on. */
import { describe, expect, test } from 'vitest';
import type { Page } from '../simulation/page.ts';
import { appOf, roomOf, textsOf } from './village.ts';
import { wellOf } from './well.ts';
import type { Well } from './well.ts';

const crowd = ['Asha', 'Juma', 'Neema', 'Zuri', 'Baraka', 'Chiku', 'Dalili', 'Ebo', 'Faraji', 'Goma'];
const minuteMs = 60_000;
const dayMs = 86_400_000;

const remove = (well: Well, by: Page, name: string): Promise<boolean> => {
  const member = well.personOf(by, name);
  if (member === null) throw new Error(`${name} is not known`);
  return well.village.world.finish(appOf(by).removePerson(well.room, member.person));
};
const membersOf = (well: Well, page: Page): readonly string[] =>
  roomOf(appOf(page), well.room)
    .people.flatMap(({ name, member }) => (member === null ? [] : [name]))
    .toSorted();
const stageOf = (well: Well, page: Page): string => roomOf(appOf(page), well.room).stage;

/** Nobody is up for so long: cheap to turn the clock over. */
async function restAll({ village, back }: Well, ms: number, pages: readonly Page[]): Promise<void> {
  for (const page of pages) page.crash('killed');
  await village.world.runFor(ms);
  for (const page of pages) await back(page);
}

describe('a room of members', { timeout: 60_000 }, () => {
  test('ten speak at once, all hear all, and an idle room is quiet', async () => {
    const well = await wellOf('crowd', crowd);
    const { world } = well.village;
    const texts = well.people.flatMap((page) => [1, 2, 3].map((turn) => `${page.node.name} ${turn}`));
    for (const page of well.people) {
      for (const turn of [1, 2, 3]) void appOf(page).send(well.room, `${page.node.name} ${turn}`);
    }
    await well.allHave(texts);
    await world.runFor(5 * minuteMs);
    const before = world.events();
    await world.runFor(5 * minuteMs);
    // Heartbeats alone; a word a minute from each to each would be 10,000 more.
    expect(world.events() - before).toBeLessThan(12_000);
  });

  test('who only listened for long is understood at once', async () => {
    const well = await wellOf('listener', ['Asha', 'Juma', 'Neema']);
    const [asha, juma] = well.people as [Page, Page];
    const texts = Array.from({ length: 150 }, (_, at) => `line ${at}`);
    for (const text of texts) await well.say(asha, text);
    await well.allHave(texts.slice(-30));
    await well.say(juma, 'I listened');
    await well.village.until(
      'all heard',
      () => well.people.every((page) => textsOf(appOf(page), well.room).includes('I listened')),
      3_000,
    );
  });

  test('two come at the same time through two members', async () => {
    const well = await wellOf('two at once', ['Asha', 'Juma']);
    const { world, until } = well.village;
    const [asha, juma] = well.people as [Page, Page];
    // Each sees one of them only.
    world.paths.cut(['Asha'], ['Juma']);
    world.paths.cut(['Asha'], ['Zuri']);
    world.paths.cut(['Juma'], ['Neema']);
    const [neema, zuri] = [await well.knocker('Neema'), await well.knocker('Zuri')];
    await until('both are in', () => well.isIn(neema) && well.isIn(zuri), 5 * minuteMs);
    world.paths.heal();
    await well.say(neema, 'I am Neema');
    await well.say(zuri, 'I am Zuri');
    await well.say(asha, 'welcome');
    await well.say(juma, 'both of you');
    await well.allHave(['I am Neema', 'I am Zuri', 'welcome', 'both of you']);
    for (const page of well.people) expect(membersOf(well, page)).toHaveLength(3);
  });

  test('concurrent removals of two by two, across a cut: both are out, and the rest go on under one key', async () => {
    const well = await wellOf('two removals', crowd.slice(0, 6));
    const { world, until } = well.village;
    const [asha, juma, neema, zuri, baraka, chiku] = well.people as [Page, Page, Page, Page, Page, Page];
    await world.finish(appOf(asha).makeAdmin(well.room, well.personOf(asha, 'Juma')!.person));
    await until('Juma is admin', () =>
      well.people.every((page) => page === juma || well.personOf(page, 'Juma')?.role === 'admin'),
    );
    const [some, others] = [
      ['Asha', 'Baraka', 'Neema'],
      ['Juma', 'Chiku', 'Zuri', 'relay'],
    ];
    world.paths.cut(some, others);
    await world.runFor(30_000);
    expect(await remove(well, asha, 'Zuri')).toBe(true);
    expect(await remove(well, juma, 'Neema')).toBe(true);
    await well.say(asha, 'here without Zuri');
    await well.say(juma, 'here without Neema');
    await world.runFor(30_000);
    world.paths.heal();
    const left = [asha, juma, baraka, chiku];
    await until('both are out', () => left.every((page) => membersOf(well, page).length === 3), 5 * minuteMs);
    await until('and know it', () => [neema, zuri].every((page) => stageOf(well, page) === 'out'), 5 * minuteMs);
    await well.say(baraka, 'who is left?');
    await well.say(chiku, 'four of us');
    await well.allHave(['who is left?', 'four of us'], left);
    for (const page of [neema, zuri]) expect(textsOf(appOf(page), well.room)).not.toContain('who is left?');
  });

  test('[O5] two admins put each other out: one side remains, the same for everybody', async () => {
    const well = await wellOf('mutual', ['Asha', 'Juma', 'Neema', 'Zuri']);
    const { world, until } = well.village;
    const [asha, juma, neema, zuri] = well.people as [Page, Page, Page, Page];
    await world.finish(appOf(asha).makeAdmin(well.room, well.personOf(asha, 'Juma')!.person));
    await until('Juma is admin', () => [neema, zuri].every((page) => well.personOf(page, 'Juma')?.role === 'admin'));
    await until('and knows', () => roomOf(appOf(juma), well.room).role === 'admin');
    world.paths.cut(['Asha', 'Neema'], ['Juma', 'Zuri', 'relay']);
    await remove(well, asha, 'Juma');
    // Juma is the younger admin: his own app would not let him, so he takes Neema.
    await remove(well, juma, 'Neema');
    await world.runFor(20_000);
    world.paths.heal();
    await until('Juma is out', () => stageOf(well, juma) === 'out', 5 * minuteMs);
    await until('they agree', () => new Set([asha, zuri].map((page) => membersOf(well, page).length)).size === 1, 5 * minuteMs);
    await well.say(asha, 'so');
    await well.say(zuri, 'it goes on');
    const rest = [asha, zuri, ...(well.isIn(neema) ? [neema] : [])];
    await well.allHave(['so', 'it goes on'], rest);
  });

  test('away for a day while the keys moved on, and back', async () => {
    const well = await wellOf('away', ['Asha', 'Juma', 'Neema', 'Zuri']);
    const { world } = well.village;
    const [asha, juma, , zuri] = well.people as [Page, Page, Page, Page];
    await well.say(juma, 'before');
    await well.allHave(['before']);
    juma.crash('power-cut');
    await remove(well, asha, 'Neema');
    await well.say(asha, 'while you were away');
    await world.runFor(dayMs);
    await well.say(zuri, 'still away');
    await well.back(juma);
    await well.say(juma, 'I am back');
    await well.allHave(['while you were away', 'still away', 'I am back'], [asha, juma, zuri]);
  });

  test('[K5] away for eight days, with the keys of before erased, and back', async () => {
    const well = await wellOf('long away', ['Asha', 'Juma', 'Neema', 'Zuri']);
    const [asha, juma, , zuri] = well.people as [Page, Page, Page, Page];
    await well.say(juma, 'before');
    await well.allHave(['before']);
    juma.crash('power-cut');
    await remove(well, asha, 'Neema');
    await well.say(zuri, 'while you were away');
    await restAll(well, 8 * dayMs, [asha, zuri]);
    await well.say(asha, 'erased');
    await well.back(juma);
    await well.allHave(['while you were away', 'erased'], [asha, juma, zuri]);
    await well.say(juma, 'I am back');
    await well.say(asha, 'at last');
    await well.allHave(['I am back', 'at last'], [asha, juma, zuri]);
  });

  test('[K5] the same where who made the new keys is gone too', async () => {
    const well = await wellOf('long away, no maker', ['Asha', 'Juma', 'Neema', 'Zuri']);
    const [asha, juma, , zuri] = well.people as [Page, Page, Page, Page];
    for (const page of well.people) await well.say(page, `${page.node.name} is here`);
    await well.allHave(well.people.map((page) => `${page.node.name} is here`));
    juma.crash('power-cut');
    await remove(well, asha, 'Neema');
    await well.say(zuri, 'while you were away');
    await well.allHave(['while you were away'], [asha, zuri]);
    await restAll(well, 8 * dayMs, [asha, zuri]);
    await well.say(zuri, 'erased');
    await well.allHave(['erased'], [asha, zuri]);
    asha.crash('power-cut');
    await well.back(juma);
    await well.say(juma, 'I am back');
    await well.allHave(['while you were away', 'erased', 'I am back'], [juma, zuri]);
  });

  test('everybody went for ten days at once, and meets again', async () => {
    const well = await wellOf('all away', ['Asha', 'Juma', 'Neema']);
    const { world } = well.village;
    for (const page of well.people) await well.say(page, `${page.node.name} before`);
    await well.allHave(well.people.map((page) => `${page.node.name} before`));
    for (const page of well.people) page.crash('killed');
    await world.runFor(10 * dayMs);
    for (const page of well.people) await well.back(page);
    for (const page of well.people) await well.say(page, `${page.node.name} after`);
    await well.allHave(well.people.map((page) => `${page.node.name} after`));
  });

  test('the relay goes and comes back, among lost and late frames', async () => {
    const well = await wellOf('weather', crowd.slice(0, 8), { path: { delayMs: 60, jitterMs: 200, loss: 0.08 } });
    const { world, relay } = well.village;
    const texts: string[] = [];
    const say = (text: string): void => {
      texts.push(text);
      const page = well.people[texts.length % well.people.length]!;
      if (page.running() !== null) void appOf(page).send(well.room, text);
    };
    for (let at = 0; at < 10; at += 1) say(`fair ${at}`);
    relay.crash('killed');
    for (let at = 0; at < 10; at += 1) {
      say(`without ${at}`);
      await world.runFor(2_000);
      world.breakLinks(crowd[at % 8]!, crowd[(at + 3) % 8]!);
    }
    relay.start();
    for (let at = 0; at < 10; at += 1) say(`again ${at}`);
    await well.allHave(texts);
  });

  test('[O7] a link taken back while somebody knocks lets nobody in, and harms nobody', async () => {
    for (const afterMs of [0, 200, 1_000, 3_000]) {
      const well = await wellOf(`withdrawn ${afterMs}`, ['Asha', 'Juma']);
      const { world } = well.village;
      const [asha, juma] = well.people as [Page, Page];
      // Before they hear of each other.
      world.paths.cut(['Neema'], ['relay']);
      const neema = await well.knocker('Neema');
      world.paths.heal();
      await world.runFor(afterMs);
      await world.finish(appOf(asha).withdrawInvites(well.room));
      await world.runFor(2 * minuteMs);
      await well.say(asha, 'who is here?');
      await well.say(juma, 'I');
      await well.allHave(['who is here?', 'I'], [asha, juma]);
      const isIn = membersOf(well, asha).includes('Neema');
      expect([afterMs, membersOf(well, juma).includes('Neema'), well.isIn(neema)]).toEqual([afterMs, isIn, isIn]);
    }
  });

  test('[O7] who was put out knocks again with the old link in vain; with a new one they are in again', async () => {
    const well = await wellOf('again', ['Asha', 'Juma', 'Neema']);
    const { world, until } = well.village;
    const [asha, juma, neema] = well.people as [Page, Page, Page];
    await remove(well, asha, 'Neema');
    await until('Neema is out', () => stageOf(well, neema) === 'out');
    await well.say(asha, 'without Neema');
    await world.finish(appOf(neema).joinRoom(well.link));
    await world.runFor(2 * minuteMs);
    expect([stageOf(well, neema), membersOf(well, juma)]).toEqual(['out', ['Asha']]);
    await world.finish(appOf(neema).leaveRoom(well.room));
    const link = await world.finish(appOf(asha).invite(well.room));
    expect(link).not.toBe(well.link);
    await world.finish(appOf(neema).joinRoom(link ?? ''));
    await world.finish(appOf(neema).show(well.room));
    await until('Neema is in again', () => well.isIn(neema));
    await well.say(neema, 'again');
    await well.say(juma, 'welcome back');
    await well.allHave(['again', 'welcome back']);
    expect(textsOf(appOf(neema), well.room)).not.toContain('without Neema');
  });

  test('put out and asked in again without leaving: what they had is still there', async () => {
    const well = await wellOf('asked back', ['Asha', 'Juma', 'Neema']);
    const { world, until } = well.village;
    const [asha, , neema] = well.people as [Page, Page, Page];
    await well.say(neema, 'first');
    await well.allHave(['first']);
    await remove(well, asha, 'Neema');
    await until('Neema is out', () => stageOf(well, neema) === 'out');
    await well.say(asha, 'without Neema');
    const link = await world.finish(appOf(asha).invite(well.room));
    await world.finish(appOf(neema).joinRoom(link ?? ''));
    await until('Neema is in again', () => well.isIn(neema));
    await well.say(neema, 'second');
    await well.say(asha, 'third');
    await well.allHave(['first', 'second', 'third']);
    expect(textsOf(appOf(neema), well.room)).toEqual(['first', 'second', 'third']);
  });

  test('[K10] left, heard by all or by none, and back again by the same link', async () => {
    for (const isHeard of [true, false]) {
      const well = await wellOf(`left ${isHeard}`, ['Asha', 'Juma', 'Neema']);
      const { world, until } = well.village;
      const [asha, juma, neema] = well.people as [Page, Page, Page];
      await well.say(neema, 'first');
      await well.allHave(['first']);
      if (!isHeard) world.paths.cut(['Neema'], ['Asha', 'Juma', 'relay']);
      await world.finish(appOf(neema).leaveRoom(well.room));
      await world.runFor(minuteMs);
      expect(membersOf(well, asha).includes('Neema')).toBe(!isHeard);
      world.paths.heal();
      const link = isHeard ? await world.finish(appOf(asha).invite(well.room)) : well.link;
      await world.finish(appOf(neema).joinRoom(link ?? ''));
      await world.finish(appOf(neema).show(well.room));
      await until('Neema is in again', () => well.isIn(neema), 5 * minuteMs);
      await well.say(neema, 'second');
      await well.say(juma, 'third');
      await well.allHave(['second', 'third']);
    }
  });
});
