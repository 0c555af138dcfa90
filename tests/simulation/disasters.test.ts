/** What the memory world does to nodes: kills, power cuts, failing disks. */
import { describe, expect, test } from 'vitest';
import { createWorld } from '../../src/adapters/memory/world.ts';
import { never, pairIn, relayAddress, storageOf } from './two-nodes.ts';

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
      const put = (key: string, value: number): { op: 'put'; key: string; value: Uint8Array } => ({
        op: 'put',
        key,
        value: Uint8Array.of(value),
      });
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
      expect(found.map((record) => record.key)).toEqual([
        'both',
        'old',
        ...['r1', 'r2', 'r3', 'r4', 'r5'].slice(0, kept),
        'sure',
      ]);
      losses.add(5 - kept);
    }
    expect([...losses].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
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
