/** The order of entries: by cause, then time, then id, the same on every device. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Body } from '../../../src/protocol/entries/entry.ts';
import type { Facts } from '../../../src/protocol/entries/fold.ts';
import type { Outline } from '../../../src/protocol/entries/outline.ts';
import { createTimeline } from '../../../src/protocol/entries/timeline.ts';
import { shortOf } from '../../../src/protocol/ids.ts';
import type { MessageId, Short } from '../../../src/protocol/ids.ts';
import { fixedSeed } from '../fuzz.ts';
import { asha, badru, chidi, facts, hexOf, nowMs, ordersOf, say, seen, shownSlowly, text, timelineOf } from './talk.ts';

const hourMs = 3_600_000;
const idsOf = (outlines: readonly Outline[]): readonly MessageId[] =>
  timelineOf(outlines)
    .page(null, 100)
    .map(({ id }) => id);

test('[M4] what was said after something stands after it, whatever the clocks say', () => {
  const one = say(asha.phone, text('one'), { at: 5_000 });
  const two = say(badru.phone, text('two'), { at: -hourMs, after: [one] });
  const three = say(chidi.phone, text('three'), { at: -2 * hourMs, after: [two] });
  for (const order of ordersOf([one, two, three])) expect(idsOf(order)).toEqual([one.id, two.id, three.id]);
  expect(timelineOf([three, two, one]).line(three.id)?.place.t).toBe(nowMs + 5_002);
});

test('[M4] of what is equally old the lower id comes first', () => {
  const pair = [say(asha.phone, text('one')), say(badru.phone, text('two'))];
  expect(idsOf(pair)).toEqual(pair.map(({ id }) => id).toSorted());
  expect(idsOf(pair.toReversed())).toEqual(idsOf(pair));
});

test('[M5] a parent that nobody has holds nothing up, and is told as missing until it comes', () => {
  const lost = say(asha.phone, text('lost'), { at: 60_000 });
  const after = say(badru.phone, text('after'), { after: [lost] });
  const timeline = timelineOf([after]);
  expect(timeline.page(null, 9).map(({ id }) => id)).toEqual([after.id]);
  expect([...timeline.missing()]).toEqual([shortOf(lost.id)]);
  // Late, it stands before what was said after it.
  expect(timeline.add(lost, nowMs).lines).toEqual([lost.id, after.id]);
  expect(timeline.page(null, 9).map(({ id }) => id)).toEqual([lost.id, after.id]);
  expect([...timeline.missing()]).toEqual([]);
});

test('[M4] what is dated over 25 h ahead is held: not shown, no parent, until the clock comes near', () => {
  const early = say(asha.phone, text('too early'), { at: 25 * hourMs + 1 });
  const after = say(badru.phone, text('after'), { after: [early] });
  for (const order of [
    [early, after],
    [after, early],
  ]) {
    const timeline = timelineOf(order);
    expect(timeline.held().map(({ id }) => id)).toEqual([early.id]);
    expect(timeline.line(early.id)).toBeNull();
    expect([...timeline.heads()].map(({ outline }) => outline.id)).toEqual([after.id]);
    expect(timeline.line(after.id)?.place.t).toBe(nowMs);
    expect(timeline.release(nowMs)).toEqual({ lines: [], erase: [] });
    expect(timeline.release(nowMs + 1).lines).toContain(early.id);
    expect(timeline.held()).toEqual([]);
    expect(timeline.page(null, 9).map(({ id }) => id)).toEqual([early.id, after.id]);
  }
  expect(timelineOf([say(asha.phone, text('just so'), { at: 25 * hourMs })]).held()).toEqual([]);
});

test('[M1] two entries of one seq are both kept, and both shown so', () => {
  const one = say(badru.phone, text('pay Asha'), { seq: 7 });
  const other = say(badru.phone, text('pay Chidi'), { seq: 7, at: 1 });
  const honest = say(asha.phone, text('what?'), { seq: 7, at: 2 });
  for (const order of ordersOf([one, other, honest])) {
    const timeline = timelineOf(order);
    expect(timeline.page(null, 9).map(({ id, isTwice }) => [id, isTwice])).toEqual([
      [one.id, true],
      [other.id, true],
      [honest.id, false],
    ]);
  }
  const timeline = timelineOf([one]);
  expect(timeline.line(one.id)?.isTwice).toBe(false);
  expect(new Set(timeline.add(other, nowMs).lines)).toEqual(new Set([one.id, other.id]));
});

test('the same entry again changes nothing', () => {
  const one = say(asha.phone, text('one'));
  const timeline = timelineOf([one]);
  expect(timeline.add(one, nowMs)).toEqual({ lines: [], erase: [] });
  expect(timeline.line(one.id)?.isTwice).toBe(false);
});

test('[M2] what a removed device said past its end does not count, nor what nobody’s device says; the fold may learn otherwise', () => {
  const kept = say(badru.phone, text('kept'), { seq: 3 });
  const past = say(badru.phone, text('past the end'), { seq: 4, at: 1 });
  const strange = say(hexOf('stranger', 32) as typeof badru.phone, text('who'), { at: 2 });
  const edit = say(badru.phone, { kind: 'edit', to: kept.id, text: 'changed' }, { seq: 5, at: 3 });
  const ended: Facts = { ...facts, endsAt: (device) => (device === badru.phone ? 3 : null) };
  const timeline = timelineOf([kept, past, strange, edit], ended);
  expect(timeline.page(null, 9).map(({ id }) => id)).toEqual([kept.id]);
  expect(timeline.line(kept.id)?.shows).toMatchObject({ wordsOf: kept.id });
  timeline.judge(facts);
  expect(timeline.page(null, 9).map(({ id }) => id)).toEqual([kept.id, past.id]);
  expect(timeline.line(kept.id)?.shows).toMatchObject({ wordsOf: edit.id });
});

test('[M4] parents that lead in a ring, which 2^64 work could make, hang nothing', () => {
  const outline = (id: string, parent: string): Outline => ({
    id: id.repeat(16) as MessageId,
    device: asha.phone,
    seq: 1,
    sentAtMs: nowMs,
    parents: [parent.repeat(8) as Short],
    says: { kind: 'text' },
  });
  const ring = [outline('a1', 'b2'), outline('b2', 'c3'), outline('c3', 'a1'), outline('d4', 'd4')];
  for (const order of ordersOf(ring)) expect(timelineOf(order).page(null, 9)).toHaveLength(4);
});

test('[M5] where two ids begin alike the lower is meant, whichever came first', () => {
  const named = 'ee'.repeat(8) as Short;
  const beginning = (end: string, sentAtMs: number): Outline => ({
    ...say(asha.phone, text(end)),
    id: `${named}${end.repeat(8)}` as MessageId,
    sentAtMs,
  });
  const low = beginning('11', nowMs + 1_000);
  const high = beginning('22', nowMs + 9_000);
  const child = say(badru.phone, text('child'), { after: [named] });
  const grandchild = say(badru.phone, text('grandchild'), { after: [child] });
  for (const order of ordersOf([low, high, child, grandchild])) {
    const timeline = timelineOf(order);
    expect(timeline.line(child.id)?.place.t).toBe(nowMs + 1_001);
    expect(timeline.line(grandchild.id)?.place.t).toBe(nowMs + 1_002);
    expect(seen(timeline)).toEqual(seen(timelineOf([low, high, child, grandchild])));
  }
});

/** Bodies and parents chosen among what was said before, and a little of what never comes. */
interface Choice {
  readonly who: number;
  readonly what: number;
  readonly aim: number;
  readonly at: number;
  readonly parents: readonly number[];
  readonly isTwice: boolean;
  readonly isLost: boolean;
  readonly isAlike: boolean;
}

const choice = fc.record<Choice>({
  who: fc.nat(4),
  what: fc.nat(9),
  aim: fc.nat(30),
  at: fc.integer({ min: -20, max: 20 }),
  parents: fc.array(fc.nat(30), { maxLength: 4 }),
  isTwice: fc.boolean(),
  isLost: fc.nat(9).map((of10) => of10 === 0),
  isAlike: fc.nat(9).map((of10) => of10 === 0),
});
const devices = [asha.phone, asha.laptop, badru.phone, chidi.phone, hexOf('stranger', 32) as typeof asha.phone];

function talkOf(choices: readonly Choice[]): readonly Outline[] {
  const all: Outline[] = [];
  const kept: Outline[] = [];
  for (const { who, what, aim, at, parents, isTwice, isLost, isAlike } of choices) {
    const to = (all[aim % Math.max(all.length, 1)]?.id ?? '00'.repeat(16)) as MessageId;
    const bodies: readonly Body[] = [
      text('words'),
      { kind: 'reply', to, text: 'an answer' },
      { kind: 'reaction', to, text: aim % 2 === 0 ? '+' : '' },
      { kind: 'edit', to, text: 'other words' },
      { kind: 'edit', to, text: 'still other words' },
      { kind: 'delete', to },
      { kind: 'reaction', to, text: '!' },
      text('more'),
      { kind: 'head', bytes: new Uint8Array(64) },
      { kind: 'unknown', number: 9, bytes: Uint8Array.of(1) },
    ];
    const after = parents.flatMap((parent) => all[parent % Math.max(all.length, 1)] ?? []);
    const last = all.at(-1);
    // One that begins alike has no parents, so that no ring is made.
    const said = { at, after: isAlike ? [] : after, seq: isTwice ? 1 : all.length + 2 };
    const outline = say(devices[who]!, bodies[what]!, said);
    const one = isAlike && last ? { ...outline, id: `${shortOf(last.id)}${outline.id.slice(16)}` as MessageId } : outline;
    all.push(one);
    if (!isLost) kept.push(one);
  }
  return kept;
}

test.each([fixedSeed, Date.now()])('[M4] [M6] any order of arrival shows the same, and what the rules say (seed %i)', (seed) => {
  const ended: Facts = { ...facts, endsAt: (device) => (device === chidi.phone ? 12 : null) };
  const talks = fc.array(choice, { maxLength: 24 }).chain((choices) => {
    const talk = talkOf(choices);
    return fc.tuple(fc.constant(talk), fc.shuffledSubarray([...talk], { minLength: talk.length }));
  });
  fc.assert(
    fc.property(talks, ([talk, shuffled]) => {
      const one = createTimeline(facts);
      for (const outline of talk) one.add(outline, nowMs);
      const other = createTimeline(ended);
      for (const outline of shuffled) {
        other.add(outline, nowMs);
        // Looking in between must not spoil what comes.
        other.page(null, 5);
      }
      expect(other.page(null, 99)).toEqual(shownSlowly(talk, ended));
      other.judge(facts);
      expect(seen(other)).toEqual(seen(one));
      expect(one.page(null, 99)).toEqual(shownSlowly(talk, facts));
    }),
    { seed, numRuns: 700 },
  );
});

test.each([fixedSeed, Date.now()])('[M7] what is to be erased is the same in the end, and each once (seed %i)', (seed) => {
  const talks = fc.array(choice, { maxLength: 16 }).chain((choices) => {
    const talk = talkOf(choices);
    return fc.tuple(fc.constant(talk), fc.shuffledSubarray([...talk], { minLength: talk.length }));
  });
  fc.assert(
    fc.property(talks, ([talk, shuffled]) => {
      const erasedOf = (outlines: readonly Outline[]): readonly MessageId[] => {
        const timeline = createTimeline(facts);
        return outlines.flatMap((outline) => timeline.add(outline, nowMs).erase);
      };
      const [one, other] = [erasedOf(talk), erasedOf(shuffled)];
      expect(other.toSorted()).toEqual(one.toSorted());
      expect(new Set(one).size).toBe(one.length);
    }),
    { seed, numRuns: 300 },
  );
});

test('pages go back through everything, none twice', () => {
  const talk = Array.from({ length: 1_500 }, (_, at) => say(asha.phone, text(`${at}`), { at: -((at * 7_919) % 1_500) }));
  const timeline = timelineOf(talk);
  const ids: MessageId[] = [];
  let page = timeline.page(null, 64);
  while (page.length > 0) {
    ids.unshift(...page.map(({ id }) => id));
    page = timeline.page(page[0]!.place, 64);
  }
  expect(ids).toEqual(talk.toSorted((one, other) => one.sentAtMs - other.sentAtMs).map(({ id }) => id));
});

test('[M4] 20,000 entries that come in any order, looked at all the while, take a second or two, not minutes', () => {
  const talk: Outline[] = [];
  for (let at = 0; at < 20_000; at += 1) {
    const parents = talk.length === 0 ? [] : [shortOf(talk.at(-1)!.id)];
    talk.push({
      id: hexOf(`${at}`, 16) as MessageId,
      device: asha.phone,
      seq: at + 1,
      sentAtMs: nowMs + at,
      parents,
      says: { kind: 'text' },
    });
  }
  const timeline = createTimeline(facts);
  const startMs = performance.now();
  for (let at = 0; at < talk.length; at += 1) {
    timeline.add(talk[(at * 7_919) % talk.length]!, nowMs);
    if (at % 10 === 0) timeline.page(null, 50);
  }
  expect(performance.now() - startMs).toBeLessThan(6_000);
  expect(timeline.page(null, 30_000).map(({ id }) => id)).toEqual(talk.map(({ id }) => id));
});
