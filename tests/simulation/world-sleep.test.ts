/** Pages that freeze, machines that sleep, and clocks that disagree. */
import { describe, expect, test } from 'vitest';
import { createWorld } from '../../src/adapters/memory/world.ts';
import { never, pairIn, storageOf } from './two-nodes.ts';

describe('a frozen page', () => {
  test('hears and does nothing until it thaws, then all of it in its order', async () => {
    const world = createWorld({ seed: 'frozen', path: { delayMs: 10, jitterMs: 0 } });
    const { a, b, heardA } = await pairIn(world);
    const storage = await storageOf(world, a);
    const did: string[] = [];
    a.clock.after(300, () => did.push(`late timer at ${Math.round(a.clock.ticksMs())}`));
    a.clock.after(100, () => did.push('timer'));
    void storage.get('x').then(() => did.push('disk'));
    const bornMs = world.nowMs() - a.clock.ticksMs();
    a.freeze();
    const [link] = b.network().links();
    for (let at = 0; at < 5; at += 1) link?.send(Uint8Array.of(at));
    await world.runFor(60_000);
    expect([did, heardA.frames, heardA.closes, link?.state()]).toEqual([[], [], [], 'open']);
    a.thaw();
    expect(did).toEqual([]);
    await world.runFor(0);
    expect(did).toEqual(['disk', 'timer', `late timer at ${Math.round(world.nowMs() - bornMs)}`]);
    expect(heardA.frames).toEqual([0, 1, 2, 3, 4]);
  });

  test('stopped timers stay stopped, and the dead stay dead', async () => {
    const world = createWorld({ seed: 'frozen' });
    const { a, b } = await pairIn(world);
    const did: string[] = [];
    const stop = a.clock.after(100, () => did.push('a'));
    b.clock.after(100, () => did.push('b'));
    a.freeze();
    b.freeze();
    await world.runFor(1_000);
    stop();
    b.kill();
    a.thaw();
    b.thaw();
    await world.runFor(1_000);
    expect(did).toEqual([]);
  });

  test('takes in only so much: then whoever sends hears full', async () => {
    const world = createWorld({ seed: 'frozen', network: { bufferBytes: 10_000 } });
    const { a, b } = await pairIn(world);
    a.freeze();
    const [link] = b.network().links();
    let sent = 0;
    while (sent < 100 && link?.send(new Uint8Array(1_000)) === 'sent') {
      sent += 1;
      await world.runFor(1_000);
    }
    expect(sent).toBe(10);
  });
});

describe('a sleeping machine', () => {
  test('is back after a nap as if nothing had been, its clock later by it', async () => {
    const world = createWorld({ seed: 'nap' });
    const { a, heardA, heardB, link } = await pairIn(world);
    const beganMs = a.clock.nowMs();
    world.node('a').sleep();
    await world.runFor(5_000);
    world.node('a').wake();
    expect(a.clock.nowMs() - beganMs).toBe(5_000);
    expect(link.send(Uint8Array.of(7))).toBe('sent');
    await world.runFor(1_000);
    expect([heardB.frames, heardA.closes, heardB.closes]).toEqual([[7], [], []]);
  });

  test('is given up by others, and learns so soon after it wakes', async () => {
    const world = createWorld({ seed: 'night' });
    const { heardA, heardB, link } = await pairIn(world);
    world.node('a').sleep();
    await world.runFor(600_000);
    expect([heardA.closes, heardB.closes, link.state()]).toEqual([[], ['lost'], 'open']);
    world.node('a').wake();
    await world.runFor(1_000);
    expect([heardA.closes, link.state()]).toEqual([['lost'], 'closed']);
  });

  test('cannot be dialled', async () => {
    const world = createWorld({ seed: 'asleep' });
    const { a } = await pairIn(world);
    world.node('b').sleep();
    const opened = await world.finish(a.network().openRelay('/memory/relay', never()));
    expect(opened).toEqual({ state: 'refused', why: 'unreachable' });
  });

  test('that loses its power in its sleep can be started again', async () => {
    const world = createWorld({ seed: 'flat' });
    await pairIn(world);
    const node = world.node('a');
    node.sleep();
    await world.runFor(1_000);
    node.crash('power-cut');
    expect((await world.finish(node.start().network().openRelay('/memory/relay', never()))).state).toBe('open');
  });
});

describe('clocks', () => {
  test('may be off, and drift ever further', async () => {
    const world = createWorld({ seed: 'drift' });
    const right = world.node('right').start();
    const fast = world.node('fast', { clockSkewMs: -90_000, clockDriftPpm: 100 }).start();
    expect(fast.clock.nowMs() - right.clock.nowMs()).toBe(-90_000);
    await world.runFor(3_600_000);
    expect(fast.clock.nowMs() - right.clock.nowMs()).toBe(-90_000 + 360);
    expect(fast.clock.ticksMs() - right.clock.ticksMs()).toBeCloseTo(360, 0);
    const ran: string[] = [];
    right.clock.after(100_000, () => ran.push('right'));
    fast.clock.after(100_000, () => ran.push('fast'));
    await world.runFor(99_995);
    expect(ran).toEqual(['fast']);
    await world.runFor(5);
    expect(ran).toEqual(['fast', 'right']);
  });
});
