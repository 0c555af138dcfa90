/** The memory world itself: its time, its luck, its disasters. */
import { describe, expect, test } from 'vitest';
import { createWorld } from '../../src/adapters/memory/world.ts';
import type { World } from '../../src/adapters/memory/world.ts';
import type { Life } from '../../src/adapters/memory/node.ts';
import type { CloseReason, Link, Network } from '../../src/ports/network.ts';
import type { Storage } from '../../src/ports/storage.ts';

const never = (): AbortSignal => new AbortController().signal;
const relayAddress = '/memory/relay';

interface Heard {
  readonly frames: number[];
  readonly closes: CloseReason[];
  readonly links: Link[];
}
const hear = (network: Network): Heard => {
  const heard: Heard = { frames: [], closes: [], links: [] };
  network.listen({
    onOpen: (link) => heard.links.push(link),
    onFrame: (_link, frame) => heard.frames.push(frame[0] ?? -1),
    onClose: (_link, why) => heard.closes.push(why),
  });
  return heard;
};

const pairIn = async (world: World): Promise<{ a: Life; b: Life; heardA: Heard; heardB: Heard; link: Link }> => {
  const a = world.node('a').start();
  const b = world.node('b', { role: 'relay', address: relayAddress }).start();
  const [heardA, heardB] = [hear(a.network()), hear(b.network())];
  const opened = await world.finish(a.network().openRelay(relayAddress, never()));
  if (opened.state !== 'open') throw new Error(opened.why);
  return { a, b, heardA, heardB, link: opened.link };
};

const storageOf = async (world: World, life: Life): Promise<Storage> => {
  const opened = await world.finish(life.openStorage());
  if (opened.state !== 'open') throw new Error(opened.why);
  return opened.storage;
};

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

describe('disasters', () => {
  test('a killed process is noticed soon over a socket', async () => {
    const world = createWorld({ seed: 'kill' });
    const { b, heardA } = await pairIn(world);
    b.kill();
    await world.runFor(1_000);
    expect(heardA.closes).toEqual(['lost']);
  });

  test('a power cut is only silence, until it is called death', async () => {
    const world = createWorld({ seed: 'power' });
    const { heardA, link } = await pairIn(world);
    world.node('b').crash('power-cut');
    await world.runFor(10_000);
    expect([heardA.closes, link.state()]).toEqual([[], 'open']);
    await world.runFor(10_000);
    expect(heardA.closes).toEqual(['lost']);
  });

  test('the dead do nothing: no timer, no answer, no frame', async () => {
    const world = createWorld({ seed: 'dead' });
    const { a, heardB, link } = await pairIn(world);
    const storage = await storageOf(world, a);
    let happened = 0;
    a.clock.after(10, () => (happened += 1));
    void storage.get('x').then(() => (happened += 1));
    a.kill();
    a.clock.after(10, () => (happened += 1));
    expect(link.send(Uint8Array.of(1))).toBe('closed');
    await world.runFor(60_000);
    expect([happened, heardB.frames]).toEqual([0, []]);
  });

  test('a relay that returns has its disk and its peer id, and is reached at its old address', async () => {
    const world = createWorld({ seed: 'return' });
    const { a, b, heardA } = await pairIn(world);
    const storage = await storageOf(world, b);
    await world.finish(storage.commit({ writes: [{ op: 'put', key: 'k', value: Uint8Array.of(1) }], durability: 'strict' }));
    world.node('b').crash('power-cut');
    await world.runUntil(() => heardA.closes.length > 0, 60_000);
    const again = world.node('b').start();
    expect(again.network().self).toBe(b.network().self);
    expect((await world.finish((await storageOf(world, again)).get('k')))?.value).toEqual(Uint8Array.of(1));
    expect((await world.finish(a.network().openRelay(relayAddress, never()))).state).toBe('open');
  });

  test('a power cut takes back only relaxed commits, from the end and in whole; strict ones never', async () => {
    const losses = new Set<number>();
    for (let seed = 0; seed < 40; seed += 1) {
      const world = createWorld({ seed: `disk ${seed}` });
      const node = world.node('a');
      const storage = await storageOf(world, node.start());
      const put = (key: string, value: number): { op: 'put'; key: string; value: Uint8Array } =>
        ({ op: 'put', key, value: Uint8Array.of(value) });
      await world.finish(storage.commit({ writes: [put('old', 1)], durability: 'relaxed' }));
      await world.finish(storage.commit({ writes: [put('sure', 1), put('both', 0)], durability: 'strict' }));
      for (let at = 1; at <= 5; at += 1) {
        await world.finish(storage.commit({ writes: [put(`r${at}`, at), put('both', at)], durability: 'relaxed' }));
      }
      node.crash('power-cut');
      const after = await storageOf(world, node.start());
      const found = await world.finish(after.range({ from: '', to: '~', limit: 99 }));
      const kept = found.filter((record) => record.key.startsWith('r')).length;
      const both = found.find((record) => record.key === 'both');
      // The newest commit that stayed wrote both; a version per commit that stayed.
      expect([both?.value[0], both?.version]).toEqual([kept, kept + 1]);
      expect(found.map((record) => record.key)).toEqual(['both', 'old', ...['r1', 'r2', 'r3', 'r4', 'r5'].slice(0, kept), 'sure']);
      losses.add(5 - kept);
    }
    expect([...losses].toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('a relaxed commit old enough survives, and so does everything when only the tab is killed', async () => {
    for (let seed = 0; seed < 10; seed += 1) {
      const world = createWorld({ seed: `old ${seed}` });
      const node = world.node('a');
      const storage = await storageOf(world, node.start());
      const put = { op: 'put', key: 'k', value: Uint8Array.of(1) } as const;
      await world.finish(storage.commit({ writes: [put], durability: 'relaxed' }));
      if (seed % 2 === 0) node.crash('killed');
      else {
        await world.runFor(6_000);
        node.crash('power-cut');
      }
      expect((await world.finish((await storageOf(world, node.start())).get('k')))?.version).toBe(1);
    }
  });

  test('a commit under way when its tab dies reached the disk in whole, or not at all', async () => {
    const outcomes = new Set<string>();
    for (let seed = 0; seed < 20; seed += 1) {
      const world = createWorld({ seed: `under way ${seed}` });
      const node = world.node('a');
      const life = node.start();
      const storage = await storageOf(world, life);
      const puts = ['x', 'y'].map((key) => ({ op: 'put', key, value: Uint8Array.of(1) }) as const);
      void storage.commit({ writes: puts, durability: 'strict' });
      life.kill();
      const found = await world.finish((await storageOf(world, node.start())).range({ from: '', to: '~', limit: 9 }));
      outcomes.add(found.map((record) => record.key).join());
    }
    expect([...outcomes].toSorted()).toEqual(['', 'x,y']);
  });

  test('disks can be full, fail, or not open', async () => {
    const world = createWorld({ seed: 'faults' });
    const node = world.node('a', { disk: { quotaBytes: 100 } });
    const life = node.start();
    const storage = await storageOf(world, life);
    const commit = (length: number) =>
      world.finish(storage.commit({ writes: [{ op: 'put', key: 'k', value: new Uint8Array(length) }], durability: 'strict' }));
    expect(await commit(200)).toEqual({ state: 'refused', why: 'full' });
    node.disk.faults.failCommits = 1;
    expect(await commit(20)).toEqual({ state: 'refused', why: 'failed' });
    expect(await commit(20)).toEqual({ state: 'committed' });
    node.disk.faults.open = 'newer';
    expect(await world.finish(life.openStorage())).toEqual({ state: 'refused', why: 'newer' });
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
