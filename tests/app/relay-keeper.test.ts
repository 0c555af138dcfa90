/** Which door the relay keeper knocks at, when, and which it says is open. */
import { expect, test } from 'vitest';
import { createRelayKeeper } from '../../src/app/mesh/relay-keeper.ts';
import type { RelayKeeper } from '../../src/app/mesh/relay-keeper.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Link, Network, Opened } from '../../src/ports/network.ts';

const [first, second, third] = [
  '/dns4/a/tcp/1/ws',
  '/ip4/192.0.2.1/udp/1/webrtc-direct',
  '/ip4/192.0.2.2/udp/1/webrtc-direct',
] as const;

interface Stage {
  readonly keeper: RelayKeeper;
  /** `ms door`, as it was knocked at. */
  readonly knocks: string[];
  readonly opened: Link[];
  doors: Record<string, 'opens' | 'refuses' | 'hangs'>;
  /** Turns the clock. */
  pass(ms: number): Promise<void>;
}

function stage(doors: Stage['doors']): Stage {
  let nowMs = 0;
  const due = new Set<{ readonly atMs: number; readonly run: () => void }>();
  const clock: Clock = {
    nowMs: () => nowMs,
    ticksMs: () => nowMs,
    after: (delayMs, run) => {
      const entry = { atMs: nowMs + delayMs, run };
      due.add(entry);
      return () => void due.delete(entry);
    },
  };
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  const knocks: string[] = [];
  const opened: Link[] = [];
  const openRelay = async (address: string, signal: AbortSignal): Promise<Opened> => {
    knocks.push(`${Math.round(nowMs)} ${address}`);
    if (it.doors[address] === 'refuses') return { state: 'refused', why: 'unreachable' };
    if (it.doors[address] === 'hangs') {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return { state: 'refused', why: 'aborted' };
    }
    let state: 'open' | 'closed' = 'open';
    const link = { id: `${opened.length}`, state: () => state, close: () => (state = 'closed') };
    return { state: 'open', link: link as unknown as Link };
  };
  const it: Stage = {
    keeper: createRelayKeeper(
      { clock, entropy: { bytes: (length) => new Uint8Array(length) }, log: () => {} },
      { openRelay } as unknown as Network,
      (link) => opened.push(link),
      () => {},
    ),
    knocks,
    opened,
    doors,
    pass: async (ms) => {
      const endMs = nowMs + ms;
      await settle();
      for (;;) {
        const [next] = [...due].toSorted((a, b) => a.atMs - b.atMs);
        if (next === undefined || next.atMs > endMs) break;
        nowMs = next.atMs;
        due.delete(next);
        next.run();
        await settle();
      }
      nowMs = endMs;
    },
  };
  return it;
}

test('a first door that refuses: the second is tried at once, and is what is shown', async () => {
  const { keeper, knocks, opened, pass } = stage({ [first]: 'refuses', [second]: 'opens' });
  keeper.lookAt([first, second]);
  await pass(0);
  expect(knocks).toEqual([`0 ${first}`, `0 ${second}`]);
  expect([keeper.state(), keeper.link()]).toEqual([{ address: second, state: 'open' }, opened[0]]);
  await pass(59_000);
  expect(knocks).toHaveLength(2);
});

test('let in by the second, it looks back at the first now and then, goes over once it opens, and says goodbye', async () => {
  const it = stage({ [first]: 'refuses', [second]: 'opens' });
  it.keeper.lookAt([first, second]);
  await it.pass(130_000);
  expect(it.knocks).toEqual([`0 ${first}`, `0 ${second}`, `60000 ${first}`, `120000 ${first}`]);
  expect(it.opened.map((link) => link.state())).toEqual(['open']);
  it.doors[first] = 'opens';
  await it.pass(60_000);
  expect(it.knocks.slice(4)).toEqual([`180000 ${first}`]);
  expect(it.opened.map((link) => link.state())).toEqual(['closed', 'open']);
  expect([it.keeper.state(), it.keeper.link()]).toEqual([{ address: first, state: 'open' }, it.opened[1]]);
  it.keeper.lost(it.opened[0] as Link);
  expect(it.keeper.link()).toBe(it.opened[1]);
  await it.pass(600_000);
  expect(it.knocks).toHaveLength(5);
});

test('who looks again goes over at once', async () => {
  const it = stage({ [first]: 'refuses', [second]: 'opens' });
  it.keeper.lookAt([first, second]);
  await it.pass(1_000);
  it.doors[first] = 'opens';
  it.keeper.hurry();
  await it.pass(0);
  expect(it.knocks.slice(2)).toEqual([`1000 ${first}`]);
  expect(it.keeper.state()?.address).toBe(first);
});

test('after a loss it comes back to the first door', async () => {
  const it = stage({ [first]: 'refuses', [second]: 'opens' });
  it.keeper.lookAt([first, second]);
  await it.pass(2_000);
  it.doors[first] = 'opens';
  it.keeper.lost(it.opened[0] as Link);
  await it.pass(400);
  expect(it.knocks.slice(2)).toEqual([`2250 ${first}`]);
  expect(it.keeper.state()).toEqual({ address: first, state: 'open' });
});

test('the first door opens late: who came by another first stays there, and the late one is closed', async () => {
  const it = stage({ [first]: 'hangs', [second]: 'opens' });
  it.keeper.lookAt([first, second]);
  await it.pass(5_900);
  expect(it.knocks).toEqual([`0 ${first}`]);
  await it.pass(200);
  expect(it.knocks).toEqual([`0 ${first}`, `6000 ${second}`]);
  expect(it.opened).toHaveLength(1);
  expect(it.keeper.state()?.address).toBe(second);
});

test('doors that hang do not delay the first, and take turns', async () => {
  const it = stage({ [first]: 'refuses', [second]: 'hangs', [third]: 'hangs' });
  it.keeper.lookAt([first, second, third]);
  await it.pass(20_000);
  const at = (door: string): number[] =>
    it.knocks.filter((each) => each.endsWith(` ${door}`)).map((each) => Number.parseInt(each, 10));
  const waits = at(first)
    .slice(1)
    .map((ms, index) => ms - (at(first)[index] ?? 0));
  expect(Math.max(...waits)).toBeLessThanOrEqual(4_000);
  expect(at(second).length + at(third).length).toBeGreaterThan(3);
  expect(Math.abs(at(second).length - at(third).length)).toBeLessThanOrEqual(1);
  it.doors[first] = 'opens';
  await it.pass(4_000);
  expect(it.keeper.state()).toEqual({ address: first, state: 'open' });
  expect(it.opened).toHaveLength(1);
  await it.pass(60_000);
  expect(it.opened).toHaveLength(1);
});

test('a door that closes at once on whom it let in is asked ever more rarely', async () => {
  const it = stage({ [first]: 'opens' });
  it.keeper.lookAt([first]);
  await it.pass(0);
  for (let at = 0; at < 400; at += 1) {
    const link = it.keeper.link();
    if (link !== null) it.keeper.lost(link);
    await it.pass(100);
  }
  expect(it.knocks.length).toBeLessThan(16);
});

test('a first door that let us in before is asked first, four times; who looks again asks both', async () => {
  const it = stage({ [first]: 'opens', [second]: 'opens' });
  it.keeper.lookAt([first, second]);
  await it.pass(2_000);
  expect(it.keeper.state()?.address).toBe(first);
  it.doors[first] = 'refuses';
  it.keeper.lost(it.opened[0] as Link);
  await it.pass(10_000);
  expect(it.knocks.slice(1).map((each) => each.split(' ')[1])).toEqual([first, first, first, first, second]);
  expect(it.keeper.state()?.address).toBe(second);

  const again = stage({ [first]: 'opens', [second]: 'opens' });
  again.keeper.lookAt([first, second]);
  await again.pass(2_000);
  again.doors[first] = 'refuses';
  again.keeper.lost(again.opened[0] as Link);
  again.keeper.hurry();
  await again.pass(0);
  expect(again.keeper.state()?.address).toBe(second);
});

test('closing ends every attempt, and nothing opens after', async () => {
  const it = stage({ [first]: 'refuses', [second]: 'hangs' });
  it.keeper.lookAt([first, second]);
  await it.pass(0);
  it.keeper.close();
  it.doors[first] = 'opens';
  await it.pass(60_000);
  expect([it.opened.length, it.knocks.length]).toEqual([0, 2]);
});
