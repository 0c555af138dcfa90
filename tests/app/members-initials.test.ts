/** [S3] The initials that were taken are remembered, and whoever lets in a crowd of puppets fills no more than one room's share of it. */
import { expect, test } from 'vitest';
import { hourOf } from '../../src/protocol/hour.ts';
import { limits } from '../../src/protocol/limits.ts';
import { keyOf, under } from '../../src/app/records.ts';
import type { Page } from '../simulation/page.ts';
import { deviceOf } from './members-insider.ts';
import { lose } from './set-back.ts';
import { appOf, roomOf } from './village.ts';
import { goOn, wellOf } from './well.ts';

test('full of one crowd, others are heard, and a link leads in elsewhere', { timeout: 60_000 }, async () => {
  const well = await wellOf('crowd', ['Asha', 'Juma']);
  const [asha, juma] = well.people as [Page, Page];
  const { world, until } = well.village;
  await well.say(juma, 'here');
  await well.allHave(['here']);
  const id = deviceOf(juma);
  const initialsOf = (device: string): number =>
    asha.node.disk.range(under('seen')).filter(({ value }) => new TextDecoder().decode(value).includes(device)).length;
  for (const page of [asha, juma]) page.crash('killed');
  // Seventeen puppets of this room began as often as they might, and so did more of other rooms.
  const value = (at: number): string => {
    const device = Math.floor(at / 32)
      .toString(16)
      .padStart(64, '0');
    const share = at < mostOfPuppets ? well.room : (1 + (at % 6)).toString(16).padStart(32, '0');
    return `${hourOf(well.village.wallMs()) + 300} ${device} ${share}`;
  };
  const writes = Array.from({ length: limits.seenInitials }, (_, at) => {
    const initialId = new Uint8Array(32)
      .fill(at & 255)
      .with(0, at >> 8)
      .with(1, 1);
    return { op: 'put', key: keyOf.seenInitial(initialId), value: new TextEncoder().encode(value(at)) } as const;
  });
  asha.node.disk.apply({ writes, durability: 'strict' }, 0);
  expect(lose(juma, 'pair/')).toBeGreaterThan(0);
  await well.back(asha);
  await well.back(juma);
  await goOn(well, [asha, juma], 'heard');
  await until('begun anew', () => initialsOf(id) > 0, 300_000);

  const neema = await well.village.person('Neema');
  const other = (await world.finish(appOf(neema).startRoom('other', 'members')))!;
  const link = (await world.finish(appOf(neema).invite(other)))!;
  await world.finish(appOf(asha).joinRoom(link));
  await until('in', () => roomOf(appOf(asha), other).stage === 'in');
});

/** Of a share all but the places that are kept for whoever begins for the first time. */
const mostOfPuppets = limits.seenInitials / 4 - limits.devicesPerRoom;
