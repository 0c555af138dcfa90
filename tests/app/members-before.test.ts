/** [K2] [Y1] Whoever comes reads nothing from before, by nobody's clock. */
import { expect, test } from 'vitest';
import { encodeBetween } from '../../src/protocol/entries/between.ts';
import { headsOf } from '../../src/protocol/rooms/graph.ts';
import { encodePart } from '../../src/protocol/sync/parts.ts';
import type { Page } from '../simulation/page.ts';
import { deviceOf, insiderOf } from './members-insider.ts';
import { appOf, textsOf } from './village.ts';
import { wellOf } from './well.ts';

test(
  'whoever comes is given nothing from before they came, where its author is two hours ahead',
  { timeout: 60_000 },
  async () => {
    for (const isRestarted of [false, true]) {
      const well = await wellOf(`ahead ${isRestarted}`, ['Asha']);
      const [asha] = well.people as [Page];
      const { world, until } = well.village;
      world.node('Juma', { home: '/memory/relay', clockSkewMs: 2 * 3_600_000 } as never);
      const juma = await well.knocker('Juma');
      await until('in', () => well.isIn(juma));
      for (const text of ['between us two', 'an hour before']) expect(await well.say(juma, text)).toBe(true);
      expect(await well.say(asha, 'I agree')).toBe(true);
      await well.allHave(['between us two', 'an hour before', 'I agree']);
      await world.runFor(3_600_000);
      const late = await well.knocker('Late');
      await until('in', () => well.isIn(late));
      await world.runFor(60_000);
      for (const page of isRestarted ? [asha, juma] : []) {
        page.crash('killed');
        await well.back(page);
        await world.runFor(30_000);
      }
      // Late says to have nothing at all.
      const liar = insiderOf(well, late);
      for (const page of [asha, juma]) {
        const part = encodePart({ kind: 'summary', asks: true, heads: headsOf(liar.sealed().graph), clocks: [] });
        await liar.tell(deviceOf(page), encodeBetween({ kind: 'sync', room: well.room, part }));
      }
      await world.runFor(60_000);
      late.crash('killed');
      await world.runFor(120_000);
      expect(await well.say(juma, 'while Late is away')).toBe(true);
      expect(await well.say(asha, 'me too')).toBe(true);
      await well.allHave(['while Late is away', 'me too'], [asha, juma]);
      await well.back(late);
      await well.allHave(['while Late is away', 'me too'], [late]);
      const late2 = textsOf(appOf(late), well.room);
      for (const text of ['between us two', 'an hour before', 'I agree']) expect(late2).not.toContain(text);
    }
  },
);

test(
  'whoever is behind by the clock is heard all the same by who missed it and was there before',
  { timeout: 60_000 },
  async () => {
    const well = await wellOf('behind', ['Asha']);
    const [asha] = well.people as [Page];
    const { world, until } = well.village;
    world.node('Juma', { home: '/memory/relay', clockSkewMs: -10 * 60_000 } as never);
    const juma = await well.knocker('Juma');
    await until('Juma in', () => well.isIn(juma));
    const neema = await well.knocker('Neema');
    await until('Neema in', () => well.isIn(neema));
    await world.runFor(30_000);
    neema.crash('killed');
    await world.runFor(60_000);
    expect(await well.say(juma, 'The water is low')).toBe(true);
    await well.allHave(['The water is low'], [asha]);
    juma.crash('killed');
    await well.back(neema);
    await well.allHave(['The water is low'], [neema]);
  },
);
