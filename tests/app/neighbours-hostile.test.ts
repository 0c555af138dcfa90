/** Neighbours that lie, flood and pose: what they cost is bounded, and falls on them. */
import { expect, test } from 'vitest';
import { encodeFrame } from '../../src/protocol/frame.ts';
import { seekIdBytes } from '../../src/protocol/meet.ts';
import type { MeetFrame } from '../../src/protocol/meet.ts';
import { befriend, createMallory, nobody } from './mallory.ts';
import { appOf, createVillage, hereIn, networkOf, roomOf, textsOf } from './village.ts';

test('ten thousand invented peers cost a list of 64 and six dials at a time, and the honest are found', async () => {
  const village = createVillage('invented');
  const { world, person, room, until } = village;
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  const well = await room([asha]);
  const mallory = createMallory(village);
  const link = await befriend(village, mallory, asha);
  await until('her topics are told', () => mallory.topics().length > 0);
  const topic = mallory.topics()[0]!;
  for (let at = 0; at < 10_000; at += 8) {
    mallory.say(link, { kind: 'met', topic, peers: Array.from({ length: 8 }, (_, more) => nobody(at + more)) });
    mallory.say(link, { kind: 'found', to: networkOf(asha).self, hops: 2, topic, peer: nobody(20_000 + at) });
  }
  await world.runFor(1_000);
  expect(appOf(asha).view().mesh.neighbours.length).toBeLessThanOrEqual(65);
  await world.finish(appOf(baraka).joinRoom(roomOf(appOf(asha), well).invite ?? ''));
  await until('found through the relay all the same', () => hereIn(asha, well) === 1 && hereIn(baraka, well) === 1);
});

test('a flood of seeks goes no further than one a second, and seeks of one name once', async () => {
  const village = createVillage('seeks');
  const { world, person, room } = village;
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  await room([asha, baraka]);
  await world.runFor(20_000);
  const mallory = createMallory(village);
  const [toAsha] = [await befriend(village, mallory, asha), await befriend(village, mallory, baraka)];
  const seek = (at: number): MeetFrame => {
    const id = new Uint8Array(seekIdBytes);
    new DataView(id.buffer).setUint32(0, at);
    return { kind: 'seek', id, ttl: 4, hops: 1, from: mallory.network.self, topics: [] };
  };
  for (let at = 0; at < 1_000; at += 1) mallory.say(toAsha, seek(at));
  for (let again = 0; again < 50; again += 1) mallory.say(toAsha, seek(1));
  await world.runFor(2_000);
  // Asha hands them to Baraka, and Baraka to Mallory.
  const back = mallory.heard.filter(({ frame }) => frame.kind === 'seek' && frame.from === mallory.network.self);
  expect(back.length).toBeGreaterThan(0);
  expect(back.length).toBeLessThanOrEqual(22);
});

test('who is directly linked is not drawn away, nor held to be alive, by what others pass on in their name', async () => {
  const { village, asha, baraka, well, mallory, link } = await besideMallory('posing');
  const { world } = village;
  village.relay.crash('killed');
  const name = networkOf(baraka).self;
  baraka.crash('killed');
  for (let second = 0; second < 90; second += 1) {
    mallory.say(link, { kind: 'passed', from: name, bytes: encodeFrame({ kind: 'pong', token: second }) });
    await world.runFor(1_000);
  }
  expect(hereIn(asha, well)).toBe(0);
  await world.finish(appOf(asha).send(well, 'Are you there?'));
  await world.runFor(5_000);
  expect(textsOf(appOf(asha), well)).toEqual(['Are you there?']);
});

test('what is carried for others is bounded, and who passes more hears of it once a piece', async () => {
  const { village, asha, baraka, well, mallory, link } = await besideMallory('carried');
  const { world, until } = village;
  const bytes = new Uint8Array(10_000);
  for (let at = 0; at < 300; at += 1) {
    mallory.say(link, { kind: 'pass', to: networkOf(baraka).self, bytes });
    mallory.say(link, { kind: 'carry', from: mallory.network.self, to: networkOf(baraka).self, ttl: 5, bytes });
  }
  await world.runFor(2_000);
  await world.finish(appOf(asha).send(well, 'Still here'));
  await until('the room goes on', () => textsOf(appOf(baraka), well).includes('Still here'), 5_000);
  expect(mallory.heard.filter(({ frame }) => frame.kind === 'lost' || frame.kind === 'refused').length).toBeLessThanOrEqual(600);
});

/** Two linked directly, and Mallory is a neighbour of one of them. */
async function besideMallory(seed: string) {
  const village = createVillage(seed);
  const { person, room, until } = village;
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  const well = await room([asha, baraka]);
  await until('linked', () => [asha, baraka].every((page) => roomOf(appOf(page), well).people[0]?.path === 'direct'));
  const mallory = createMallory(village);
  return { village, asha, baraka, well, mallory, link: await befriend(village, mallory, asha) };
}
