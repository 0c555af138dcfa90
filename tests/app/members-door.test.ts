/** At the door of a room of members: who waits is told how it stands, and nobody loses by waiting what they had. */
import { describe, expect, test } from 'vitest';
import { decodeInviteLink } from '../../src/protocol/contact/invite-link.ts';
import { under } from '../../src/app/records.ts';
import type { RoomView } from '../../src/app/view.ts';
import type { Page } from '../simulation/page.ts';
import { appOf, roomOf, textsOf } from './village.ts';
import { wellOf } from './well.ts';
import type { Well } from './well.ts';

const minuteMs = 60_000;
const hourMs = 3_600_000;

const standing = (well: Well, page: Page): readonly [RoomView['stage'], RoomView['wait']] => {
  const { stage, wait } = roomOf(appOf(page), well.room);
  return [stage, wait];
};
const untilWait = (well: Well, page: Page, wait: RoomView['wait'], capMs?: number): Promise<void> =>
  well.village.until(`${page.node.name} sees ${wait}`, () => roomOf(appOf(page), well.room).wait === wait, capMs);
const open = (well: Well, page: Page, link: string): Promise<unknown> => well.village.world.finish(appOf(page).joinRoom(link));
const stop = (well: Well, page: Page): Promise<void> => well.village.world.finish(appOf(page).stopWaiting(well.room));
const withdraw = (well: Well, page: Page): Promise<unknown> => well.village.world.finish(appOf(page).withdrawInvites(well.room));
const invite = async (well: Well, page: Page): Promise<string> => {
  const link = await well.village.world.finish(appOf(page).invite(well.room));
  if (link === null) throw new Error('no invite');
  return link;
};
const remove = async (well: Well, by: Page, page: Page): Promise<void> => {
  const member = well.personOf(by, page.node.name);
  if (member === null) throw new Error('not known');
  await well.village.world.finish(appOf(by).removePerson(well.room, member.person));
  await well.village.until('out', () => standing(well, page)[0] === 'out');
};
const restart = async (well: Well, page: Page): Promise<void> => {
  page.crash('power-cut');
  await well.back(page);
};

describe('who was put out', { timeout: 60_000 }, () => {
  /** Neema was in, and said and heard something. */
  async function putOut(seed: string): Promise<{ well: Well; asha: Page; juma: Page; neema: Page }> {
    const well = await wellOf(seed, ['Asha', 'Juma', 'Neema']);
    const [asha, juma, neema] = well.people as [Page, Page, Page];
    await well.say(neema, 'mine');
    await well.say(asha, 'theirs');
    await well.allHave(['mine', 'theirs']);
    await remove(well, asha, neema);
    return { well, asha, juma, neema };
  }
  const had = ['mine', 'theirs'];

  test('reads what they had while they knock again, over a restart too, and stops waiting without losing it', async () => {
    const { well, asha, juma, neema } = await putOut('out again');
    const link = await invite(well, asha);
    for (const page of [asha, juma]) page.crash('killed');
    await open(well, neema, link);
    expect(standing(well, neema)[0]).toBe('out');
    expect(textsOf(appOf(neema), well.room)).toEqual(had);
    await restart(well, neema);
    await untilWait(well, neema, 'alone');
    expect(standing(well, neema)).toEqual(['out', 'alone']);
    expect(textsOf(appOf(neema), well.room)).toEqual(had);
    await stop(well, neema);
    expect([standing(well, neema), textsOf(appOf(neema), well.room)]).toEqual([['out', null], had]);
    await restart(well, neema);
    await well.village.world.runFor(minuteMs);
    expect([standing(well, neema), textsOf(appOf(neema), well.room)]).toEqual([['out', null], had]);
    // Nobody lets in who does not wait.
    for (const page of [asha, juma]) await well.back(page);
    await well.village.world.runFor(minuteMs);
    expect(standing(well, neema)).toEqual(['out', null]);
    await open(well, neema, link);
    await well.village.until('in again', () => well.isIn(neema));
    expect(standing(well, neema)).toEqual(['in', null]);
    await well.say(neema, 'again');
    await well.allHave([...had, 'again'], [neema]);
    await well.allHave(['again'], [asha, juma]);
  });

  test('is let in while the page was closed meanwhile', async () => {
    const { well, asha, neema } = await putOut('out and away');
    const link = await invite(well, asha);
    await open(well, neema, link);
    await restart(well, neema);
    await well.village.until('in again', () => well.isIn(neema));
    expect(textsOf(appOf(neema), well.room)).toEqual(had);
    await restart(well, neema);
    expect(standing(well, neema)).toEqual(['in', null]);
  });

  test('[O7] [F5] knows by itself that the old link has ended, with nobody there to say so', async () => {
    const { well, asha, juma, neema } = await putOut('out by the old link');
    for (const page of [asha, juma]) page.crash('killed');
    await open(well, neema, well.link);
    expect([standing(well, neema), textsOf(appOf(neema), well.room)]).toEqual([['out', 'over'], had]);
    for (const page of [asha, juma]) await well.back(page);
    const link = await invite(well, asha);
    await open(well, neema, link);
    await well.village.until('in again', () => well.isIn(neema));
  });

  test('[K10] left once, and what they had the second time is not set back to it', async () => {
    const well = await wellOf('left once', ['Asha', 'Juma', 'Neema']);
    const [asha, , neema] = well.people as [Page, Page, Page];
    await well.village.world.finish(appOf(neema).leaveRoom(well.room));
    await well.village.until('gone', () => well.personOf(asha, 'Neema') === null);
    await open(well, neema, await invite(well, asha));
    await well.village.world.finish(appOf(neema).show(well.room));
    await well.village.until('in again', () => well.isIn(neema));
    await well.say(neema, 'second time');
    await well.allHave(['second time']);
    await remove(well, asha, neema);
    const { vault } = well.handsOf(neema);
    const before = vault.room(well.room)!;
    await open(well, neema, await invite(well, asha));
    const after = vault.room(well.room)!;
    expect(after.graph.count).toBeGreaterThanOrEqual(before.graph.count);
    expect(after.keyring.epochs.map(({ id }) => id)).toEqual(expect.arrayContaining(before.keyring.epochs.map(({ id }) => id)));
    await well.village.until('in again', () => well.isIn(neema));
    await well.say(neema, 'third time');
    await well.allHave(['second time', 'third time']);
  });
});

describe('who was never in', { timeout: 60_000 }, () => {
  test('stops waiting, and the empty room is gone, over a restart too', async () => {
    const well = await wellOf('never in', ['Asha']);
    const [asha] = well.people as [Page];
    asha.crash('killed');
    const zuri = await well.knocker('Zuri');
    expect(standing(well, zuri)).toEqual(['knocking', 'alone']);
    await restart(well, zuri);
    await untilWait(well, zuri, 'alone');
    await stop(well, zuri);
    expect(appOf(zuri).view().rooms).toEqual([]);
    await restart(well, zuri);
    expect(appOf(zuri).view().rooms).toEqual([]);
  });

  test('takes a fresh link in place of one that holds no more', async () => {
    const well = await wellOf('fresh link', ['Asha']);
    const [asha] = well.people as [Page];
    await withdraw(well, asha);
    const zuri = await well.knocker('Zuri');
    await untilWait(well, zuri, 'over');
    const link = await invite(well, asha);
    asha.crash('killed');
    await open(well, zuri, link);
    await untilWait(well, zuri, 'alone', 3 * minuteMs);
    // It is the new one that is waited behind, also after a restart.
    await restart(well, zuri);
    await untilWait(well, zuri, 'alone');
    await well.village.world.runFor(minuteMs);
    expect(standing(well, zuri)).toEqual(['knocking', 'alone']);
    await well.back(asha);
    await well.village.until('let in', () => well.isIn(zuri));
    expect(standing(well, zuri)).toEqual(['in', null]);
  });

  test('sees whether anybody is there who might let them in; others who only wait are not', async () => {
    const well = await wellOf('two wait', ['Asha']);
    const { world, until } = well.village;
    const [asha] = well.people as [Page];
    asha.crash('killed');
    const zuri = await well.knocker('Zuri');
    const baraka = await well.knocker('Baraka');
    await world.runFor(minuteMs);
    expect([standing(well, zuri), standing(well, baraka)]).toEqual([
      ['knocking', 'alone'],
      ['knocking', 'alone'],
    ]);
    await well.back(asha);
    await until('both in', () => well.isIn(zuri) && well.isIn(baraka));
  });

  test('sees that somebody is there, and that they went', async () => {
    const well = await wellOf('came and went', ['Asha']);
    const [asha] = well.people as [Page];
    // There, and not able to answer: her disk takes nothing.
    asha.node.disk.faults.failCommits = 1_000;
    const zuri = await well.knocker('Zuri');
    await untilWait(well, zuri, 'asked');
    asha.crash('killed');
    await untilWait(well, zuri, 'alone', 3 * minuteMs);
    expect(well.isIn(zuri)).toBe(false);
  });
  test('whose answer never came comes in by another link', async () => {
    const well = await wellOf('missed answer', ['Asha']);
    const { world, until } = well.village;
    const [asha] = well.people as [Page];
    const zuri = await well.village.person('Zuri');
    await open(well, zuri, well.link);
    await until('Asha has let them in', () => well.personOf(asha, 'Zuri') !== null);
    world.paths.cut(['Zuri'], ['Asha', 'relay']);
    await world.runFor(minuteMs);
    expect(standing(well, zuri)[0]).toBe('knocking');
    await stop(well, zuri);
    await withdraw(well, asha);
    const link = await invite(well, asha);
    world.paths.heal();
    await open(well, zuri, link);
    await until('in', () => well.isIn(zuri), 5 * minuteMs);
    await well.village.world.finish(appOf(zuri).show(well.room));
    await well.say(asha, 'at last');
    await well.allHave(['at last'], [asha, zuri]);
  });
});

describe('a link that has ended', { timeout: 60_000 }, () => {
  test('[F5] withdrawn: a member says so, it is kept over a restart, and says no more', async () => {
    const well = await wellOf('withdrawn', ['Asha', 'Juma']);
    const [asha, juma] = well.people as [Page, Page];
    await withdraw(well, asha);
    // Who holds the secret is Asha; Juma never had it.
    const zuri = await well.knocker('Zuri');
    await untilWait(well, zuri, 'over');
    const used = asha.node.disk.usedBytes();
    for (const page of [asha, juma]) page.crash('killed');
    await restart(well, zuri);
    await untilWait(well, zuri, 'over');
    expect(standing(well, zuri)).toEqual(['knocking', 'over']);
    expect(asha.node.disk.usedBytes()).toBe(used);
    // It knows no more of the room than the link told.
    expect(well.handsOf(zuri).vault.room(well.room)).toBe(null);
    expect(roomOf(appOf(zuri), well.room).people).toEqual([]);
  });

  test('[F4] over by the own clock, with nobody there, and with somebody', async () => {
    for (const isThere of [false, true]) {
      const well = await wellOf(`expired ${isThere}`, ['Asha']);
      const [asha] = well.people as [Page];
      if (!isThere) asha.crash('killed');
      else asha.node.disk.faults.failCommits = 1_000;
      const zuri = await well.knocker('Zuri');
      await untilWait(well, zuri, isThere ? 'asked' : 'alone');
      const link = decodeInviteLink(well.link, well.village.wallMs());
      if ('refused' in link || link.kind !== 'members') throw new Error('no link');
      const endMs = (link.expiresHour + 25) * hourMs;
      zuri.crash('killed');
      if (isThere) asha.crash('killed');
      await well.village.world.runFor(endMs - well.village.wallMs() - minuteMs);
      await well.back(zuri);
      await untilWait(well, zuri, 'alone');
      await well.village.world.runFor(2 * minuteMs);
      expect(standing(well, zuri)).toEqual(['knocking', 'over']);
    }
  });

  test('[F5] is waited behind all the same: whoever has not heard of its end lets in', async () => {
    const well = await wellOf('ended for one', ['Asha', 'Juma']);
    const { world } = well.village;
    const [asha, juma] = well.people as [Page, Page];
    // Made while Juma is in, so that he can answer by it too.
    await withdraw(well, asha);
    const link = await invite(well, asha);
    await world.runFor(5_000);
    world.paths.cut(['Juma'], ['Asha']);
    juma.crash('killed');
    await withdraw(well, asha);
    const zuri = await well.knocker('Zuri', link);
    await untilWait(well, zuri, 'over');
    asha.crash('killed');
    await well.back(juma);
    await well.village.until('let in', () => well.isIn(zuri), 5 * minuteMs);
    expect(standing(well, zuri)).toEqual(['in', null]);
  });

  test('[F5] has its place attended for a day, and its secret is off the disk then', async () => {
    const well = await wellOf('a day', ['Asha']);
    const [asha] = well.people as [Page];
    await withdraw(well, asha);
    const secrets = async (): Promise<number> => {
      const { storage } = well.handsOf(asha).core;
      return (await well.village.world.finish(storage.range(under('invite')))).length;
    };
    asha.crash('killed');
    await well.village.world.runFor(23 * hourMs);
    await well.back(asha);
    await well.village.world.runFor(minuteMs);
    expect(await secrets()).toBe(1);
    const zuri = await well.knocker('Zuri');
    await untilWait(well, zuri, 'over');
    for (const page of [asha, zuri]) page.crash('killed');
    await well.village.world.runFor(2 * hourMs);
    await well.back(asha);
    await well.village.world.runFor(minuteMs);
    expect(await secrets()).toBe(0);
    const late = await well.knocker('Late');
    await well.village.world.runFor(2 * minuteMs);
    expect(standing(well, late)).toEqual(['knocking', 'alone']);
  });
});
