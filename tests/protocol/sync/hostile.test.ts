/** Sync with somebody who lies: bounded, and nobody else is kept from what they lack. */
import { expect, test } from 'vitest';
import { limits } from '../../../src/protocol/limits.ts';
import { shortOf } from '../../../src/protocol/ids.ts';
import type { OperationId, Short } from '../../../src/protocol/ids.ts';
import { answer } from '../../../src/protocol/sync/answer.ts';
import { aroundEntry, encodePart } from '../../../src/protocol/sync/parts.ts';
import type { Part, Range } from '../../../src/protocol/sync/parts.ts';
import { ask, beginExchange, hear, isOver, summarise } from '../../../src/protocol/sync/sync.ts';
import { hexOf } from '../entries/talk.ts';
import { chain, devices, entryOf, exchangeOf, has, item, op, room, side, take } from './two-sides.ts';

test('[Y3] an answer is bounded, whatever is asked, and looks for nothing twice', () => {
  const { shelf } = side(
    'one',
    room(5_000).map((each) => ({ ...each, bytes: 1_000 })),
  );
  const device = shortOf(devices[0]!);
  const huge: Range = { device, from: 1, to: Number.MAX_SAFE_INTEGER };
  let looked = 0;
  const startMs = performance.now();
  const told = answer({ kind: 'want-entries', number: 1, ranges: Array.from({ length: 64 }, () => huge) }, shelf, () => {
    looked += 1;
    return false;
  });
  expect([told.entries, told.gone, looked]).toEqual([[], [], 625]);
  const allowed = answer({ kind: 'want-entries', number: 1, ranges: [huge] }, shelf, () => true);
  expect(allowed.entries.length * (1_000 + aroundEntry)).toBeLessThanOrEqual(limits.syncBytes);
  expect(allowed.entries.length).toBeGreaterThan(50);
  const far: Range = { device, from: 2 ** 50, to: Number.MAX_SAFE_INTEGER };
  expect(
    answer({ kind: 'want-entries', number: 1, ranges: [far, { ...far, device: 'ff'.repeat(8) as Short }] }, shelf, () => true),
  ).toEqual({
    entries: [],
    gone: [],
  });
  expect(performance.now() - startMs).toBeLessThan(500);
});

test('[M7] [Y3] who says “gone” of what others have cannot hide it: the next member tells', () => {
  const all = room(80);
  const [one, liar, honest] = [
    side('one', []),
    side(
      'liar',
      all.map((each) => ({ ...each, isGone: true })),
    ),
    side('honest', all),
  ];
  exchangeOf(one, liar);
  expect(one.items.size).toBe(0);
  exchangeOf(one, honest);
  expect(one.items.size).toBe(80);
});

test('[Y3] “gone” is heard only of what was asked of them', () => {
  const one = side('one', []);
  const [device, other] = devices.map((each) => shortOf(each));
  take(one, encodePart({ kind: 'summary', asks: false, heads: [], clocks: [{ device: device!, seq: 9 }] }));
  const gone = [
    { device: device!, seq: 4 },
    { device: device!, seq: 10 },
    { device: other!, seq: 4 },
  ].map((each) => ({ ...each, message: item(devices[0]!, each.seq).id, parents: [] }));
  take(one, encodePart({ kind: 'gone', number: 1, gone }));
  expect(one.exchange.vain).toEqual({});
  take(one, encodePart({ kind: 'gone', number: 0, gone }));
  expect(one.exchange.vain).toEqual({ [device!]: [{ from: 4, to: 4 }] });
});

test('[Y3] who says “gone” for ever is not asked for ever', () => {
  const one = side('one', []);
  const device = shortOf(devices[0]!);
  let parts: readonly Part[] = take(
    one,
    encodePart({ kind: 'summary', asks: false, heads: [], clocks: [{ device, seq: 2 ** 53 - 1 }] }),
  );
  const message = item(devices[0]!, 1).id;
  let turns = 0;
  for (; parts.length > 0 && turns < 3_000; turns += 1) {
    const replies = parts.flatMap((want): readonly Part[] => {
      if (want.kind !== 'want-entries') return [];
      const seqs = Array.from({ length: 64 }, (_, at) => want.ranges[0]!.from + at).filter((seq) => seq <= want.ranges[0]!.to);
      const gone = seqs.map((seq) => ({ device, seq, message, parents: [] }));
      return [
        { kind: 'gone', number: want.number, gone },
        { kind: 'entries', number: want.number, entries: [] },
      ];
    });
    parts = replies.flatMap((reply) => take(one, encodePart(reply)));
  }
  expect(isOver(one.exchange)).toBe(true);
  expect(turns).toBeLessThan(200);
});

test('[Y3] clocks that are made up cost one vain question, and hold up nobody', () => {
  const all = room(100);
  const [one, other] = [side('one', []), side('other', all)];
  const high = devices.map((device) => ({ device: shortOf(device), seq: Number.MAX_SAFE_INTEGER }));
  one.exchange = hear(beginExchange(), { kind: 'summary', asks: false, heads: [], clocks: high });
  let wants = ask(one.exchange, one.holdings);
  let rounds = 0;
  for (; wants.parts.length > 0 && rounds < 50; rounds += 1) {
    one.exchange = wants.exchange;
    const answers = wants.parts.flatMap((part) => take(other, encodePart(part)));
    for (const each of answers) {
      if (each.kind === 'entries') each.entries.forEach(({ device, n }) => one.shelf.put(item(device, n)));
      one.exchange = hear(one.exchange, each);
    }
    wants = ask(one.exchange, one.holdings);
  }
  expect(rounds).toBeLessThanOrEqual(3);
  expect(one.shelf.clocks().reduce((sum, { seq }) => sum + seq, 0)).toBe(100);
  expect(isOver(wants.exchange)).toBe(true);
});

test('[Y3] one device that leaves thousands of gaps holds up nobody else', () => {
  const scattered = Array.from({ length: 3_000 }, (_, at) => item(devices[0]!, 2 * at + 2));
  const honest = room(64, devices.slice(1));
  const one = side('one', scattered);
  one.exchange = hear(beginExchange(), summarise(side('other', honest).holdings, null));
  const { parts } = ask(one.exchange, one.holdings);
  const first = parts[0];
  expect(first?.kind === 'want-entries' && first.ranges.every(({ device }) => device !== shortOf(devices[0]!))).toBe(true);
});

test('[M1] [Y3] the other entry of an equivocation is asked for by its name, where somebody named it', () => {
  const [mine, theirs] = [item(devices[0]!, 1, { sentAtMs: 1 }), item(devices[0]!, 1, { sentAtMs: 2 })];
  const naming = item(devices[1]!, 1);
  const madeUp = Array.from({ length: 500 }, (_, at) => hexOf(`made up ${at}`, 8) as Short);
  const one = side('one', [mine], { missing: [shortOf(theirs.id), ...madeUp] });
  const other = side('other', [theirs, naming]);
  const cost = exchangeOf(one, other);
  expect(has(one)).toEqual([mine.id, theirs.id, naming.id].toSorted());
  // Names nobody can answer end.
  expect(cost.roundTrips).toBeLessThan(10);
  const [back] = [
    answer(
      { kind: 'want-entries', number: 0, ranges: [{ device: shortOf(devices[0]!), from: 1, to: 1 }] },
      one.shelf,
      () => true,
    ),
  ];
  expect(back.entries.map(({ id }) => id).toSorted()).toEqual([mine.id, theirs.id].toSorted());
});

test('[Y3] heads that nobody can tell are asked for once', () => {
  const one = side('one', [], { operations: chain(3) });
  const heads = ['x', 'y'].map((name) => op(name).id);
  const parts = take(one, encodePart({ kind: 'summary', asks: false, heads, clocks: [] }));
  expect(parts.map(({ kind }) => kind)).toEqual(['want-operations']);
  expect(take(one, encodePart({ kind: 'operations', operations: [] }))).toEqual([]);
  expect(isOver(one.exchange)).toBe(true);
});

test('[Y3] an answer nobody asked for, twice, or late changes nothing of what is asked', () => {
  const one = side('one', []);
  const before = one.exchange;
  const entries = [
    {
      device: devices[0]!,
      epochId: '00'.repeat(32) as OperationId,
      n: 1,
      signature: new Uint8Array(64),
      entry: entryOf(item(devices[0]!, 1)),
    },
  ];
  expect(take(one, encodePart({ kind: 'entries', number: 7, entries }))).toEqual([]);
  expect(take(one, encodePart({ kind: 'gone', number: 7, gone: [] }))).toEqual([]);
  expect(take(one, encodePart({ kind: 'operations', operations: [] }))).toEqual([]);
  expect(one.exchange).toEqual(before);
});
