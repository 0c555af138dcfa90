/** Hostile network ports do what they are named after: or a scenario with them would prove nothing. */
import { expect, test } from 'vitest';
import { createRandom } from '../../src/adapters/memory/random.ts';
import { createWorld } from '../../src/adapters/memory/world.ts';
import { createHostile, misdeeds } from './hostile.ts';
import type { Misdeed } from './hostile.ts';
import { hear, never, relayAddress } from './two-nodes.ts';

/** Two honest ends say 40 numbers to each other through one that means ill; what comes of those of its own. */
const run = async (misdeed: Misdeed) => {
  const world = createWorld({ seed: `hostile ${misdeed}` });
  const centre = hear(world.node('centre', { role: 'relay', address: relayAddress }).start().network());
  const other = hear(world.node('other', { role: 'relay', address: '/memory/other' }).start().network());
  const life = world.node('bad').start();
  const { network, deeds } = createHostile({
    network: life.network(),
    clock: life.clock,
    luck: createRandom(`luck ${misdeed}`),
    misdeed,
    hasBegun: () => world.nowMs() >= beganMs,
  });
  const heard = hear(network);
  let beganMs = Infinity;
  const [one] = [
    await world.finish(network.openRelay(relayAddress, never())),
    await world.finish(network.openRelay('/memory/other', never())),
  ];
  if (one.state !== 'open') throw new Error(one.why);
  for (let at = 0; at < 3; at += 1) one.link.send(Uint8Array.of(200));
  await world.runFor(1_000);
  expect([deeds(), centre.frames.splice(0)]).toEqual([0, [200, 200, 200]]);
  beganMs = world.nowMs();
  for (let at = 0; at < 40; at += 1) {
    expect(one.link.send(new Uint8Array(20).fill(at))).toBe('sent');
    other.links[0]?.send(new Uint8Array(20).fill(at));
  }
  await world.runUntil(() => centre.frames.length >= 40, 500);
  const soon = centre.frames.length;
  await world.runFor(20_000);
  // The app holds the links it was given: they must be the ones events tell of.
  expect(heard.links).toContain(one.link);
  return { soon, centre: centre.frames, other: other.frames, deeds: deeds(), tookMs: world.nowMs() - beganMs };
};

test.each(misdeeds)('%s', async (misdeed) => {
  const { soon, centre, deeds } = await run(misdeed);
  const own = new Set(centre).size;
  switch (misdeed) {
    case 'drop':
      expect([own > 5, own < 35, deeds]).toEqual([true, true, 40 - centre.length]);
      break;
    case 'delay':
      expect([soon, centre.length, deeds]).toEqual([0, 40, 40]);
      break;
    case 'flood':
      expect([centre.length, own, deeds]).toEqual([840, 40, 800]);
      break;
    case 'garbage':
      expect([centre.length, deeds, own > 45]).toEqual([120, 80, true]);
      break;
    case 'lie':
      expect([centre.length, deeds]).toEqual([80, 40]);
      break;
  }
});

test('the same luck is the same ill', async () => {
  for (const misdeed of misdeeds) expect(await run(misdeed)).toEqual(await run(misdeed));
});
