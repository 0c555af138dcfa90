/** Who can reach whom in the memory world: islands that heal, and contacts that come and go. */
import { describe, expect, test } from 'vitest';
import { createWorld } from '../../src/adapters/memory/world.ts';
import type { World } from '../../src/adapters/memory/world.ts';
import { hear, never, pairIn, relayAddress } from './two-nodes.ts';

const dial = async (world: World, name: string): Promise<string> => {
  const life = world.node(name).lives()[0] ?? world.node(name).start();
  const opened = await world.finish(life.network().openRelay(relayAddress, never()));
  return opened.state === 'open' ? 'open' : opened.why;
};

describe('islands', () => {
  test('keep to themselves, lose their links to others, and find each other when healed', async () => {
    const world = createWorld({ seed: 'islands' });
    const { heardA, heardB } = await pairIn(world);
    const c = world.node('c').start();
    const heardC = hear(c.network());
    await world.finish(c.network().openRelay(relayAddress, never()));
    world.paths.islands([['a'], ['b', 'c']]);
    await world.runFor(30_000);
    expect([heardA.closes, heardB.closes, heardC.closes]).toEqual([['lost'], ['lost'], []]);
    expect([await dial(world, 'a'), await dial(world, 'd')]).toEqual(['unreachable', 'unreachable']);
    world.paths.islands([]);
    expect([await dial(world, 'a'), await dial(world, 'd')]).toEqual(['open', 'open']);
  });

  test('a cut between two stays when islands heal, and the other way round', async () => {
    const world = createWorld({ seed: 'both' });
    const { heardB, link } = await pairIn(world);
    world.paths.cut(['a'], ['b']);
    world.paths.islands([['a']]);
    link.send(Uint8Array.of(1));
    world.paths.islands([]);
    await world.runFor(5_000);
    world.paths.islands([['a']]);
    world.paths.heal();
    await world.runFor(5_000);
    expect(heardB.frames).toEqual([]);
    world.paths.islands([]);
    await world.runFor(1_000);
    expect([heardB.frames, link.state()]).toEqual([[1], 'open']);
  });
});

describe('contacts', () => {
  test('are all that carries, for those who only meet', async () => {
    const world = createWorld({ seed: 'contacts' });
    const { a, heardA } = await pairIn(world);
    world.paths.onlyInContact(['a', 'c']);
    await world.runFor(30_000);
    expect(heardA.closes).toEqual(['lost']);
    expect([await dial(world, 'a'), await dial(world, 'c'), await dial(world, 'd')]).toEqual([
      'unreachable',
      'unreachable',
      'open',
    ]);
    world.paths.contact('b', 'a', 'up');
    const opened = await world.finish(a.network().openRelay(relayAddress, never()));
    if (opened.state !== 'open') throw new Error(opened.why);
    expect(await dial(world, 'c')).toBe('unreachable');
    world.paths.contact('a', 'b', 'down');
    await world.runFor(5_000);
    expect(opened.link.state()).toBe('open');
    await world.runFor(30_000);
    expect(opened.link.state()).toBe('closed');
    world.paths.onlyInContact([]);
    expect(await dial(world, 'a')).toBe('open');
  });
});

describe('a device that moves to another network', () => {
  test('has dead links, knows of its socket’s at once and of others later, and can dial', async () => {
    const world = createWorld({ seed: 'move' });
    const { a, heardA, heardB, link } = await pairIn(world);
    const c = world.node('c').start();
    const heardC = hear(c.network());
    const offer = await world.finish(a.network().offer(never()));
    const answer = await world.finish(c.network().answer(offer.bytes, never()));
    if (answer.state !== 'answered') throw new Error(answer.why);
    const opened = await world.finish(offer.accept(answer.bytes));
    if (opened.state !== 'open') throw new Error(opened.why);
    const framesBefore = heardB.frames.length;
    world.node('a').move({ site: 'elsewhere' });
    link.send(Uint8Array.of(1));
    opened.link.send(Uint8Array.of(2));
    c.network().links()[0]?.send(Uint8Array.of(3));
    expect(await dial(world, 'a')).toBe('open');
    await world.runFor(1_000);
    expect([heardA.closes, heardB.closes, heardC.closes]).toEqual([['lost'], [], []]);
    expect([link.state(), opened.link.state()]).toEqual(['closed', 'open']);
    await world.runFor(20_000);
    expect([heardA.closes, heardB.closes, heardC.closes]).toEqual([['lost', 'lost'], ['lost'], ['lost']]);
    expect([heardB.frames.length, heardC.frames, heardA.frames]).toEqual([framesBefore, [], []]);
  });
});
