/** Neighbours that lie, flood and pose: what they cost is bounded, and falls on them. */
import { expect, test } from 'vitest';
import type { Link, Network } from '../../src/ports/network.ts';
import { decodeFrame, encodeFrame } from '../../src/protocol/frame.ts';
import { parsePeerId } from '../../src/protocol/ids.ts';
import type { PeerId, RoomId, Topic } from '../../src/protocol/ids.ts';
import { decodeMeet, encodeMeet, seekIdBytes } from '../../src/protocol/meet.ts';
import type { MeetFrame } from '../../src/protocol/meet.ts';
import type { Page } from '../simulation/page.ts';
import { appOf, createVillage, roomOf, textsOf } from './village.ts';
import type { Village } from './village.ts';

interface Mallory {
  readonly network: Network;
  /** What was said to her, so far. */
  readonly heard: { readonly from: PeerId; readonly frame: MeetFrame }[];
  /** Topics somebody told her. */
  topics(): readonly Topic[];
  say(to: Link, frame: MeetFrame): void;
}

function createMallory({ world }: Village): Mallory {
  const network = world.node('Mallory').start().network();
  const heard: Mallory['heard'] = [];
  network.listen({
    onOpen: () => undefined,
    onClose: () => undefined,
    onFrame: (link, bytes) => {
      const outer = decodeFrame(bytes);
      if (!('kind' in outer) || outer.kind !== 'meet') return;
      const frame = decodeMeet(outer.bytes);
      if ('kind' in frame) heard.push({ from: link.peer, frame });
    },
  });
  return {
    network,
    heard,
    topics: () => heard.flatMap(({ frame }) => (frame.kind === 'join' ? frame.topics : [])),
    say: (to, frame) => void to.send(encodeFrame({ kind: 'meet', bytes: encodeMeet(frame) })),
  };
}

/** Her link to a page. */
async function befriend({ world }: Village, { network }: Mallory, page: Page): Promise<Link> {
  const running = page.running();
  if (running === null) throw new Error('nobody is running there');
  const offer = await world.finish(network.offer(new AbortController().signal));
  const answer = await world.finish(running.life.network().answer(offer.bytes, new AbortController().signal));
  if (answer.state !== 'answered') throw new Error(answer.why);
  const opened = await world.finish(offer.accept(answer.bytes));
  if (opened.state !== 'open') throw new Error(opened.why);
  return opened.link;
}

const nobody = (at: number): PeerId => parsePeerId(`nobody${at.toString().padStart(6, '0')}`)!;
const here = (page: Page, room: RoomId): number => roomOf(appOf(page), room).people.filter((person) => person.here).length;

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
    mallory.say(link, { kind: 'found', to: appPeer(asha), hops: 2, topic, peer: nobody(20_000 + at) });
  }
  await world.runFor(1_000);
  expect(appOf(asha).view().mesh.neighbours.length).toBeLessThanOrEqual(65);
  await world.finish(appOf(baraka).joinRoom(roomOf(appOf(asha), well).invite ?? ''));
  await until('found through the relay all the same', () => here(asha, well) === 1 && here(baraka, well) === 1);
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
  const village = createVillage('posing');
  const { world, person, room, until } = village;
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  const well = await room([asha, baraka]);
  await until('linked', () => [asha, baraka].every((page) => roomOf(appOf(page), well).people[0]?.path === 'direct'));
  const mallory = createMallory(village);
  const link = await befriend(village, mallory, asha);
  village.relay.crash('killed');
  const name = appPeer(baraka);
  baraka.crash('killed');
  for (let second = 0; second < 90; second += 1) {
    mallory.say(link, { kind: 'passed', from: name, bytes: encodeFrame({ kind: 'pong', token: second }) });
    await world.runFor(1_000);
  }
  expect(here(asha, well)).toBe(0);
  await world.finish(appOf(asha).send(well, 'Are you there?'));
  await world.runFor(5_000);
  expect(textsOf(appOf(asha), well)).toEqual(['Are you there?']);
});

test('what is carried for others is bounded, and who passes more hears of it once a piece', async () => {
  const village = createVillage('carried');
  const { world, person, room, until } = village;
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  const well = await room([asha, baraka]);
  await until('linked', () => [asha, baraka].every((page) => roomOf(appOf(page), well).people[0]?.path === 'direct'));
  const mallory = createMallory(village);
  const link = await befriend(village, mallory, asha);
  const bytes = new Uint8Array(10_000);
  for (let at = 0; at < 300; at += 1) {
    mallory.say(link, { kind: 'pass', to: appPeer(baraka), bytes });
    mallory.say(link, { kind: 'carry', from: mallory.network.self, to: appPeer(baraka), ttl: 5, bytes });
  }
  await world.runFor(2_000);
  await world.finish(appOf(asha).send(well, 'Still here'));
  await until('the room goes on', () => textsOf(appOf(baraka), well).includes('Still here'), 5_000);
  expect(mallory.heard.filter(({ frame }) => frame.kind === 'lost' || frame.kind === 'refused').length).toBeLessThanOrEqual(600);
});

function appPeer(page: Page): PeerId {
  const running = page.running();
  if (running === null) throw new Error('nobody is running there');
  return running.life.network().self;
}
