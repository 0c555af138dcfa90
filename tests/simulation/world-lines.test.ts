/** Lines of the memory world: their width either way, what waits before them, and what NAT lets through. */
import { describe, expect, test } from 'vitest';
import { directChance, natFrom, natMixes } from '../../src/adapters/memory/nat.ts';
import type { NatKind } from '../../src/adapters/memory/nat.ts';
import { createRandom } from '../../src/adapters/memory/random.ts';
import { createWorld } from '../../src/adapters/memory/world.ts';
import type { World } from '../../src/adapters/memory/world.ts';
import { hear, never, pairIn, relayAddress } from './two-nodes.ts';

const steady = { delayMs: 10, jitterMs: 0 };
const kinds: readonly NatKind[] = ['open', 'cone', 'symmetric', 'blocked'];

describe('width', () => {
  const timeOf = async (line: { upBytesPerMs?: number; downBytesPerMs?: number }, way: 'up' | 'down'): Promise<number> => {
    const world = createWorld({ seed: 'width', path: steady });
    const { a, heardA, heardB, b, link } = await pairIn(world);
    world.paths.setLine('a', line);
    const [sender, heard] = way === 'up' ? [link, heardB] : [b.network().links()[0]!, heardA];
    const beganMs = world.nowMs();
    for (let at = 0; at < 10; at += 1) sender.send(new Uint8Array(1_000).fill(at));
    await world.runUntil(() => heard.frames.length === 10, 60_000);
    expect(heard.frames).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(a.network().links().length).toBe(1);
    return world.nowMs() - beganMs;
  };

  test('is each way’s own', async () => {
    expect(await timeOf({ upBytesPerMs: 10 }, 'up')).toBeCloseTo(1_010, 0);
    expect(await timeOf({ downBytesPerMs: 10 }, 'down')).toBeCloseTo(1_010, 0);
    expect(await timeOf({ upBytesPerMs: 10 }, 'down')).toBeCloseTo(10, 0);
    expect(await timeOf({ downBytesPerMs: 10 }, 'up')).toBeCloseTo(10, 0);
  });

  const star = async (
    line: { upBytesPerMs?: number; downBytesPerMs?: number; bufferBytes?: number },
    onEvent: (kind: string) => void = () => undefined,
  ) => {
    const world = createWorld({ seed: 'star', path: steady, onEvent: ({ kind }) => onEvent(kind) });
    const centre = world.node('centre', { role: 'relay', address: relayAddress, line }).start().network();
    const heardCentre = hear(centre);
    const pages = ['a', 'b', 'c', 'd'].map((name) => world.node(name).start().network());
    const heard = pages.map((page) => hear(page));
    for (const page of pages) await world.finish(page.openRelay(relayAddress, never()));
    return { world, centre, heardCentre, pages, heard };
  };

  test('is shared by all links of a device, and links take turns', async () => {
    const { world, centre, heard } = await star({ upBytesPerMs: 10 });
    const beganMs = world.nowMs();
    for (const link of centre.links()) link.send(new Uint8Array(1_000));
    const doneMs: number[] = [];
    for (const each of heard) {
      await world.runUntil(() => each.frames.length === 1, 60_000);
      doneMs.push(Math.round(world.nowMs() - beganMs));
    }
    expect(doneMs).toEqual([110, 210, 310, 410]);
  });

  test('of many who send at once to one, each waits its turn; what finds no room to wait comes again, and nothing is lost', async () => {
    const landings: number[] = [];
    for (const bufferBytes of [2_000, 1e6]) {
      let count = 0;
      const { world, heardCentre, pages } = await star({ downBytesPerMs: 10, bufferBytes }, (kind) => {
        if (kind === 'landing') count += 1;
      });
      const beganMs = world.nowMs();
      for (const page of pages) for (let at = 0; at < 5; at += 1) page.links()[0]?.send(new Uint8Array(1_000));
      expect(await world.runUntil(() => heardCentre.frames.length === 20, 60_000)).toBe(true);
      expect(world.nowMs() - beganMs).toBeGreaterThanOrEqual(2_009);
      expect(world.nowMs() - beganMs).toBeLessThan(4_000);
      landings.push(count);
    }
    const [narrow = 0, roomy = 0] = landings;
    expect(roomy).toBe(20);
    expect(narrow).toBeGreaterThan(20);
  });

  test('a narrow line takes in only so much before its sender hears full, and goes on when it has room', async () => {
    const { world, centre, heard } = await star({ upBytesPerMs: 10, bufferBytes: 4_000 });
    const [one, other] = centre.links();
    let sent = 0;
    while (one?.send(new Uint8Array(1_000)) === 'sent') sent += 1;
    expect([sent, other?.send(Uint8Array.of(1))]).toEqual([5, 'full']);
    await world.runFor(300);
    expect(other?.send(Uint8Array.of(1))).toBe('sent');
    await world.runFor(1_000);
    expect(heard.map((each) => each.frames.length)).toEqual([5, 1, 0, 0]);
  });

  test('is no matter within a site', async () => {
    const world = createWorld({ seed: 'site', path: steady });
    for (const name of ['a', 'b']) world.paths.setLine(name, { upBytesPerMs: 1, downBytesPerMs: 1, site: 'home' });
    const { heardB, link } = await pairIn(world);
    for (let at = 0; at < 10; at += 1) link.send(new Uint8Array(1_000));
    await world.runFor(20);
    expect(heardB.frames.length).toBe(10);
  });
});

describe('NAT', () => {
  const blended = (mix: (typeof natMixes)[keyof typeof natMixes]): number => {
    let whole = 0;
    for (const one of kinds) for (const other of kinds) whole += mix[one] * mix[other] * directChance(one, other);
    return whole;
  };

  test('phones get through as Stunner measured, homes as IPFS did, a town between them', () => {
    expect(blended(natMixes.phones)).toBeCloseTo(0.431, 2);
    expect(blended(natMixes.homes)).toBeCloseTo(0.7, 1);
    for (const mix of Object.values(natMixes)) {
      expect(blended(mix)).toBeGreaterThanOrEqual(0.43);
      expect(blended(mix)).toBeLessThanOrEqual(0.7);
      expect(kinds.reduce((sum, kind) => sum + mix[kind], 0)).toBeCloseTo(1, 9);
    }
    for (const one of kinds) for (const other of kinds) expect(directChance(one, other)).toBe(directChance(other, one));
  });

  /** By hand, as two who pair: nothing but what lies between them decides. */
  const pairs = async (world: World, one: string, other: string): Promise<boolean> => {
    const [a, b] = [one, other].map((name) => (world.node(name).lives()[0] ?? world.node(name).start()).network());
    for (const each of [a, b]) if (each !== undefined) hear(each);
    const offer = await world.finish(a!.offer(never()));
    const answer = await world.finish(b!.answer(offer.bytes, never()));
    if (answer.state !== 'answered') throw new Error(answer.why);
    const opened = await world.finish(offer.accept(answer.bytes));
    if (opened.state === 'open') opened.link.close();
    return opened.state === 'open';
  };

  test('of many pairs about so many link, and each pair always or never', async () => {
    const world = createWorld({ seed: 'nat' });
    const luck = createRandom('kinds');
    const names = Array.from({ length: 40 }, (_, at) => `device ${at}`);
    for (const name of names) world.paths.setLine(name, { nat: natFrom(natMixes.phones, luck.share()) });
    let [tried, linked] = [0, 0];
    for (const [at, name] of names.entries()) {
      for (const other of names.slice(at + 1, at + 13)) {
        const first = await pairs(world, name, other);
        if (tried % 10 === 0) expect(await pairs(world, other, name)).toBe(first);
        tried += 1;
        if (first) linked += 1;
      }
    }
    expect(tried).toBe(402);
    expect(linked / tried).toBeGreaterThan(0.3);
    expect(linked / tried).toBeLessThan(0.56);
  });

  test('keeps nobody from a relay, nor from whoever sits at the same site', async () => {
    const world = createWorld({ seed: 'blocked' });
    for (const name of ['a', 'c', 'd']) world.paths.setLine(name, { nat: 'blocked' });
    const { link } = await pairIn(world);
    expect(link.state()).toBe('open');
    expect(await pairs(world, 'c', 'd')).toBe(false);
    for (const name of ['c', 'd']) world.paths.setLine(name, { site: 'home' });
    expect(await pairs(world, 'c', 'd')).toBe(true);
  });
});
