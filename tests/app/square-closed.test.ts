/** [Q5] A closed Square stays closed to words that bear a time from before: soon after the closing nothing new is taken but the owner's. */
import { expect, test } from 'vitest';
import { closingGraceMs } from '../../src/protocol/square/closing.ts';
import type { Page } from '../simulation/page.ts';
import { crowdWord, inventedDevice, mallory } from './square-crowd.ts';
import { createSquareVillage, squareOf } from './square.ts';
import { appOf, textsOf } from './village.ts';

test('a word dated before the closing gets in on its way, and no more after the grace: by no page and to nobody who comes later', async () => {
  const village = createSquareVillage('back-dated');
  const { world, person, enter, own, until, wallMs, refusals } = village;
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  const room = await own(asha);
  await enter(baraka);
  expect(await world.finish(appOf(baraka).send(room, 'Before'))).toBe(true);
  await until('heard', () => textsOf(appOf(asha), room).includes('Before'));
  const link = await mallory(village, baraka);
  const beforeMs = wallMs() - 60_000;
  await world.finish(appOf(asha).inSquare({ kind: 'close' }));
  await until('closed', () => squareOf(baraka).isClosed);
  link.send(crowdWord(inventedDevice(1), 1, beforeMs, 'On its way'));
  await until('what was on its way is heard', () =>
    [asha, baraka].every((page) => textsOf(appOf(page), room).includes('On its way')),
  );

  await world.runFor(closingGraceMs);
  const already = refusals().length;
  for (let at = 2; at < 12; at += 1) link.send(crowdWord(inventedDevice(at), 1, beforeMs - at, `Late ${at}`));
  await world.runFor(5_000);
  expect(refusals().slice(already)).toEqual(Array.from({ length: 10 }, () => 'closed'));
  expect(await world.finish(appOf(asha).send(room, 'Back at noon'))).toBe(true);
  const zuri = await person('Zuri');
  await enter(zuri);
  await until('the owner is heard by who comes later', () => textsOf(appOf(zuri), room).includes('Back at noon'));
  const other = await mallory(village, zuri, 'Mallory again');
  for (let at = 2; at < 12; at += 1) other.send(crowdWord(inventedDevice(at), 1, beforeMs - at, `Late ${at}`));
  await world.runFor(60_000);
  const told = (page: Page): readonly string[] => textsOf(appOf(page), room);
  expect(told(zuri)).toEqual(['Back at noon']);
  for (const page of [asha, baraka]) expect(told(page)).toEqual(['On its way', 'Before', 'Back at noon']);
});

test('what was said before the closing elsewhere waits there, and is heard by all once it is open again, also by who came meanwhile', async () => {
  const village = createSquareVillage('island');
  const { world, person, enter, own, until } = village;
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  const room = await own(asha);
  await enter(baraka);
  await until('linked', () => squareOf(baraka).owner?.name === 'Asha');
  // Alone on an island, before anybody closes.
  world.paths.islands([[baraka.node.name]]);
  expect(await world.finish(appOf(baraka).send(room, 'From the island'))).toBe(true);
  await world.runFor(1_000);
  await world.finish(appOf(asha).inSquare({ kind: 'close' }));
  await world.runFor(closingGraceMs + 60_000);
  world.paths.islands([]);
  const zuri = await person('Zuri');
  await enter(zuri);
  await until('closed there too', () => squareOf(baraka).isClosed, 120_000);
  await world.runFor(30_000);
  for (const page of [asha, zuri]) expect(textsOf(appOf(page), room)).toEqual([]);
  await world.finish(appOf(asha).inSquare({ kind: 'reopen' }));
  for (const page of [asha, zuri]) {
    await until('heard', () => textsOf(appOf(page), room).includes('From the island'), 300_000);
  }
});
