/** Around one uplink: who floods it, or lies about who is behind whom, pays for it; the others meet and talk all the same. */
import { expect, test } from 'vitest';
import { decodeMeet, encodeMeet, isFar, seekIdBytes } from '../../src/protocol/meet.ts';
import type { MeetFrame } from '../../src/protocol/meet.ts';
import type { PeerId, Topic } from '../../src/protocol/ids.ts';
import { createMeet } from '../../relay/meet.ts';
import { befriend, createMallory, nobody } from './mallory.ts';
import { meet, talk, uplink } from './uplink.ts';
import { address, appOf, createVillage, networkOf, pair, roomOf, textsOf } from './village.ts';

let seeks = 0;
function seek(from: PeerId, topics: readonly Topic[], hops = 1): MeetFrame {
  const id = new Uint8Array(seekIdBytes);
  new DataView(id.buffer).setUint32(0, (seeks += 1));
  return { kind: 'seek', id, ttl: 4, hops, from, topics };
}

test('a neighbour that seeks for thousands fills its own share of the uplink, and others are met there', async () => {
  const story = await uplink('flood', ['Baraka']);
  const { village, row } = story;
  await meet(story);
  const mallory = createMallory(village);
  const link = await befriend(village, mallory, row[0]!);
  for (let second = 0; second < 600; second += 1) {
    for (let more = 0; more < 3; more += 1) mallory.say(link, seek(nobody(3 * second + more), [], 2));
    await village.world.runFor(1_000);
  }
  expect(village.relay.counts()['guests']).toBeLessThanOrEqual(33);
  expect(village.refusals()).toContain('too-many');
  await talk(story, 'Rain');
  // Another who has no relay comes to the same neighbour only now.
  village.world.paths.cut(['Eshe'], ['relay', 'Asha', 'Chipo']);
  const eshe = await village.person('Eshe');
  await pair(village, row[0]!, eshe);
  await village.world.finish(appOf(eshe).joinRoom(roomOf(appOf(story.asha), story.well).invite ?? ''));
  await village.until('met', () => roomOf(appOf(story.asha), story.well).people.filter(({ here }) => here).length === 2, 120_000);
});

test('a neighbour that says it leads to somebody draws nothing to itself from whom that one is linked to', async () => {
  const story = await uplink('liar', ['Baraka']);
  const { village, asha, row, chipo } = story;
  await meet(story);
  const mallory = createMallory(village);
  const link = await befriend(village, mallory, row[0]!);
  for (let again = 0; again < 10; again += 1) {
    mallory.say(link, seek(networkOf(chipo).self, [], 1));
    mallory.say(link, { kind: 'lost', to: networkOf(asha).self, peer: networkOf(chipo).self });
    await village.world.runFor(2_000);
  }
  await talk(story, 'Rain');
  expect(mallory.heard.filter(({ frame }) => frame.kind === 'carry' || frame.kind === 'passed')).toEqual([]);
});

test('a page at the relay that says the same takes a part of what is sent, and keeps none of it from arriving', async () => {
  const story = await uplink('liar at the relay', ['Baraka']);
  const { village, chipo } = story;
  await meet(story);
  const mallory = createMallory(village);
  const opened = await village.world.finish(mallory.network.openRelay(address, new AbortController().signal));
  if (opened.state !== 'open') throw new Error(opened.why);
  // As Chipo's neighbours are told them.
  await befriend(village, mallory, chipo);
  await village.until('told', () => mallory.topics().length > 0);
  for (let again = 0; again < 10; again += 1) {
    mallory.say(opened.link, seek(networkOf(chipo).self, mallory.topics(), 1));
    await talk(story, `Rain ${again}`, 300_000);
  }
  // Some was for Chipo, and she has it no more.
  expect(mallory.heard.some(({ frame }) => frame.kind === 'carry')).toBe(true);
  expect(textsOf(appOf(chipo), story.well)).toHaveLength(20);
});

test('where the uplinks are many and all linked to each other, nothing runs round', async () => {
  const village = createVillage('round');
  const { world, person, room, until } = village;
  world.paths.cut(['Asha'], ['Baraka', 'Daudi', 'Eshe', 'Chipo']);
  world.paths.cut(['Chipo'], ['relay']);
  const asha = await person('Asha');
  const uplinks = [await person('Baraka'), await person('Daudi'), await person('Eshe')];
  const chipo = await person('Chipo');
  const well = await room([asha, chipo]);
  for (const one of uplinks) await pair(village, one, chipo);
  await until('they meet', () => [asha, chipo].every((page) => roomOf(appOf(page), well).people[0]?.here === true));
  await world.runFor(60_000);
  const before = world.events();
  await talk({ village, asha, row: uplinks, chipo, well }, 'Once');
  await world.runFor(10_000);
  expect(world.events() - before).toBeLessThan(400);
  expect(village.relay.counts()).toMatchObject({ guests: 1 });
});

test('a relay of before, which knows no such frames, is asked once a link, and is not left', async () => {
  const village = createVillage('of before');
  const { world, person, room } = village;
  village.relay.crash('killed');
  const { clock, entropy, log, network } = village.relay.node.start();
  const meeting = createMeet({ clock, entropy, log });
  let far = 0;
  network().listen({
    onOpen: meeting.opened,
    onClose: meeting.closed,
    onFrame: (link, bytes) => {
      const frame = decodeMeet(bytes);
      if (!('kind' in frame) || !isFar(frame)) return meeting.frame(link, bytes);
      far += 1;
      link.send(encodeMeet({ kind: 'refused', why: 'malformed', peer: null }));
    },
  });
  world.paths.cut(['Chipo'], ['relay']);
  const [baraka, chipo] = [await person('Baraka'), await person('Chipo')];
  await room([chipo]);
  await pair(village, baraka, chipo);
  await world.runFor(1_800_000);
  expect(far).toBe(1);
  expect(
    networkOf(baraka)
      .links()
      .some(({ end }) => end === 'relay'),
  ).toBe(true);
});
