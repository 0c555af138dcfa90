/** [Q3] [Q4] [Q6] The Square keeps a day, 200 messages and a pace, whatever its senders do; and what I hide is hidden for me alone. */
import { expect, test } from 'vitest';
import { limits } from '../../src/protocol/limits.ts';
import { crowdWord, inventedDevice, mallory } from './square-crowd.ts';
import { createSquareVillage, squareOf } from './square.ts';
import { appOf, messagesOf, textsOf } from './village.ts';

const dayMs = 86_400_000;

test('the sender waits: a second word is refused until its time, by name, and the view says when', async () => {
  const village = createSquareVillage('pace');
  const { world, person, enter, refusals } = village;
  const asha = await person('Asha');
  const room = await enter(asha);
  expect(await world.finish(appOf(asha).send(room, 'One'))).toBe(true);
  expect(squareOf(asha).mayWriteAtMs - village.wallMs()).toBeGreaterThan(9_000);
  expect(await world.finish(appOf(asha).send(room, 'Two'))).toBe(false);
  expect(refusals()).toContain('too-fast');
  await world.runFor(10_001);
  expect(await world.finish(appOf(asha).send(room, 'Two'))).toBe(true);
  expect(textsOf(appOf(asha), room)).toEqual(['One', 'Two']);
});

test('a device that keeps no pace is heard at the pace, whoever relays it', async () => {
  const village = createSquareVillage('fast');
  const { world, person, enter, refusals, wallMs } = village;
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  const room = await enter(asha);
  await enter(baraka);
  const link = await mallory(village, asha);
  const fast = inventedDevice(1);
  for (let n = 21; n <= 60; n += 1) link.send(crowdWord(fast, n, wallMs() + n * 100, `Word ${n}`));
  await world.runFor(90_000);
  // 40 words in 4 s: two of them 3 s apart.
  expect(textsOf(appOf(asha), room)).toHaveLength(2);
  expect(textsOf(appOf(baraka), room)).toHaveLength(2);
  expect(refusals()).toContain('too-fast');
});

test('a thousand invented devices cost a bounded number of signatures and places; who is known is heard all the while', async () => {
  const village = createSquareVillage('crowd');
  const { world, person, enter, until, refusals, wallMs } = village;
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  const room = await enter(asha);
  await enter(baraka);
  const link = await mallory(village, asha);
  for (let at = 0; at < 1_000; at += 1) link.send(crowdWord(inventedDevice(at), 1, wallMs(), `Crowd ${at}`));
  await world.runFor(1_000);
  const heard = (): number => textsOf(appOf(asha), room).length;
  expect(heard()).toBeLessThanOrEqual(limits.squareMessages);
  expect(refusals().filter((why) => why === 'too-many').length).toBeGreaterThan(400);
  await world.finish(appOf(baraka).send(room, 'Still here'));
  await until('the honest are heard', () => textsOf(appOf(asha), room).includes('Still here'));
});

test('forged words cost a connection its share of signatures, and no more', async () => {
  const village = createSquareVillage('forged');
  const { world, person, enter, refusals, wallMs } = village;
  const asha = await person('Asha');
  await enter(asha);
  const link = await mallory(village, asha);
  for (let at = 0; at < 1_000; at += 1) link.send(crowdWord(inventedDevice(1), 30, wallMs(), `Crowd ${at}`, true));
  await world.runFor(1_000);
  const refused = (why: string): number => refusals().filter((each) => each === why).length;
  expect(refused('bad-signature')).toBeLessThanOrEqual(520);
  expect(refused('bad-signature') + refused('too-many')).toBe(1_000);
});

test('beyond 200 messages the oldest go, from screen and disk; after a day all do', async () => {
  const village = createSquareVillage('old');
  const { world, person, enter, until, wallMs } = village;
  const asha = await person('Asha');
  const room = await enter(asha);
  const link = await mallory(village, asha);
  const known = inventedDevice(1);
  const startMs = wallMs() - 6_000_000;
  for (let n = 1; n <= 240; n += 1) {
    link.send(crowdWord(known, n, startMs + n * 20_000, `Word ${n}`));
    if (n % 20 === 0) await world.runFor(10_000);
  }
  await until('the last is heard', () => textsOf(appOf(asha), room).includes('Word 240'));
  await world.runFor(1_000);
  const records = async (prefix: string): Promise<number> => {
    const storage = asha.running()!.life;
    const opened = await world.finish(storage.openStorage());
    if (opened.state === 'refused') throw new Error(opened.why);
    return (await world.finish(opened.storage.range({ from: `${prefix}/${room}/`, to: `${prefix}/${room}0`, limit: 1_000 })))
      .length;
  };
  await world.finish(appOf(asha).older(room));
  while (appOf(asha).view().timelines[room]?.hasOlder === true) await world.finish(appOf(asha).older(room));
  expect(messagesOf(appOf(asha), room)).toHaveLength(200);
  expect(textsOf(appOf(asha), room)[0]).toBe('Word 41');
  expect([await records('timeline'), await records('log')]).toEqual([200, 200]);

  await world.finish(appOf(asha).send(room, 'And mine'));
  await world.runFor(dayMs + 120_000);
  expect(textsOf(appOf(asha), room)).toEqual([]);
  expect([await records('timeline'), await records('log'), await records('outbox')]).toEqual([0, 0, 0]);
  // Her own numbers go on.
  await world.finish(appOf(asha).send(room, 'Next day'));
  expect(textsOf(appOf(asha), room)).toEqual(['Next day']);
});

test('what I hide or block is hidden on my device, over a restart, and comes back when I want it', async () => {
  const village = createSquareVillage('hidden');
  const { world, person, enter, until } = village;
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  const room = await enter(asha);
  await enter(baraka);
  await world.finish(appOf(baraka).send(room, 'First'));
  await world.runFor(10_001);
  await world.finish(appOf(baraka).send(room, 'Second'));
  await until('heard', () => textsOf(appOf(asha), room).length === 2);
  const [first] = messagesOf(appOf(asha), room);
  const does = (deed: Parameters<ReturnType<typeof appOf>['inSquare']>[0]) => world.finish(appOf(asha).inSquare(deed));
  expect(await does({ kind: 'hide', author: first!.author, id: first!.id })).toBe(true);
  expect(textsOf(appOf(asha), room)).toEqual(['Second']);
  expect(await does({ kind: 'block', device: first!.author })).toBe(true);
  expect(textsOf(appOf(asha), room)).toEqual([]);
  expect(squareOf(asha).blocked).toMatchObject([{ name: 'Baraka' }]);
  expect(appOf(asha).view().rooms[0]?.last).toBeNull();
  await world.runFor(10_001);
  await world.finish(appOf(baraka).send(room, 'Third'));
  await world.runFor(2_000);
  expect(appOf(asha).view().rooms[0]).toMatchObject({ last: null, unread: 0 });
  asha.crash('killed');
  await world.finish(asha.start([room]));
  expect(textsOf(appOf(asha), room)).toEqual([]);
  await until('the Square', () => appOf(asha).view().square !== null);
  expect(await does({ kind: 'unblock', device: first!.author })).toBe(true);
  expect(textsOf(appOf(asha), room)).toEqual(['Second', 'Third']);
  expect(await does({ kind: 'show-hidden' })).toBe(true);
  expect(textsOf(appOf(asha), room)).toEqual(['First', 'Second', 'Third']);
  expect(textsOf(appOf(baraka), room)).toEqual(['First', 'Second', 'Third']);
});
