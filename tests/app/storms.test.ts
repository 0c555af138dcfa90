/** Honest devices among trouble: gaps that nobody can close and disks that are full cost little, for ever. */
import { expect, test } from 'vitest';
import { deriveDevice } from '../../src/protocol/device.ts';
import { encodeContent, newMessageId } from '../../src/protocol/content.ts';
import type { Content } from '../../src/protocol/content.ts';
import { limits } from '../../src/protocol/limits.ts';
import { scene } from './insider.ts';
import { appOf, createVillage, messagesOf, roomOf, textsOf } from './village.ts';

const luck = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill);
const idOf = (n: number): ReturnType<typeof newMessageId> =>
  newMessageId(Uint8Array.from({ length: 16 }, (_, at) => (at < 2 ? n >> (8 * at) : 7)));

test('an author whose first word is missing makes honest devices exchange the rest once, and then be quiet', async () => {
  const village = createVillage('eternal gap');
  const { world, until } = village;
  const { asha, well, insider, keys } = await scene(village);
  const link = await insider.linkTo(asha.id);
  const mallory = deriveDevice(luck(32, 7));
  const base = { kind: 'message', author: mallory.id, sentAtMs: village.wallMs(), name: 'M' } as const;
  for (let n = 2; n < 302; n += 1) {
    link.send(insider.sealed(encodeContent({ ...base, id: idOf(n), n, text: `${n}` }, keys.id, mallory), n));
  }
  await until('Asha has them', () => roomOf(asha.app, well).unread === 300);
  const chiku = await village.person('Chiku');
  await world.finish(appOf(chiku).joinRoom(roomOf(asha.app, well).invite ?? ''));
  await until('Chiku has them all', () => roomOf(appOf(chiku), well).unread === 300, 120_000);
  await world.runFor(60_000);
  const before = world.events();
  await world.runFor(60_000);
  expect(world.events() - before).toBeLessThan(2_000);
});

test('a full disk takes nothing and is not pelted; room for more, and all arrives', async () => {
  const village = createVillage('full disk');
  const { world, person, room, until } = village;
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  const well = await room([asha]);
  for (let n = 1; n <= 200; n += 1) await world.finish(appOf(asha).send(well, `line ${n}`));
  await world.finish(appOf(baraka).joinRoom(roomOf(appOf(asha), well).invite ?? ''));
  baraka.node.disk.faults.quotaBytes = baraka.node.disk.usedBytes() + 500;
  await world.runFor(10_000);
  expect(appOf(baraka).view().trouble).toBe('storage-full');
  const before = world.events();
  await world.runFor(60_000);
  expect(world.events() - before).toBeLessThan(6_000);
  baraka.node.disk.faults.quotaBytes = 2 ** 28;
  await until('all there', () => roomOf(appOf(baraka), well).unread === 200, 120_000);
});

test('receipts for what I never said keep nobody from writing', async () => {
  const village = createVillage('receipt flood');
  const { world } = village;
  const { asha, well, insider, keys } = await scene(village);
  const link = await insider.linkTo(asha.id);
  const liar = deriveDevice(luck(32, 10));
  const peer = insider.id;
  const here: Content = { kind: 'summary', author: liar.id, peer, name: 'L', about: 'tells', heads: [] };
  link.send(insider.sealed(encodeContent(here, keys.id, liar), 5_000));
  for (let at = 0; at < 100; at += 1) {
    const messages = Array.from({ length: 64 }, (_, id) => idOf(at * 64 + id));
    link.send(insider.sealed(encodeContent({ kind: 'receipt', author: liar.id, messages }, keys.id, liar), at));
  }
  await world.runFor(100);
  const startedMs = world.nowMs();
  await world.finish(asha.app.send(well, 'Still quick'));
  expect(world.nowMs() - startedMs).toBeLessThan(100);
});

test('requests for everything, again and again, do not keep my own words waiting', async () => {
  const village = createVillage('asking flood');
  const { world } = village;
  const { asha, well, insider, keys } = await scene(village);
  for (let n = 1; n <= 130; n += 1) await world.finish(asha.app.send(well, `line ${n}`));
  const link = await insider.linkTo(asha.id);
  const greedy = deriveDevice(luck(32, 11));
  const asks: Content = { kind: 'summary', author: greedy.id, peer: insider.id, name: 'G', about: 'asks', heads: [] };
  for (let at = 0; at < 100; at += 1) link.send(insider.sealed(encodeContent(asks, keys.id, greedy), at));
  await world.runFor(100);
  const startedMs = world.nowMs();
  await world.finish(asha.app.send(well, 'Still quick'));
  expect(world.nowMs() - startedMs).toBeLessThan(300);
  expect(textsOf(asha.app, well)).toContain('Still quick');
});

test('a crowd of made-up devices fills no list beyond its cap', async () => {
  const village = createVillage('ghosts');
  const { asha, well, insider, keys } = await scene(village);
  await village.world.finish(asha.app.send(well, 'Who is there?'));
  const link = await insider.linkTo(asha.id);
  const heads = [{ device: asha.device.slice(0, 16), upTo: 1 }];
  for (let at = 0; at < 520; at += 1) {
    const seed = Uint8Array.from({ length: 32 }, (_, byte) => (byte < 2 ? at >> (8 * byte) : 3));
    const ghost = deriveDevice(seed);
    const here: Content = { kind: 'summary', author: ghost.id, peer: insider.id, name: 'Boo', about: 'tells', heads };
    link.send(insider.sealed(encodeContent(here, keys.id, ghost), at));
  }
  await village.world.runFor(30_000);
  expect(roomOf(asha.app, well).people.length).toBeLessThanOrEqual(limits.devicesPerRoom);
  expect(roomOf(asha.app, well).people).toContainEqual(expect.objectContaining({ name: 'Friend', here: true }));
  const mark = messagesOf(asha.app, well)[0]?.mark;
  expect(mark?.state === 'received' && mark.by).toBeLessThanOrEqual(limits.devicesPerRoom);
}, 60_000);
