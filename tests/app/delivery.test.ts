/** What a person may trust: a message that was kept arrives, once, and its mark says no more than is known. */
import { expect, test } from 'vitest';
import type { MessageView } from '../../src/app/view.ts';
import { appOf, createVillage, messagesOf, roomOf, textsOf } from './village.ts';

test('alone, a message waits; once somebody comes it is received, and shown once', async () => {
  const { world, person, room, until } = createVillage('alone');
  const asha = await person('Asha');
  const well = await room([asha]);
  const invite = roomOf(appOf(asha), well).invite ?? '';
  await world.finish(appOf(asha).send(well, 'Anybody?'));
  await world.runFor(30_000);
  expect(messagesOf(appOf(asha), well)[0]?.mark).toEqual({ state: 'waiting' });

  const baraka = await person('Baraka');
  await world.finish(appOf(baraka).joinRoom(invite));
  await world.finish(appOf(baraka).show(well));
  await until('received', () => messagesOf(appOf(asha), well)[0]?.mark?.state === 'received');
  await world.runFor(120_000);
  expect(textsOf(appOf(baraka), well)).toEqual(['Anybody?']);
  expect(messagesOf(appOf(asha), well)[0]?.mark).toEqual({ state: 'received', by: 1 });
});

test('a message sent the moment one joins is not lost', async () => {
  for (let round = 0; round < 10; round += 1) {
    const { world, person, room, until } = createVillage(`at once ${round}`);
    const asha = await person('Asha');
    const well = await room([asha]);
    const invite = roomOf(appOf(asha), well).invite ?? '';
    const baraka = await person('Baraka');
    await world.finish(
      appOf(baraka)
        .joinRoom(invite)
        .then((id) => appOf(baraka).send(id ?? well, 'Hodi!')),
    );
    await until('heard', () => textsOf(appOf(asha), well).includes('Hodi!'), 2_000);
    expect(textsOf(appOf(asha), well)).toEqual(['Hodi!']);
  }
});

test('the relay names them, then it may die: they go on, and a restarted one finds them again', async () => {
  const { world, relay, person, room, until } = createVillage('relay dies');
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  const well = await room([asha, baraka]);
  await until('direct', () => roomOf(appOf(asha), well).people[0]?.path === 'direct');
  relay.crash('power-cut');
  await world.finish(appOf(asha).send(well, 'Still here'));
  await until('heard without a relay', () => textsOf(appOf(baraka), well).includes('Still here'));
  await until('the loss is told', () => appOf(asha).view().mesh.relay?.state === 'lost', 120_000);

  relay.start();
  await until('found again', () => appOf(asha).view().mesh.relay?.state === 'open', 10_000);
  expect(messagesOf(appOf(asha), well)[0]?.mark).toEqual({ state: 'received', by: 1 });
});

test('where no direct way exists the relay passes sealed bytes, and the screen says so', async () => {
  const { world, person, room, until } = createVillage('no way');
  world.paths.cut(['Asha'], ['Baraka']);
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  const well = await room([asha, baraka]);
  await world.finish(appOf(asha).send(well, 'By the relay'));
  await until('heard', () => textsOf(appOf(baraka), well).includes('By the relay'));
  await until('marked', () => messagesOf(appOf(asha), well)[0]?.mark?.state === 'received');
  expect(roomOf(appOf(asha), well).people[0]).toMatchObject({ name: 'Baraka', here: true, path: 'relayed' });
});

test('who comes late hears it from those who are there, though the author is gone', async () => {
  const { world, person, room, until } = createVillage('late');
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  const well = await room([asha, baraka]);
  for (let n = 1; n <= 300; n += 1) await world.finish(appOf(asha).send(well, `line ${n}`));
  await until('all there', () => roomOf(appOf(baraka), well).unread === 300, 120_000);
  asha.crash('killed');
  const chiku = await person('Chiku');
  await world.finish(appOf(chiku).joinRoom(roomOf(appOf(baraka), well).invite ?? ''));
  await until('the whole history', () => roomOf(appOf(chiku), well).unread === 300, 120_000);
  await world.finish(appOf(chiku).show(well));
  while (appOf(chiku).view().timelines[well]?.hasOlder === true) await world.finish(appOf(chiku).older(well));
  expect(textsOf(appOf(chiku), well)).toEqual(Array.from({ length: 300 }, (_, at) => `line ${at + 1}`));
});

test('a power cut at any moment: what was kept is kept, nothing is doubled, marks do not go back', async () => {
  for (let afterMs = 0; afterMs < 60; afterMs += 3) {
    const { world, person, room, until } = createVillage(`cut after ${afterMs}`);
    const [asha, baraka] = [await person('Asha'), await person('Baraka')];
    const well = await room([asha, baraka]);
    await until('direct', () => roomOf(appOf(asha), well).people[0]?.path === 'direct');
    let isKept = false;
    void appOf(asha)
      .send(well, 'one')
      .then((kept) => (isKept = kept));
    void appOf(asha).send(well, 'two');
    await world.runFor(afterMs);
    const before = rankOf(messagesOf(appOf(asha), well).find(({ text }) => text === 'one'));
    const victim = afterMs % 2 === 0 ? asha : baraka;
    victim.crash('power-cut');
    await world.runFor(500);
    await world.finish(victim.start([well]));
    const after = rankOf(messagesOf(appOf(asha), well).find(({ text }) => text === 'one'));
    expect(after).toBeGreaterThanOrEqual(isKept ? before : 0);
    await world.finish(appOf(asha).send(well, 'three'));
    await until('three is there', () => textsOf(appOf(baraka), well).includes('three'), 120_000);
    await world.runFor(60_000);
    const texts = textsOf(appOf(baraka), well);
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts).toEqual(textsOf(appOf(asha), well));
    expect(texts).toEqual(expect.arrayContaining(isKept ? ['one', 'three'] : ['three']));
  }
});

test('a device that comes back keeps its identity, its rooms, its history and its unread count', async () => {
  const { world, person, room, until } = createVillage('back');
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  const well = await room([asha, baraka]);
  await world.finish(appOf(asha).send(well, 'For later'));
  await until('unread', () => roomOf(appOf(baraka), well).unread === 1);
  const me = appOf(baraka).view().me;
  baraka.crash('power-cut');
  await world.finish(baraka.start([well]));
  expect(appOf(baraka).view().me).toEqual(me);
  expect(roomOf(appOf(baraka), well)).toMatchObject({ name: 'The well', unread: 1, last: { text: 'For later' } });
  await world.finish(appOf(baraka).markRead(well));
  expect(roomOf(appOf(baraka), well).unread).toBe(0);
});

test('a room that was left is gone from the disk, and joined again begins anew', async () => {
  const { world, person, room, until } = createVillage('leave');
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  const well = await room([asha, baraka]);
  await world.finish(appOf(asha).send(well, 'Stay'));
  await until('there', () => textsOf(appOf(baraka), well).includes('Stay'));
  await until('direct', () => roomOf(appOf(asha), well).people[0]?.path === 'direct');
  const invite = roomOf(appOf(asha), well).invite ?? '';
  await world.finish(appOf(baraka).leaveRoom(well));
  expect(appOf(baraka).view().rooms).toEqual([]);
  await until('Asha sees it', () => roomOf(appOf(asha), well).people[0]?.here === false, 5_000);
  await world.finish(appOf(baraka).joinRoom(invite));
  await world.finish(appOf(baraka).show(well));
  await until('told again', () => textsOf(appOf(baraka), well).includes('Stay'));
});

test('what is too long, empty or no link is refused with a word, and nothing is kept', async () => {
  const { world, person, room } = createVillage('refusals');
  const asha = await person('Asha');
  const well = await room([asha]);
  expect(await world.finish(appOf(asha).send(well, 'x'.repeat(8_001)))).toBe(false);
  expect(appOf(asha).view().trouble).toBe('message-too-long');
  appOf(asha).dismissTrouble();
  expect(await world.finish(appOf(asha).send(well, '   '))).toBe(false);
  expect(await world.finish(appOf(asha).joinRoom('https://example.com/#join/nonsense'))).toBeNull();
  expect(appOf(asha).view().trouble).toBe('bad-link');
  expect(textsOf(appOf(asha), well)).toEqual([]);
});

test('a room goes on over midnight, with no path but the relay', async () => {
  const { world, person, room, until, wallMs } = createVillage('midnight');
  world.paths.cut(['Asha'], ['Baraka']);
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  const well = await room([asha, baraka]);
  const dayMs = 86_400_000;
  await world.runFor(dayMs - (wallMs() % dayMs) + 7_200_000);
  expect(roomOf(appOf(asha), well).people[0]).toMatchObject({ here: true, path: 'relayed' });
  await world.finish(appOf(asha).send(well, 'Good morning'));
  await until('heard', () => textsOf(appOf(baraka), well).includes('Good morning'));
});

/** 0: not there at all. */
const rankOf = (message: MessageView | undefined): number =>
  message === undefined ? 0 : { alone: 1, waiting: 1, left: 2, received: 3 }[message.mark?.state ?? 'waiting'];
