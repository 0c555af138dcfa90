/** Two tabs, one person: one leads, both show the same, and a change of leader neither loses nor doubles a message. */
import { expect, test } from 'vitest';
import type { LocalApp } from '../../src/app/start.ts';
import { shareApp } from '../../src/app/tabs.ts';
import type { MessageId } from '../../src/protocol/ids.ts';
import { openTab, startIn } from './tab.ts';
import { address, appOf, createVillage, roomOf, textsOf } from './village.ts';

test('both tabs are one person: one identity, the same rooms, the same messages', async () => {
  const village = createVillage('tabs');
  const { world, person, room, until } = village;
  const asha = await person('Asha');
  const well = await room([asha]);
  const [first, second] = [openTab(village.world, 'Baraka', address), openTab(village.world, 'Baraka', address)];
  await until('both are up', () => [first, second].every(({ app }) => app.view().stage === 'unnamed'));
  await world.finish(second.app.nameMe('Baraka'));
  await world.finish(second.app.joinRoom(roomOf(appOf(asha), well).invite ?? ''));
  await world.finish(second.app.show(well));
  await world.finish(second.app.send(well, 'From the second tab'));
  await until('heard', () => textsOf(appOf(asha), well).length === 1);
  await until('both show it', () => [first, second].every(({ app }) => textsOf(app, well).length === 1));
  await world.runFor(60_000);
  expect(textsOf(appOf(asha), well)).toEqual(['From the second tab']);
  expect(first.app.view().me).toEqual(second.app.view().me);
  expect(first.app.view().me).not.toBeNull();
  expect(roomOf(appOf(asha), well).people).toHaveLength(1);
  expect([first, second].filter(({ life }) => life.network().links().length > 0)).toHaveLength(1);
});

test('a tab is busy for as long as something it asked for is under way, be it the leader or another', async () => {
  const village = createVillage('busy');
  const tabs = [openTab(village.world, 'Baraka', address), openTab(village.world, 'Baraka', address)];
  await village.until('both are up', () => tabs.every(({ app }) => app.view().stage === 'unnamed'));
  for (const { app } of tabs) {
    expect(app.isBusy()).toBe(false);
    const named = app.nameMe('Baraka');
    expect(app.isBusy()).toBe(true);
    await village.world.finish(named);
    expect(app.isBusy()).toBe(false);
  }
});

test('the leader goes at any moment while the other sends: each message is there exactly once', async () => {
  for (let afterMs = 0; afterMs < 40; afterMs += 2) {
    const village = createVillage(`handover ${afterMs}`);
    const { world, person, room, until } = village;
    const asha = await person('Asha');
    const well = await room([asha]);
    const leader = openTab(village.world, 'Baraka', address);
    await until('up', () => leader.app.view().stage === 'unnamed');
    await world.finish(leader.app.nameMe('Baraka'));
    await world.finish(leader.app.joinRoom(roomOf(appOf(asha), well).invite ?? ''));
    const follower = openTab(village.world, 'Baraka', address);
    await until('follows', () => follower.app.view().stage === 'ready');
    const sending = [1, 2, 3].map((n) => follower.app.send(well, `word ${n}`));
    await world.runFor(afterMs);
    leader.life.kill();
    for (const sent of sending) expect(await world.finish(sent)).toBe(true);
    await until('all heard', () => textsOf(appOf(asha), well).length >= 3, 120_000);
    await world.runFor(60_000);
    expect([...textsOf(appOf(asha), well)].sort()).toEqual(['word 1', 'word 2', 'word 3']);
    await world.finish(follower.app.show(well));
    expect([...textsOf(follower.app, well)].sort()).toEqual(['word 1', 'word 2', 'word 3']);
  }
});

test('the same in a room of members: each message is there exactly once', async () => {
  for (let afterMs = 0; afterMs < 40; afterMs += 4) {
    const village = createVillage(`members handover ${afterMs}`);
    const { world, person, until } = village;
    const asha = appOf(await person('Asha'));
    const well = await world.finish(asha.startRoom('The well', 'members'));
    const link = well && (await world.finish(asha.invite(well)));
    if (well === null || link === null) throw new Error('no room');
    await world.finish(asha.show(well));
    const leader = openTab(village.world, 'Baraka', address);
    await until('up', () => leader.app.view().stage === 'unnamed');
    await world.finish(leader.app.nameMe('Baraka'));
    await world.finish(leader.app.joinRoom(link));
    await until('let in', () => roomOf(leader.app, well).stage === 'in');
    const follower = openTab(village.world, 'Baraka', address);
    await until('follows', () => follower.app.view().stage === 'ready');
    const sending = [1, 2, 3].map((n) => follower.app.send(well, `word ${n}`));
    await world.runFor(afterMs);
    leader.life.kill();
    for (const sent of sending) expect(await world.finish(sent)).toBe(true);
    await until('all heard', () => textsOf(asha, well).length >= 3, 120_000);
    await world.runFor(60_000);
    expect([...textsOf(asha, well)].sort()).toEqual(['word 1', 'word 2', 'word 3']);
    await world.finish(follower.app.show(well));
    expect([...textsOf(follower.app, well)].sort()).toEqual(['word 1', 'word 2', 'word 3']);
  }
});

test.each(['open', 'members'] as const)(
  'the leader goes at any moment while the other starts a room (%s): it is there once',
  async (kind) => {
    for (let afterMs = 0; afterMs < 40; afterMs += 1) {
      const village = createVillage(`room handover ${kind} ${afterMs}`);
      const { world, until } = village;
      const leader = openTab(village.world, 'Baraka', address);
      await until('up', () => leader.app.view().stage === 'unnamed');
      await world.finish(leader.app.nameMe('Baraka'));
      const follower = openTab(village.world, 'Baraka', address);
      await until('follows', () => follower.app.view().stage === 'ready');
      const asked = follower.app.startRoom('The well', kind);
      await world.runFor(afterMs);
      leader.life.kill();
      const room = await world.finish(asked);
      await world.runFor(5_000);
      expect([afterMs, follower.app.view().rooms.map(({ id }) => id)]).toEqual([afterMs, [room]]);
      expect(await world.finish(follower.app.startRoom('The well', kind))).not.toBe(room);
    }
  },
);

test('of many messages the newest is known again after a restart, whatever its id', async () => {
  const { world } = createVillage('many drafts');
  const start = (): Promise<LocalApp> => world.finish(startIn(world.node('Baraka', { home: address }).start()));
  const id = (n: number): MessageId => n.toString(16).padStart(32, '0') as MessageId;
  let app = await start();
  await world.finish(app.nameMe('Baraka'));
  const room = (await world.finish(app.startRoom('The well', 'members')))!;
  for (let n = 0; n < 64; n += 1) await world.finish(app.sendAs(id(1_000 + n), false, room, `word ${n}`));
  await world.finish(app.sendAs(id(1), false, room, 'newest'));
  await world.finish(app.close());
  // As the next leader does for who was not answered.
  app = await start();
  await world.finish(app.show(room));
  expect(await world.finish(app.sendAs(id(5_000), true, room, 'not on the disk yet'))).toBe(true);
  expect(await world.finish(app.sendAs(id(1), true, room, 'newest'))).toBe(true);
  expect(textsOf(app, room).slice(-2)).toEqual(['newest', 'not on the disk yet']);
});

test('the leader closes politely: what is asked meanwhile waits for the next one, and is not refused', async () => {
  const village = createVillage('polite leader');
  const { world, until } = village;
  const leader = openTab(village.world, 'Baraka', address);
  await until('up', () => leader.app.view().stage === 'unnamed');
  await world.finish(leader.app.nameMe('Baraka'));
  const well = await world.finish(leader.app.startRoom('The well', 'open'));
  if (well === null) throw new Error('no room');
  const follower = openTab(village.world, 'Baraka', address);
  await until('follows', () => follower.app.view().stage === 'ready');
  void leader.app.close();
  await world.runFor(20);
  const sent = follower.app.send(well, 'Just then');
  await world.runFor(50);
  leader.life.kill();
  expect(await world.finish(sent)).toBe(true);
});

test('an app that cannot start says so, and does not open for ever', async () => {
  const { world } = createVillage('no start');
  const { clock, entropy, tabs } = world.node('Baraka', { home: address }).start();
  const app = shareApp({ tabs, clock, entropy }, () => Promise.reject(new Error('the disk broke while it was read')));
  await world.runFor(1_000);
  expect(app.view()).toMatchObject({ stage: 'stuck', trouble: 'storage-failed' });
});
