/** What is said in a room of members while nobody else is in it: nobody will read it, and it never looks as if somebody might. */
import { describe, expect, test } from 'vitest';
import type { Page } from '../simulation/page.ts';
import { appOf, createVillage, messagesOf, textsOf } from './village.ts';
import { wellOf } from './well.ts';
import type { Well } from './well.ts';

const minuteMs = 60_000;

describe('what was said with nobody else there', { timeout: 60_000 }, () => {
  const markOf = (well: Well, page: Page, text: string): unknown =>
    messagesOf(appOf(page), well.room).find((message) => message.text === text)?.mark;

  test('is marked so from the beginning, stays so when others come, and over a restart', async () => {
    const well = await wellOf('alone', ['Asha']);
    const [asha] = well.people as [Page];
    await well.say(asha, 'to nobody');
    expect(markOf(well, asha, 'to nobody')).toEqual({ state: 'alone' });
    const juma = await well.knocker('Juma');
    await well.village.until('in', () => well.isIn(juma));
    await well.say(asha, 'to Juma');
    await well.allHave(['to Juma']);
    await well.village.until('marked', () => JSON.stringify(markOf(well, asha, 'to Juma')) === '{"state":"received","by":1}');
    await well.village.world.runFor(minuteMs);
    expect(markOf(well, asha, 'to nobody')).toEqual({ state: 'alone' });
    asha.crash('power-cut');
    await well.back(asha);
    expect(markOf(well, asha, 'to nobody')).toEqual({ state: 'alone' });
    await well.village.world.runFor(minuteMs);
    expect(markOf(well, asha, 'to nobody')).toEqual({ state: 'alone' });
    expect(textsOf(appOf(juma), well.room)).toEqual(['to Juma']);
  });

  test('once all others were put out it is so again', async () => {
    const well = await wellOf('alone again', ['Asha', 'Juma']);
    const [asha, juma] = well.people as [Page, Page];
    const member = well.personOf(asha, 'Juma');
    if (member === null) throw new Error('not known');
    await well.village.world.finish(appOf(asha).removePerson(well.room, member.person));
    await well.say(asha, 'to nobody');
    expect(markOf(well, asha, 'to nobody')).toEqual({ state: 'alone' });
    const link = await well.village.world.finish(appOf(asha).invite(well.room));
    await well.village.until('out', () => !well.isIn(juma));
    await well.village.world.finish(appOf(juma).joinRoom(link ?? ''));
    await well.village.until('in', () => well.isIn(juma));
    await well.village.world.runFor(minuteMs);
    expect(markOf(well, asha, 'to nobody')).toEqual({ state: 'alone' });
  });

  test('in an open room it waits: whoever comes reads it', async () => {
    const village = createVillage('alone, open');
    const asha = await village.person('Asha');
    const room = await village.room([asha]);
    await village.world.finish(appOf(asha).send(room, 'for whoever comes'));
    expect(messagesOf(appOf(asha), room)[0]?.mark).toEqual({ state: 'waiting' });
  });
});
