/** Conversations of two in the memory world: begun from a room both are in, and going on without it. */
import { expect, test } from 'vitest';
import { emptyPair } from '../../src/protocol/conversation/pair.ts';
import type { RoomId } from '../../src/protocol/ids.ts';
import type { Page } from '../simulation/page.ts';
import { appOf, createVillage, messagesOf, roomOf, textsOf } from './village.ts';
import type { Village } from './village.ts';
import { wellOf } from './well.ts';

async function inOneRoom(village: Village, names: readonly string[]): Promise<{ people: Page[]; room: RoomId }> {
  const people: Page[] = [];
  for (const name of names) people.push(await village.person(name));
  const [founder, ...others] = people;
  const room = await village.world.finish(appOf(founder).startRoom('The well', 'members'));
  const link = room && (await village.world.finish(appOf(founder).invite(room)));
  if (room === null || link === null) throw new Error('no room');
  for (const other of others) {
    await village.world.finish(appOf(other).joinRoom(link));
    await village.until('let in', () => roomOf(appOf(other), room).stage === 'in');
  }
  await village.until('all know all', () => people.every((page) => roomOf(appOf(page), room).people.length === names.length - 1));
  return { people, room };
}

async function write(village: Village, from: Page | undefined, to: string, room: RoomId): Promise<RoomId> {
  const person = roomOf(appOf(from), room).people.find(({ name }) => name === to)?.member?.person;
  const direct = person && (await village.world.finish(appOf(from).startDirect(person)));
  if (!direct) throw new Error('no conversation');
  await village.world.finish(appOf(from).show(direct));
  return direct;
}

test('two of a room write to each other, and the third hears nothing of it', async () => {
  const village = createVillage('direct-two');
  const { people, room } = await inOneRoom(village, ['Asha', 'Juma', 'Neema']);
  const [asha, juma, neema] = people;
  const direct = await write(village, asha, 'Juma', room);
  expect(await village.world.finish(appOf(asha).send(direct, 'for you alone'))).toBe(true);
  await village.until('it came', () =>
    appOf(juma)
      .view()
      .rooms.some(({ id }) => id === direct),
  );
  expect(await write(village, juma, 'Asha', room)).toBe(direct);
  await village.until('read', () => textsOf(appOf(juma), direct).includes('for you alone'));
  await village.until('marked', () => messagesOf(appOf(asha), direct)[0]?.mark?.state === 'received');
  await village.world.finish(appOf(juma).send(direct, 'and back'));
  await village.until('answered', () => textsOf(appOf(asha), direct).length === 2);
  expect(roomOf(appOf(asha), direct)).toMatchObject({ kind: 'direct', name: 'Juma', invite: null });
  expect(
    appOf(neema)
      .view()
      .rooms.map(({ id }) => id),
  ).not.toContain(direct);
});

test('what was written to somebody who is away comes once they are back, each once, over crashes of both', async () => {
  const village = createVillage('direct-away');
  const { people, room } = await inOneRoom(village, ['Asha', 'Juma']);
  const [asha, juma] = people;
  if (asha === undefined || juma === undefined) throw new Error('nobody');
  const direct = await write(village, asha, 'Juma', room);
  juma.crash('power-cut');
  for (const text of ['one', 'two', 'three']) await village.world.finish(appOf(asha).send(direct, text));
  asha.crash('power-cut');
  await village.world.finish(asha.start([direct]));
  await village.world.finish(juma.start([]));
  await village.until('it came', () =>
    appOf(juma)
      .view()
      .rooms.some(({ id }) => id === direct),
  );
  await village.world.finish(appOf(juma).show(direct));
  await village.until('all came', () => textsOf(appOf(juma), direct).length === 3);
  await village.world.runFor(120_000);
  expect(textsOf(appOf(juma), direct)).toEqual(['one', 'two', 'three']);
  expect(messagesOf(appOf(asha), direct).map(({ mark }) => mark?.state)).toEqual(['received', 'received', 'received']);
});

test('marks of what is acknowledged together all stay', async () => {
  const village = createVillage('direct-together');
  const { people, room } = await inOneRoom(village, ['Asha', 'Juma']);
  const [asha, juma] = people;
  const direct = await write(village, asha, 'Juma', room);
  await village.world.finish(appOf(asha).send(direct, 'hello'));
  await village.until('it came', () => messagesOf(appOf(asha), direct)[0]?.mark?.state === 'received');
  juma?.crash('killed');
  await village.world.runFor(5_000);
  const texts = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'];
  for (const text of texts) await village.world.finish(appOf(asha).send(direct, text));
  const [received, lost] = [new Set<string>(), new Set<string>()];
  appOf(asha).subscribe(() => {
    for (const { text, mark } of messagesOf(appOf(asha), direct)) {
      if (mark?.state === 'received') received.add(text);
      else if (received.has(text)) lost.add(text);
    }
  });
  if (juma !== undefined) await village.world.finish(juma.start([direct]));
  await village.until('all are marked', () => texts.every((text) => received.has(text)));
  expect([...lost]).toEqual([]);
});

test('it goes on when no room is shared any more', async () => {
  const village = createVillage('direct-alone');
  const { people, room } = await inOneRoom(village, ['Asha', 'Juma']);
  const [asha, juma] = people;
  const direct = await write(village, asha, 'Juma', room);
  await village.world.finish(appOf(asha).send(direct, 'before'));
  await village.until('it came', () =>
    appOf(juma)
      .view()
      .rooms.some(({ id }) => id === direct),
  );
  await village.world.finish(appOf(juma).show(direct));
  await village.world.finish(appOf(juma).leaveRoom(room));
  juma?.crash('power-cut');
  await village.world.runFor(5_000);
  if (juma !== undefined) await village.world.finish(juma.start([direct]));
  await village.world.finish(appOf(juma).send(direct, 'still here'));
  await village.until('heard', () => textsOf(appOf(asha), direct).includes('still here'));
  await village.world.finish(appOf(asha).send(direct, 'so am I'));
  await village.until('answered', () => textsOf(appOf(juma), direct).length === 3);
});

test('the first word to somebody may stand in the envelope that begins the session', async () => {
  const well = await wellOf('direct first', ['Asha', 'Juma']);
  const [asha, juma] = well.people as [Page, Page];
  const { village } = well;
  // Both forgot the session they had; Asha still has what Juma left to begin one with.
  for (const [page, other] of [
    [asha, juma],
    [juma, asha],
  ] as const) {
    const { core, vault } = well.handsOf(page);
    const device = well.handsOf(other).vault.keys.us.device.id;
    await village.world.finish(core.lane.run(() => vault.turn((turn) => turn.setPair(device, emptyPair))));
  }
  const direct = await write(village, asha, 'Juma', well.room);
  await village.world.finish(appOf(asha).send(direct, 'short'));
  await village.until('marked', () => messagesOf(appOf(asha), direct)[0]?.mark?.state === 'received');
  await village.world.finish(appOf(juma).show(direct));
  expect(textsOf(appOf(juma), direct)).toEqual(['short']);
});

test('what is not kept is not received: nobody fills the list of a stranger, and the mark stays true', async () => {
  const names = ['Juma', ...Array.from({ length: 9 }, (_, at) => `P${at}`)];
  const well = await wellOf('direct many', names);
  const [juma, ...others] = well.people as [Page, ...Page[]];
  const { village } = well;
  const directs: RoomId[] = [];
  for (const page of others) {
    const direct = await write(village, page, 'Juma', well.room);
    await village.world.finish(appOf(page).send(direct, 'hello'));
    directs.push(direct);
  }
  await village.world.runFor(60_000);
  const here = appOf(juma)
    .view()
    .rooms.filter(({ kind }) => kind === 'direct');
  expect(here).toHaveLength(8);
  expect(appOf(juma).view().trouble).toBeNull();
  const marks = others.map((page, at) => messagesOf(appOf(page), directs[at]!)[0]?.mark?.state);
  expect(marks.filter((mark) => mark === 'received')).toHaveLength(8);
  // Once one is answered, there is place for the next.
  await village.world.finish(appOf(juma).send(here[0]!.id, 'and you?'));
  await village.until(
    'the ninth came',
    () =>
      appOf(juma)
        .view()
        .rooms.filter(({ kind }) => kind === 'direct').length === 9,
    180_000,
  );
});
