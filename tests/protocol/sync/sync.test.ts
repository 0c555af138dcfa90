/** Two honest sides of sync: all that may be had comes, in few and bounded answers. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shortOf } from '../../../src/protocol/ids.ts';
import type { DeviceId, PersonId } from '../../../src/protocol/ids.ts';
import { answer } from '../../../src/protocol/sync/answer.ts';
import { entitledInDirect, entitledInRoom, mayTell } from '../../../src/protocol/sync/entitled.ts';
import { encodePart } from '../../../src/protocol/sync/parts.ts';
import type { Shelved } from '../../../src/protocol/sync/shelf.ts';
import { isOver, summarise } from '../../../src/protocol/sync/sync.ts';
import { asha, badru, chidi, hexOf, nowMs, persons } from '../entries/talk.ts';
import { fixedSeed } from '../fuzz.ts';
import { chain, devices, exchangeOf, has, item, op, room, side, take } from './two-sides.ts';

const dayMs = 86_400_000;
/** mulberry32, as elsewhere: which are missing is luck, and the same each time. */
function luck(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    const mixed = Math.imul(state ^ (state >>> 15), state | 1);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const without = (all: readonly Shelved[], count: number, seed: number): readonly Shelved[] => {
  const next = luck(seed);
  const gone = new Set<number>();
  while (gone.size < count) gone.add(next(all.length));
  return all.filter((_, at) => !gone.has(at));
};

test.each([
  ['8 devices', devices, 'one'],
  ['8 devices, both at once', devices, 'both'],
  ['500 devices', Array.from({ length: 500 }, (_, at) => hexOf(`crowd ${at}`, 32) as DeviceId), 'one'],
] as const)('[Y3] 10,000 entries with 10 missing on each side, scattered: ≤ 4 round trips, ≤ 16 kB (%s)', (_, of, starts) => {
  const all = room(10_000, of);
  const [one, other] = [side('one', without(all, 10, 1), { of }), side('other', without(all, 10, 2), { of })];
  const cost = exchangeOf(one, other, starts);
  expect(has(one)).toEqual(all.map(({ id }) => id).toSorted());
  expect(has(other)).toEqual(has(one));
  expect(cost.entriesMoved).toBe(20);
  process.stderr.write(
    `sync, ${of.length} devices, ${starts}: ${cost.roundTrips} round trips, ${cost.overheadBytes} bytes beside the entries\n`,
  );
  expect(cost.roundTrips).toBeLessThanOrEqual(4);
  expect(cost.overheadBytes).toBeLessThanOrEqual(16_000);
});

test('[Y3] who lacks nothing asks nothing', () => {
  const all = room(1_000);
  const cost = exchangeOf(side('one', all), side('other', all));
  expect(cost).toMatchObject({ roundTrips: 1, entriesMoved: 0, envelopes: 2 });
});

test.each([fixedSeed, Date.now()])(
  '[Y3] whatever two sides lack of 300, they end with all that either had, in ≤ 4 round trips (seed %i)',
  (seed) => {
    const all = room(300, devices.slice(0, 5));
    const subset = fc.uniqueArray(fc.nat(299), { maxLength: 300 });
    fc.assert(
      fc.property(subset, subset, fc.constantFrom('one', 'both'), (lacks, lacksToo, starts) => {
        const [one, other] = [lacks, lacksToo].map((gone, at) =>
          side(
            `${at}`,
            all.filter((_, index) => !gone.includes(index)),
          ),
        );
        const either = new Set([...one!.items.keys(), ...other!.items.keys()]);
        const cost = exchangeOf(one!, other!, starts);
        expect(has(one!)).toEqual([...either].toSorted());
        expect(has(other!)).toEqual(has(one!));
        expect(cost.roundTrips).toBeLessThanOrEqual(4);
      }),
      { seed, numRuns: 60 },
    );
  },
);

test('[Y3] who comes with nothing gets 10,000 in bounded answers, a thousand a round trip', () => {
  const all = room(10_000);
  const [one, other] = [side('one', []), side('other', all)];
  const cost = exchangeOf(one, other);
  expect(one.items.size).toBe(10_000);
  expect(cost.entriesMoved).toBe(10_000);
  expect(cost.roundTrips).toBeLessThanOrEqual(13);
});

test('[Y3] long entries make shorter answers, and all come', () => {
  const all = room(200).map((each) => ({ ...each, bytes: 8_000 }));
  const [one, other] = [side('one', []), side('other', all)];
  exchangeOf(one, other);
  expect(one.items.size).toBe(200);
});

test('[Y1] what a joiner may not have is neither told nor named as gone', () => {
  const came = nowMs;
  const at = (days: number): number => came + days * dayMs;
  const all = [-9, -3, -0.5, 0, 2].map((days, index) => item(devices[0]!, index + 1, { sentAtMs: at(days) }));
  const late = item(devices[0]!, 6, { sentAtMs: at(-1) });
  const gone = [
    item(devices[1]!, 1, { sentAtMs: at(-9), isGone: true }),
    item(devices[1]!, 2, { sentAtMs: at(1), isGone: true }),
  ];
  const isAfter = ({ id }: Shelved): boolean => id === late.id;
  const told = (historyDays: number): readonly number[] => {
    const { shelf } = side('one', [...all, late, ...gone]);
    const mayHave = entitledInRoom({ atMs: came, historyDays, isAfter });
    const ranges = devices.slice(0, 2).map((device) => ({ device: shortOf(device), from: 1, to: 99 }));
    const found = answer({ kind: 'want-entries', number: 0, ranges }, shelf, mayHave);
    const byName = answer({ kind: 'want-named', number: 0, names: all.map(({ id }) => shortOf(id)) }, shelf, mayHave);
    expect(byName.entries.every((each) => found.entries.includes(each))).toBe(true);
    return [...found.entries.map(({ seq }) => seq), ...found.gone.map(({ seq }) => -seq)];
  };
  // What an author wrote who knew of them counts as after, whatever its clock said.
  expect(told(0)).toEqual([4, 5, 6, -2]);
  expect(told(7)).toEqual([2, 3, 4, 5, 6, -2]);
  expect(told(255)).toEqual([1, 2, 3, 4, 5, 6, -1, -2]);
});

test('[Y1] a joiner who may have nothing of before ends soon, with nothing of before', () => {
  const before = room(4_000).map((each) => ({ ...each, sentAtMs: nowMs - dayMs }));
  const after = devices.map((device) => item(device, 501, { sentAtMs: nowMs + 1 }));
  const [joiner, member] = [side('joiner', []), side('member', [...before, ...after])];
  member.mayTell = entitledInRoom({ atMs: nowMs, historyDays: 0, isAfter: () => false });
  const cost = exchangeOf(joiner, member);
  expect(has(joiner)).toEqual(after.map(({ id }) => id).toSorted());
  expect(cost.roundTrips).toBeLessThanOrEqual(6);
});

test('[Y2] of a conversation of two, my own devices get everything, the other person mine, anybody else nothing', () => {
  const all = [asha.phone, asha.laptop, badru.phone, chidi.phone].map((device) => item(device, 1));
  const personOf = (device: DeviceId): PersonId | null => persons.get(device) ?? null;
  const told = (asker: typeof asha.person): readonly DeviceId[] =>
    all.filter(entitledInDirect(asha.person, badru.person, asker, personOf)).map(({ device }) => device);
  expect(told(asha.person)).toEqual(all.map(({ device }) => device));
  expect(told(badru.person)).toEqual([asha.phone, asha.laptop]);
  expect(told(chidi.person)).toEqual([]);
  expect(mayTell(badru.person, asha.person, badru.person)).toBe(true);
  // They could have written it: nothing in it is signed.
  expect(mayTell(badru.person, asha.person, asha.person)).toBe(false);
  expect(mayTell(asha.person, asha.person, badru.person)).toBe(true);
});

test('[Y2] a conversation of two goes the same way: own devices level out, and the other person’s tells only its own', () => {
  const [mine, theirs] = [asha.phone, badru.phone].map((device) => Array.from({ length: 40 }, (_, at) => item(device, at + 1)));
  const of = [asha.phone, asha.laptop, badru.phone];
  const personOf = (device: DeviceId): PersonId | null => persons.get(device) ?? null;
  const phone = side('phone', [...mine!, ...theirs!], { of, isDirect: true });
  const laptop = side('laptop', mine!.slice(0, 3), { of, isDirect: true });
  const other = side('other', [...theirs!, ...mine!.slice(0, 20)], { of, isDirect: true });
  other.mayTell = entitledInDirect(badru.person, asha.person, asha.person, personOf);
  exchangeOf(laptop, other);
  expect([...laptop.items.values()].map(({ device }) => device).filter((device) => device === asha.phone)).toHaveLength(3);
  expect(laptop.items.size).toBe(43);
  const cost = exchangeOf(laptop, phone);
  expect(has(laptop)).toEqual(has(phone));
  expect(cost.roundTrips).toBeLessThanOrEqual(4);
});

test('[M7] what is gone there is said once, and what stands behind it still comes', () => {
  const gone = Array.from({ length: 300 }, (_, at) => item(devices[0]!, at + 1, { isGone: true }));
  const behind = item(devices[0]!, 301);
  const [one, other] = [side('one', []), side('other', [...gone, behind])];
  const cost = exchangeOf(one, other);
  expect(has(one)).toEqual([behind.id]);
  expect(cost.roundTrips).toBeLessThanOrEqual(4);
});

test('[Y3] operations come first, parents before children, each side the other’s, and none that it has', () => {
  const shared = chain(2_000);
  const left = [op('left 1', shared.at(-1)!), op('left 2', shared.at(-1)!)];
  const right = [op('right', shared.at(-1)!)];
  const entries = room(20);
  const [one, other] = [
    side('one', [], { operations: [...shared, ...left] }),
    side('other', entries, { operations: [...shared, ...right] }),
  ];
  const cost = exchangeOf(one, other);
  expect(new Set(one.operations.order)).toEqual(new Set(other.operations.order));
  expect(one.operations.order).toHaveLength(2_003);
  expect(one.items.size).toBe(20);
  expect(cost.roundTrips).toBeLessThanOrEqual(4);
  expect(cost.overheadBytes).toBeLessThan(16_000);
});

test('[Y3] operations that take several answers are asked for until they are here', () => {
  const shared = chain(500);
  const [one, other] = [side('one', [], { operations: shared.slice(0, 1) }), side('other', [], { operations: shared })];
  exchangeOf(one, other);
  expect(one.operations.order).toEqual(other.operations.order);
});

test('[Y3] after a lost answer a new exchange brings the rest', () => {
  const all = room(60);
  const [one, other] = [side('one', []), side('other', all)];
  // The wants go out and nothing comes back.
  take(one, encodePart(summarise(other.holdings, null)));
  expect(isOver(one.exchange)).toBe(false);
  exchangeOf(one, other);
  expect(one.items.size).toBe(60);
});

test('[Y3] an answering summary leaves out what the other showed', () => {
  const [one, other] = [side('one', room(80)), side('other', [...room(80), item(devices[3]!, 11)])];
  expect(summarise(other.holdings, summarise(one.holdings, null))).toEqual({
    kind: 'summary',
    asks: false,
    heads: [],
    clocks: [{ device: shortOf(devices[3]!), seq: 11 }],
  });
});
