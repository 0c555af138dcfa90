/** Who is reached through neighbours is reached through the better one, and who carries nothing is left. */
import { expect, test } from 'vitest';
import type { Link } from '../../../src/ports/network.ts';
import { createPeers, routeOf } from '../../../src/app/mesh/peers.ts';
import type { Routing } from '../../../src/app/routing/routing.ts';
import { parsePeerId } from '../../../src/protocol/ids.ts';
import type { RoomId } from '../../../src/protocol/ids.ts';
import type { Page } from '../../simulation/page.ts';
import { appOf, textsOf } from '../village.ts';
import type { Village } from '../village.ts';
import { carried, watched } from './carried.ts';

/** Virtual ms until the other has read it. */
async function tell({ world, until }: Village, from: Page, to: Page, room: RoomId, text: string): Promise<number> {
  const sentMs = world.nowMs();
  await world.finish(appOf(from).send(room, text));
  await until(`"${text}" is read`, () => textsOf(appOf(to), room).includes(text), 600_000);
  return world.nowMs() - sentMs;
}

test('of two neighbours that lead there, the quicker carries, though the other came first', async () => {
  const village = await carried('quicker', ['First', 'Second']);
  const { world, asha, chipo, well } = village;
  for (const far of ['Asha', 'Chipo']) world.paths.set('First', far, { delayMs: 600 });
  // Long enough to be measured again.
  await world.runFor(90_000);
  const tookMs = [];
  for (const [from, to] of [
    [asha, chipo],
    [chipo, asha],
  ] as const)
    tookMs.push(await tell(village, from, to, well, `${tookMs.length}`));
  expect(Math.max(...tookMs)).toBeLessThan(300);
});

test('a neighbour that answers at once and carries nothing is left for another', async () => {
  let isDead = false;
  const village = await carried('dead', ['First', 'Second'], {
    page: (name) => (name === 'First' ? { network: (network) => watched(network, 'passed', () => !isDead) } : {}),
  });
  const { world, asha, chipo, well } = village;
  await tell(village, asha, chipo, well, 'Can you hear me?');
  isDead = true;
  // At the second try it goes by both.
  expect(await tell(village, asha, chipo, well, 'And now?')).toBeLessThan(6_000);
  expect(await tell(village, chipo, asha, well, 'Hardly')).toBeLessThan(6_000);
  await world.runFor(180_000);
  expect(await tell(village, asha, chipo, well, 'Again?')).toBeLessThan(300);
  expect(await tell(village, chipo, asha, well, 'Yes')).toBeLessThan(300);
});

test('between two that are much alike nobody goes back and forth, and a relay carries before either', () => {
  const scored = new Map<Link, number>();
  const routing = { scoreOf: (link: Link) => ({ value: scored.get(link) ?? 0 }) } as Routing;
  const peer = createPeers(routing).meet(parsePeerId('peer00000001')!);
  const [one, other, relay] = (['peer', 'peer', 'relay'] as const).map((end) => ({ end }) as Link) as [Link, Link, Link];
  peer.routes.add(one).add(other);
  const chosen = [
    [0.6, 0.6],
    [0.6, 0.64],
    [0.6, 0.7],
    [0.74, 0.7],
    [0.76, 0.7],
  ].map(([first, second]) => {
    scored.set(one, first!).set(other, second!);
    return routeOf(peer) === one ? 'one' : 'other';
  });
  expect(chosen).toEqual(['one', 'one', 'other', 'other', 'one']);
  peer.routes.add(relay);
  expect(routeOf(peer)).toBe(relay);
  peer.routes.delete(relay);
  peer.routes.delete(one);
  expect(routeOf(peer)).toBe(other);
});
