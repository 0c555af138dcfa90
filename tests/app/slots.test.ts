/** A page holds a dozen links at most, however many want one, and nobody is left without. */
import { expect, test } from 'vitest';
import type { LinkEvents, Network } from '../../src/ports/network.ts';
import { createHandClock } from '../relay/hand-clock.ts';
import { linkTo } from './plain-link.ts';
import type { Page } from '../simulation/page.ts';
import { createSlots } from '../../src/app/mesh/slots.ts';
import { createPeers } from '../../src/app/mesh/peers.ts';
import { createRouting } from '../../src/app/routing/routing.ts';
import type { PeerId, RoomId } from '../../src/protocol/ids.ts';
import { appOf, createVillage, textsOf } from './village.ts';

const count = 24;
const [fewest, most] = [3, 12];

const linksOf = (page: Page): number =>
  appOf(page)
    .view()
    .mesh.neighbours.filter(({ path }) => path === 'direct').length;

test('two dozen come to one room at once: each has links enough, none too many, and their links alone carry to all', async () => {
  const { person, room, until, world, relay } = createVillage('slots');
  const pages: Page[] = [];
  for (let at = 0; at < count; at += 1) pages.push(await person(`Person ${at}`));
  let mostSeen = 0;
  const hall = await room(pages);
  await until('links enough', () => {
    mostSeen = Math.max(mostSeen, ...pages.map(linksOf));
    return pages.every((page) => linksOf(page) >= fewest);
  });
  for (let second = 0; second < 120; second += 1) {
    await world.runFor(1_000);
    mostSeen = Math.max(mostSeen, ...pages.map(linksOf));
  }
  expect(mostSeen).toBeLessThanOrEqual(most);
  expect(Math.min(...pages.map(linksOf))).toBeGreaterThanOrEqual(fewest);

  relay.crash('killed');
  await world.finish(appOf(pages.at(-1)).send(hall, 'By our links alone'));
  await until('heard by all', () => pages.every((page) => textsOf(appOf(page), hall).includes('By our links alone')));
});

test('strangers fill every place: who shares a room gets one all the same', async () => {
  const { person, room, until, world } = createVillage('slots of strangers');
  const [asha, baraka] = [await person('Asha'), await person('Baraka')];
  for (let at = 0; at < count; at += 1) await person(`Stranger ${at}`);
  await world.runFor(60_000);
  expect([linksOf(asha), linksOf(baraka)].every((links) => links >= fewest && links <= most)).toBe(true);
  await room([asha, baraka]);
  const isLinked = (page: Page): boolean =>
    appOf(page)
      .view()
      .rooms.some(({ people }) => people.some(({ path }) => path === 'direct'));
  await until('the two linked', () => isLinked(asha) && isLinked(baraka));
  expect(Math.max(linksOf(asha), linksOf(baraka))).toBeLessThanOrEqual(most);
});

test('who shares a room and has no place gets that of the stranger who is reached worst', () => {
  const { clock, turn } = createHandClock();
  const routing = createRouting(clock, { changed: () => undefined, opened: () => undefined });
  const peers = createPeers(routing);
  const slots = createSlots(clock, peers);
  const opened: LinkEvents['onOpen'][] = [];
  const network: Pick<Network, 'listen'> = { listen: ({ onOpen }) => (opened.push(onOpen), () => undefined) };
  routing.watch(network as Network).listen({ onOpen: () => undefined, onFrame: () => undefined, onClose: () => undefined });
  const closed: string[] = [];
  for (let at = 0; at < 12; at += 1) {
    const name = `stranger ${at}`;
    const link = { ...linkTo(name, 'peer'), close: () => void closed.push(name) };
    for (const onOpen of opened) onOpen(link);
    peers.meet(link.peer).direct = link;
    routing.told(link, at === 7 ? 900 : 20 + at);
  }
  turn(60_000);
  const mate = peers.meet('mate' as PeerId);
  mate.rooms.add('well' as RoomId);
  expect(slots.mayCome(mate.id)).toBe(true);
  expect(closed).toEqual(['stranger 7']);
});

test('a crowd that says it comes, and never does: who shares a room has a place at once, other strangers after ten seconds', () => {
  let nowMs = 0;
  const clock = { ticksMs: () => nowMs, nowMs: () => nowMs, after: () => () => undefined };
  const peers = createPeers(createRouting(clock, { changed: () => undefined, opened: () => undefined }));
  const slots = createSlots(clock, peers);
  const named = (name: string): PeerId => peers.meet(name as PeerId).id;
  const welcome = Array.from({ length: 1_000 }, (_, at) => slots.mayCome(named(`sybil ${at}`))).filter(Boolean).length;
  expect(welcome).toBeLessThan(most);
  const mate = peers.meet('mate' as PeerId);
  mate.rooms.add('well' as RoomId);
  expect([slots.mayCome(mate.id), slots.mayDial(mate), slots.mayCome(named('stranger'))]).toEqual([true, true, false]);
  nowMs = 10_001;
  expect(slots.mayCome(named('stranger'))).toBe(true);
});
