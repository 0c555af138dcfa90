/** Who loses its way to others and finds it again: nothing is told twice that both know, and nobody misses anything for it. */
import { expect, test } from 'vitest';
import { createWorld } from '../../src/adapters/memory/world.ts';
import { createPeers } from '../../src/app/mesh/peers.ts';
import { createRouting } from '../../src/app/routing/routing.ts';
import type { Link, Network } from '../../src/ports/network.ts';
import { encodeCast } from '../../src/protocol/cast.ts';
import { encodeContent } from '../../src/protocol/content.ts';
import { deriveDevice } from '../../src/protocol/device.ts';
import { nonceBytes, seal } from '../../src/protocol/envelope.ts';
import { decodeFrame, encodeFrame } from '../../src/protocol/frame.ts';
import type { DeviceId, PeerId, RoomId } from '../../src/protocol/ids.ts';
import { decodeInvite } from '../../src/protocol/invite.ts';
import { decodeMeet, encodeMeet } from '../../src/protocol/meet.ts';
import { isRefusal } from '../../src/protocol/refusal.ts';
import { dayOf, deriveRoomKeys, topicOn } from '../../src/protocol/room-keys.ts';
import type { Page } from '../simulation/page.ts';
import { address, appOf, createVillage, roomOf, textsOf } from './village.ts';
import type { Village } from './village.ts';

interface Told {
  readonly envelopes: number;
  readonly pings: number;
}

interface Gathered extends Village {
  readonly people: readonly Page[];
  readonly well: RoomId;
  /** What was handed to the relay for others, from then on. */
  count(): () => Told;
}

/** All go by the relay: no link is straight, so that with it everybody is gone. */
async function gathered(seed: string, names: readonly string[]): Promise<Gathered> {
  const handed: string[] = [];
  const look = (bytes: Uint8Array): void => {
    const meet = decodeMeet(bytes);
    const inside = 'kind' in meet && meet.kind === 'passed' ? decodeFrame(meet.bytes) : null;
    if (inside !== null && 'kind' in inside) handed.push(inside.kind);
  };
  const network = (inner: Network): Network => ({
    ...inner,
    openPeer: async () => ({ state: 'refused', why: 'unreachable' }),
    listen: (on) =>
      inner.listen({
        ...on,
        onFrame: (link, frame) => {
          look(frame);
          on.onFrame(link, frame);
        },
      }),
  });
  const village = createVillage(seed, { page: () => ({ network }) });
  const people: Page[] = [];
  for (const name of names) people.push(await village.person(name));
  const well = await village.room(people);
  await village.until('all are there', () => people.every((each) => isFull(each, well, names.length - 1)));
  await village.world.finish(appOf(people[0]).send(well, 'Before'));
  await village.world.runFor(40_000);
  const count = (): (() => Told) => {
    handed.length = 0;
    return () => ({
      envelopes: handed.filter((kind) => kind === 'envelope').length,
      pings: handed.filter((kind) => kind === 'ping').length,
    });
  };
  return { ...village, people, well, count };
}

const isFull = (page: Page, room: RoomId, others: number): boolean =>
  roomOf(appOf(page), room).people.filter(({ here }) => here).length === others;

const names = ['Asha', 'Baraka', 'Chipo', 'Dalia', 'Esi', 'Farid'];

async function gone({ relay, until, people, well }: Gathered): Promise<void> {
  relay.crash('power-cut');
  await until('nobody is there', () => people.every((each) => isFull(each, well, 0)), 120_000);
}

test('those who come back together, and have the same, tell nothing in full, and are there', async () => {
  const story = await gathered('same', names);
  await gone(story);
  const told = story.count();
  story.relay.start();
  await story.until('all are back', () => story.people.every((each) => isFull(each, story.well, 5)), 120_000);
  await story.world.runFor(60_000);
  expect(told().envelopes).toBe(0);
  // One for each way.
  expect(told().pings).toBeLessThanOrEqual(30);
});

test('what was said meanwhile is with all soon after', async () => {
  const story = await gathered('meanwhile', names);
  await gone(story);
  for (const [at, each] of story.people.entries()) {
    await story.world.finish(appOf(each).send(story.well, `From ${at}`));
  }
  story.relay.start();
  await story.until('all are back', () => story.people.every((each) => isFull(each, story.well, 5)), 120_000);
  const all = ['Before', ...names.map((_, at) => `From ${at}`)].toSorted();
  const haveAll = (): boolean => story.people.every((each) => textsOf(appOf(each), story.well).toSorted().join() === all.join());
  await story.until('all have all', haveAll, 5_000);
});

test('who was away while others spoke gets it all within seconds, of somebody who stayed', async () => {
  const story = await gathered('away', names);
  const [asha, baraka] = story.people;
  story.world.paths.cut(['Baraka'], ['relay']);
  await story.until('Baraka is gone', () => isFull(asha!, story.well, 4), 300_000);
  for (const text of ['One', 'Two']) await story.world.finish(appOf(asha).send(story.well, text));
  await story.world.runFor(20_000);
  story.world.paths.heal();
  await story.until('Baraka is back', () => isFull(baraka!, story.well, 5), 120_000);
  await story.until('Baraka has both', () => textsOf(appOf(baraka), story.well).join() === 'Before,One,Two', 4_000);
});

test('a page that was opened anew is told all, though its device is known', async () => {
  const story = await gathered('anew', names);
  const [asha, baraka] = story.people;
  await gone(story);
  baraka!.crash('power-cut');
  await story.world.finish(appOf(asha).send(story.well, 'Meanwhile'));
  story.relay.start();
  await story.world.finish(baraka!.start([story.well]));
  await story.until('Baraka is told', () => textsOf(appOf(baraka), story.well).join() === 'Before,Meanwhile', 60_000);
  await story.until('all are back', () => story.people.every((each) => isFull(each, story.well, 5)), 120_000);
});

test('who left the room and came again under the same name is told all', async () => {
  const story = await gathered('left', names);
  const [asha, baraka] = story.people;
  const invite = roomOf(appOf(asha), story.well).invite ?? '';
  await gone(story);
  await story.world.finish(appOf(baraka).leaveRoom(story.well));
  await story.world.finish(appOf(baraka).joinRoom(invite));
  await story.world.finish(appOf(baraka).show(story.well));
  story.relay.start();
  await story.until('Baraka is told', () => textsOf(appOf(baraka), story.well).join() === 'Before', 60_000);
});

/** Somebody with the link, written by hand, who stays under one name over many links. */
async function strangerAt({ world, wallMs, until }: Village, asha: Page, well: RoomId) {
  const invite = decodeInvite(roomOf(appOf(asha), well).invite ?? '');
  if (isRefusal(invite)) throw new Error(invite.refused);
  const keys = deriveRoomKeys(invite.secret);
  const me = deriveDevice(new Uint8Array(32).fill(9));
  const network = world.node('Stranger').start().network();
  const met: PeerId[] = [];
  const heard: ('told in full' | 'compared')[] = [];
  let relay: Link | null = null;
  let said = 0;
  network.listen({
    onOpen: () => undefined,
    onClose: () => undefined,
    onFrame: (_link, bytes) => {
      const frame = decodeMeet(bytes);
      if (isRefusal(frame)) throw new Error(frame.refused);
      if (frame.kind === 'met') met.push(...frame.peers);
      if (frame.kind === 'joined') met.push(frame.peer);
      const inside = frame.kind === 'passed' ? decodeFrame(frame.bytes) : null;
      if (inside === null || isRefusal(inside)) return;
      if (inside.kind === 'envelope') heard.push('told in full');
      if (inside.kind === 'cast') heard.push('compared');
    },
  });
  const pass = (bytes: Uint8Array): void => void relay?.send(encodeMeet({ kind: 'pass', to: met[0]!, bytes }));
  return {
    heard,
    come: async () => {
      met.length = 0;
      const opened = await world.finish(network.openRelay(address, new AbortController().signal));
      if (opened.state !== 'open') throw new Error(opened.why);
      relay = opened.link;
      relay.send(encodeMeet({ kind: 'join', topics: [topicOn(keys, dayOf(wallMs()))] }));
      await until('they meet', () => met.length > 0);
    },
    go: () => relay?.close(),
    knowsCasts: () =>
      pass(
        encodeFrame({
          kind: 'cast',
          bytes: encodeCast({ kind: 'stand', about: 'answers', room: '00'.repeat(8), root: '00'.repeat(16) }),
        }),
      ),
    tell: () => {
      const summary = { kind: 'summary', author: me.id, peer: network.self, name: 'S', about: 'tells', heads: [] } as const;
      const envelope = seal(keys, encodeContent(summary, well, me), new Uint8Array(nonceBytes).fill((said += 1)));
      if (isRefusal(envelope)) throw new Error(envelope.refused);
      pass(encodeFrame({ kind: 'envelope', bytes: envelope }));
    },
  };
}

test('who comes back and knows us no more says so by telling in full, and is told in full, also when we compared before', async () => {
  const village = createVillage('forgot us');
  const asha = await village.person('Asha');
  const well = await village.room([asha]);
  const stranger = await strangerAt(village, asha, well);
  await stranger.come();
  stranger.knowsCasts();
  stranger.tell();
  await village.world.runFor(5_000);
  stranger.go();
  await village.until('gone', () => isFull(asha, well, 0));
  await village.world.runFor(5_000);
  stranger.heard.length = 0;
  await stranger.come();
  await village.world.runFor(5_000);
  expect(new Set(stranger.heard)).toEqual(new Set(['compared']));
  stranger.tell();
  await village.until('told in full', () => stranger.heard.includes('told in full'), 1_000);
});

test('of those who went only the last 64 are remembered, and nothing that was their way', () => {
  const { clock } = createWorld({ seed: 'many' }).node('Asha').start();
  const peers = createPeers(createRouting(clock, { changed: () => undefined, opened: () => undefined }));
  const well = '01'.repeat(16) as RoomId;
  const device = '02'.repeat(32) as DeviceId;
  const names = Array.from({ length: 70 }, (_, at) => `peer ${at}` as PeerId);
  for (const id of names) {
    const peer = peers.meet(id);
    peer.heardAs.set(well, device);
    peer.rooms.add(well);
    peer.device = device;
    peer.told.set(well, 1);
    peers.forget(id);
  }
  const again = names.map((id) => peers.meet(id));
  expect(again.map(({ heardAs }) => heardAs.size)).toEqual(names.map((_, at) => (at < 6 ? 0 : 1)));
  for (const { rooms, routes, told, device: who } of again)
    expect([rooms.size, routes.size, told.size, who]).toEqual([0, 0, 0, null]);
});
