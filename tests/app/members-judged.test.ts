/** A removal that comes later takes back what the removed went on saying (M2), the same on all sides. */
import { describe, expect, test } from 'vitest';
import type { Page } from '../simulation/page.ts';
import { appOf, roomOf, textsOf } from './village.ts';
import { wellOf } from './well.ts';
import type { Well } from './well.ts';

const minuteMs = 60_000;

/** Asha puts Zuri out on one side of a cut; on the other Zuri goes on. */
async function cutScene(seed: string): Promise<{ well: Well; asha: Page; juma: Page; neema: Page; zuri: Page }> {
  const well = await wellOf(seed, ['Asha', 'Juma', 'Neema', 'Zuri']);
  const [asha, juma, neema, zuri] = well.people as [Page, Page, Page, Page];
  const { world } = well.village;
  await world.finish(appOf(asha).makeAdmin(well.room, well.personOf(asha, 'Juma')!.person));
  await well.village.until('Juma is admin', () => roomOf(appOf(juma), well.room).role === 'admin');
  await well.say(zuri, 'before');
  await well.allHave(['before']);
  world.paths.cut(['Asha', 'Juma'], ['Neema', 'Zuri', 'relay']);
  await world.runFor(30_000);
  return { well, asha, juma, neema, zuri };
}

describe('[M2] a removal', { timeout: 60_000 }, () => {
  test('that comes later takes back what was said on the other side of the cut, and keeps what was said before', async () => {
    const { well, asha, juma, neema, zuri } = await cutScene('judged again');
    const { world, until } = well.village;
    await world.finish(appOf(asha).removePerson(well.room, well.personOf(asha, 'Zuri')!.person));
    await well.say(zuri, 'after, one');
    await well.say(zuri, 'after, two');
    await well.allHave(['after, one', 'after, two'], [neema, zuri]);
    world.paths.heal();
    await until('Zuri is out', () => roomOf(appOf(zuri), well.room).stage === 'out', 5 * minuteMs);
    await until('Neema knows', () => well.personOf(neema, 'Zuri') === null, 5 * minuteMs);
    await world.runFor(minuteMs);
    for (const page of [asha, juma, neema]) {
      expect(textsOf(appOf(page), well.room)).toEqual(['before']);
      expect(roomOf(appOf(page), well.room).last?.text).toBe('before');
    }
    neema.crash('power-cut');
    await well.back(neema);
    await world.runFor(5_000);
    expect(textsOf(appOf(neema), well.room)).toEqual(['before']);
    await well.say(neema, 'and on');
    await well.allHave(['and on'], [asha, juma, neema]);
  });

  test('that turns out void gives back what it took', async () => {
    const { well, asha, juma, neema, zuri } = await cutScene('judged back');
    const { world, until } = well.village;
    // Three islands: Asha, Juma, and the others.
    world.paths.cut(['Asha'], ['Juma']);
    await world.runFor(30_000);
    await well.say(zuri, 'after');
    await well.allHave(['after'], [neema, zuri]);
    await world.finish(appOf(juma).removePerson(well.room, well.personOf(juma, 'Zuri')!.person));
    await world.finish(appOf(asha).removePerson(well.room, well.personOf(asha, 'Juma')!.person));
    world.paths.heal();
    world.paths.cut(['Asha'], ['Juma', 'Neema', 'Zuri', 'relay']);
    await until('taken back', () => !textsOf(appOf(neema), well.room).includes('after'), 5 * minuteMs);
    world.paths.heal();
    await until('given back', () => textsOf(appOf(neema), well.room).includes('after'), 5 * minuteMs);
    await until('Zuri is a member', () => well.personOf(neema, 'Zuri') !== null, 5 * minuteMs);
    await well.allHave(['before', 'after'], [asha, neema]);
  });
});
