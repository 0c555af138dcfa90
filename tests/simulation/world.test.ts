/** The memory world itself: its time, its luck, its paths, its public air. */
import { describe, expect, test } from 'vitest';
import { createWorld } from '../../src/adapters/memory/world.ts';
import { hear, never, pairIn, relayAddress, storageOf } from './two-nodes.ts';

describe('time', () => {
  test('passes only when told to, and then exactly', async () => {
    const world = createWorld({ seed: 'time' });
    const { clock } = world.node('a').start();
    const ran: number[] = [];
    for (const ms of [30, 10, 20]) clock.after(ms, () => ran.push(clock.ticksMs()));
    expect(ran).toEqual([]);
    await world.runFor(20);
    expect([ran, world.nowMs()]).toEqual([[10, 20], 20]);
    await world.runFor(1_000);
    expect([ran, world.nowMs()]).toEqual([[10, 20, 30], 1_020]);
  });

  test('waits for a whole chain of promises before the next event', async () => {
    const world = createWorld({ seed: 'chain' });
    const life = world.node('a').start();
    const storage = await storageOf(world, life);
    const deep = async (levels: number): Promise<number> => (levels === 0 ? 0 : 1 + (await deep(levels - 1)));
    const order: string[] = [];
    const work = async (): Promise<void> => {
      for (let time = 0; time < 3; time += 1) {
        await storage.get('x');
        await deep(40);
        order.push(`work at ${life.clock.ticksMs()}`);
        life.clock.after(0.001, () => order.push(`timer at ${life.clock.ticksMs()}`));
      }
    };
    await world.finish(work());
    await world.runFor(1);
    expect(order.map((line) => line.split(' ')[0])).toEqual(['work', 'timer', 'work', 'timer', 'work', 'timer']);
  });

  test('says so when a promise can never settle', async () => {
    const world = createWorld({ seed: 'stuck' });
    await expect(world.finish(new Promise(() => {}), 50)).rejects.toThrow('still unsettled');
  });

  test('wall clocks may disagree, and each is its own', async () => {
    const world = createWorld({ seed: 'skew' });
    const [a, b] = [world.node('a').start(), world.node('b', { clockSkewMs: -90_000 }).start()];
    expect(a.clock.nowMs() - b.clock.nowMs()).toBe(90_000);
  });

  test('a stopped crowd of timers leaves no crowd behind', async () => {
    const world = createWorld({ seed: 'crowd' });
    const { clock } = world.node('a').start();
    let runs = 0;
    for (let time = 0; time < 5_000; time += 1) {
      const stop = clock.after(1 + (time % 100), () => (runs += 1));
      if (time % 5 !== 0) stop();
    }
    await world.runFor(200);
    expect([runs, world.events()]).toEqual([1_000, 1_000]);
  });
});

describe('luck', () => {
  const drawn = async (names: readonly string[]): Promise<string> => {
    const world = createWorld({ seed: 'luck' });
    const lives = names.map((name) => world.node(name).start());
    const a = lives[names.indexOf('a')];
    return `${a?.network().self} ${a?.entropy.bytes(8).join()}`;
  };

  test('one more node shifts nobody else’s', async () => {
    expect(await drawn(['a'])).toBe(await drawn(['z', 'a', 'b']));
  });

  test('each start of a node has fresh luck and another peer id', () => {
    const node = createWorld({ seed: 'luck' }).node('a');
    const [one, two] = [node.start(), node.start()];
    expect(one.network().self).not.toBe(two.network().self);
    expect(one.entropy.bytes(16)).not.toEqual(two.entropy.bytes(16));
  });
});

describe('paths', () => {
  test('loss and jitter only delay: everything comes, in order', async () => {
    const world = createWorld({ seed: 'loss', path: { loss: 0.3, jitterMs: 50 } });
    const { heardB, link } = await pairIn(world);
    for (let at = 0; at < 200; at += 1) link.send(Uint8Array.of(at));
    expect(await world.runUntil(() => heardB.frames.length === 200, 120_000)).toBe(true);
    expect(heardB.frames).toEqual(Array.from({ length: 200 }, (_, at) => at));
    expect(world.nowMs()).toBeGreaterThan(200);
  });

  test('a narrow path takes its time', async () => {
    const world = createWorld({ seed: 'narrow', path: { delayMs: 10, jitterMs: 0, bytesPerMs: 10 } });
    const { heardB, link } = await pairIn(world);
    const beganMs = world.nowMs();
    for (let at = 0; at < 10; at += 1) link.send(new Uint8Array(1_000).fill(at));
    await world.runUntil(() => heardB.frames.length === 10, 60_000);
    expect(world.nowMs() - beganMs).toBeCloseTo(1_010, 0);
  });

  test('a short cut holds frames back, and healing lets them go on', async () => {
    const world = createWorld({ seed: 'cut' });
    const { heardA, heardB, link } = await pairIn(world);
    world.paths.cut(['a'], ['b']);
    for (let at = 0; at < 5; at += 1) expect(link.send(Uint8Array.of(at))).toBe('sent');
    await world.runFor(5_000);
    expect(heardB.frames).toEqual([]);
    world.paths.heal();
    await world.runFor(30_000);
    expect([heardB.frames, heardA.closes, heardB.closes]).toEqual([[0, 1, 2, 3, 4], [], []]);
  });

  test('a long cut ends links at both ends, and nobody can be dialled across it', async () => {
    const world = createWorld({ seed: 'cut' });
    const { a, heardA, heardB, link } = await pairIn(world);
    world.paths.cut(['a'], ['b']);
    await world.runFor(30_000);
    expect([heardA.closes, heardB.closes, link.state()]).toEqual([['lost'], ['lost'], 'closed']);
    expect(await world.finish(a.network().openRelay(relayAddress, never()))).toEqual({ state: 'refused', why: 'unreachable' });
    world.paths.heal();
    expect((await world.finish(a.network().openRelay(relayAddress, never()))).state).toBe('open');
  });

  test('a broken link is lost at once, the path stays', async () => {
    const world = createWorld({ seed: 'break' });
    const { a, heardA, heardB } = await pairIn(world);
    world.breakLinks('a', 'b');
    expect([heardA.closes, heardB.closes]).toEqual([['lost'], ['lost']]);
    expect((await world.finish(a.network().openRelay(relayAddress, never()))).state).toBe('open');
  });

  test('a link takes in only so much before it says full', async () => {
    const world = createWorld({ seed: 'full', network: { bufferBytes: 10_000 } });
    const { heardB, link } = await pairIn(world);
    let sent = 0;
    while (link.send(new Uint8Array(1_000).fill(sent)) === 'sent') sent += 1;
    expect([sent, link.send(Uint8Array.of(1))]).toEqual([10, 'full']);
    await world.runFor(1_000);
    expect([heardB.frames.length, link.send(Uint8Array.of(1))]).toEqual([10, 'sent']);
  });
});

describe('dialling', () => {
  test('given up at any moment, no link stands at either end', async () => {
    const outcomes = new Set<string>();
    for (let abortMs = 0; abortMs <= 200; abortMs += 2) {
      const world = createWorld({ seed: `give up ${abortMs}` });
      const relay = world.node('relay', { role: 'relay', address: relayAddress }).start().network();
      const page = world.node('page').start();
      hear(relay);
      const giveUp = new AbortController();
      page.clock.after(abortMs, () => giveUp.abort());
      const opened = await world.finish(page.network().openRelay(relayAddress, giveUp.signal));
      await world.runFor(1_000);
      const isOpen = opened.state === 'open';
      outcomes.add(isOpen ? 'open' : opened.why);
      expect([page.network().links().length, relay.links().length]).toEqual(isOpen ? [1, 1] : [0, 0]);
    }
    expect([...outcomes].toSorted((a, b) => (a < b ? -1 : 1))).toEqual(['aborted', 'open']);
  });
});

describe('public topics', () => {
  test('what is said right after joining is lost without a word', async () => {
    const world = createWorld({ seed: 'topic' });
    const { a } = await pairIn(world);
    const c = world.node('c').start();
    await world.finish(c.network().openRelay(relayAddress, never()));
    const heard: number[] = [];
    c.network().join('square', (bytes) => heard.push(bytes[0] ?? -1));
    const topic = a.network().join('square', () => {});
    topic.publish(Uint8Array.of(1));
    await world.runFor(5_000);
    topic.publish(Uint8Array.of(2));
    topic.publish(Uint8Array.of(2));
    await world.runFor(5_000);
    expect(heard).toEqual([2]);
  });
});

describe('the door', () => {
  test('answers the relay’s card while the relay lives and can be reached', async () => {
    const world = createWorld({ seed: 'door' });
    const relay = world.node('relay', { role: 'relay', address: relayAddress, card: { version: 1 } });
    const page = world.node('page', { home: relayAddress }).start();
    const read = () => world.finish(page.readCard(never()));
    expect(await read()).toBe(null);
    relay.start().network();
    expect(await read()).toEqual({ version: 1 });
    world.paths.cut(['page'], ['relay']);
    expect(await read()).toBe(null);
    world.paths.heal();
    relay.crash('killed');
    expect(await read()).toBe(null);
  });
});
