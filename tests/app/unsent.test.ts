/** What is written and not said: there after a restart, and gone with the commit that says it. */
import { describe, expect, test } from 'vitest';
import type { RoomId } from '../../src/protocol/ids.ts';
import type { Page } from '../simulation/page.ts';
import { copyOf } from './set-back.ts';
import { appOf, createVillage, textsOf } from './village.ts';
import type { Village } from './village.ts';
import { wellOf } from './well.ts';

const kinds = ['open', 'members', 'direct'] as const;

/** Asha in a room of that kind, shown. */
async function seated(seed: string, kind: (typeof kinds)[number]): Promise<{ village: Village; asha: Page; room: RoomId }> {
  if (kind === 'direct') {
    const well = await wellOf(seed, ['Asha', 'Juma']);
    const [asha] = well.people as [Page];
    const room = await well.village.world.finish(appOf(asha).startDirect(well.personOf(asha, 'Juma')!.person));
    return { village: well.village, asha, room: room! };
  }
  const village = createVillage(seed);
  const asha = await village.person('Asha');
  return { village, asha, room: (await village.world.finish(appOf(asha).startRoom('The well', kind)))! };
}

describe.each(kinds)('in a room: %s', (kind) => {
  test('it is there after a restart, and gone once it is said', async () => {
    const { village, asha, room } = await seated(`unsent ${kind}`, kind);
    const { world } = village;
    for (const text of ['h', 'ha', 'hab', 'haba na haba']) void appOf(asha).keepUnsent(room, text);
    await world.runFor(1_000);
    asha.crash('killed');
    await world.finish(asha.start([room]));
    expect(await world.finish(appOf(asha).unsent(room))).toBe('haba na haba');
    await world.finish(appOf(asha).send(room, 'haba na haba'));
    expect(await world.finish(appOf(asha).unsent(room))).toBe('');
    await world.finish(appOf(asha).keepUnsent(room, 'hujaza'));
    await world.finish(appOf(asha).keepUnsent(room, ''));
    expect([...copyOf(asha).records.keys()].filter((key) => key.startsWith('unsent/'))).toEqual([]);
  });

  test('the page goes at any moment: it is said, or still unsent, and never both', async () => {
    let both = 0;
    for (let afterMs = 0; afterMs < 40; afterMs += 2) {
      const { village, asha, room } = await seated(`unsent ${kind} ${afterMs}`, kind);
      const { world } = village;
      await world.finish(appOf(asha).keepUnsent(room, 'haba na haba'));
      void appOf(asha).send(room, 'haba na haba');
      await world.runFor(afterMs);
      asha.crash('killed');
      await world.finish(asha.start([room]));
      const isUnsent = (await world.finish(appOf(asha).unsent(room))) === 'haba na haba';
      expect([afterMs, isUnsent]).toEqual([afterMs, !textsOf(appOf(asha), room).includes('haba na haba')]);
      both |= isUnsent ? 1 : 2;
    }
    expect(both).toBe(3);
  });
});

test('it goes with the room, and an invite waits before there is anybody', async () => {
  const village = createVillage('unsent invite');
  const { world } = village;
  const asha = await village.person('Asha');
  const room = (await world.finish(appOf(asha).startRoom('The well', 'open')))!;
  await world.finish(appOf(asha).keepUnsent(room, 'haba na haba'));
  await world.finish(appOf(asha).keepUnsent('invite', 'join/x'));
  await world.finish(appOf(asha).leaveRoom(room));
  expect(await world.finish(appOf(asha).unsent(room))).toBe('');
  expect(await world.finish(appOf(asha).unsent('invite'))).toBe('join/x');
});

test('a full disk is no trouble before it is said', async () => {
  const village = createVillage('unsent full');
  const { world } = village;
  const asha = await village.person('Asha');
  const room = (await world.finish(appOf(asha).startRoom('The well', 'open')))!;
  asha.node.disk.faults.quotaBytes = 0;
  await world.finish(appOf(asha).keepUnsent(room, 'haba na haba'));
  expect(appOf(asha).view().trouble).toBeNull();
});
