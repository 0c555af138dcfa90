/** Whoever reloads is met on a new path while the old one still looks alive: nobody may take them for a stranger meanwhile. */
import { expect, test } from 'vitest';
import { operationsOf } from '../../src/protocol/rooms/graph.ts';
import { receive } from '../../src/protocol/rooms/room.ts';
import type { Page } from '../simulation/page.ts';
import { deviceOf } from './members-insider.ts';
import { appOf } from './village.ts';
import { wellOf } from './well.ts';

test(
  'new keys that never went out come soon after who made them is back, though they are here twice',
  { timeout: 60_000 },
  async () => {
    const well = await wellOf('here twice', ['Asha', 'Juma', 'Neema']);
    const [asha, juma] = well.people as [Page, Page];
    const { world, until } = well.village;
    const maker = deviceOf(asha);
    await well.say(asha, 'all three');
    await well.allHave(['all three']);
    await world.runFor(5_000);
    world.paths.cut(['Asha'], ['Juma', 'Neema', 'relay']);
    await world.finish(appOf(asha).removePerson(well.room, well.personOf(asha, 'Neema')!.person));
    const operations = operationsOf(well.handsOf(asha).vault.room(well.room)!.graph);
    asha.crash('killed');
    world.paths.heal();
    // What was done there he has heard from somebody else; the keys are for him alone.
    const { core, vault, peers } = well.handsOf(juma);
    const take = (): Promise<boolean> =>
      vault.turn((turn) => {
        for (const { bytes } of operations) {
          const change = receive(turn.room(well.room)!, vault.hands(), bytes);
          if (!('refused' in change)) turn.setRoom(change.room);
        }
      });
    expect(await world.finish(core.lane.run(take))).toBe(true);
    const here = (): number => peers.inRoom(well.room).filter(({ device }) => device === maker).length;
    expect([here(), await well.say(juma, 'too early')]).toEqual([1, false]);
    await well.back(asha);
    await until('known on the new path too', () => here() === 2, 5_000);
    await world.runFor(500);
    expect(await well.say(juma, 'soon')).toBe(true);
    await well.allHave(['soon'], [asha, juma]);
  },
);
