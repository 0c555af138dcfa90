/** Links that are silent and stand: how many, and for how long. */
import { expect, test } from 'vitest';
import { createWorld } from '../../src/adapters/memory/world.ts';
import { createResting } from '../../src/app/mesh/resting.ts';
import type { Link } from '../../src/ports/network.ts';
import type { PeerId } from '../../src/protocol/ids.ts';

function stage() {
  const world = createWorld({ seed: 'resting' });
  const closed: string[] = [];
  const resting = createResting(world.node('page').start().clock);
  /** As the mesh does, which takes out what was closed. */
  const linkTo = (peer: string): Link => {
    const link = { peer: peer as PeerId, close: () => resting.take(link) && closed.push(peer) } as unknown as Link;
    return link;
  };
  return { world, closed, resting, linkTo };
}

test('one that speaks again rests no more, and is not closed', async () => {
  const { world, closed, resting, linkTo } = stage();
  const link = linkTo('Asha');
  resting.add(link);
  expect([resting.has(link), resting.take(link), resting.take(link), resting.has(link)]).toEqual([true, true, false, false]);
  await world.runFor(2 * 3_600_000);
  expect(closed).toEqual([]);
});

test('after an hour it is let go, and before that where somebody else leads there', async () => {
  const { world, closed, resting, linkTo } = stage();
  for (const name of ['Asha', 'Baraka']) resting.add(linkTo(name));
  resting.closeTo('Baraka' as PeerId);
  expect(closed).toEqual(['Baraka']);
  await world.runFor(3_599_000);
  expect(closed).toEqual(['Baraka']);
  await world.runFor(2_000);
  expect(closed).toEqual(['Baraka', 'Asha']);
});

test('of more than twelve the longest silent goes', () => {
  const { closed, resting, linkTo } = stage();
  for (let at = 0; at < 14; at += 1) resting.add(linkTo(`${at}`));
  expect(closed).toEqual(['0', '1']);
});
