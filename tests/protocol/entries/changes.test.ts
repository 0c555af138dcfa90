/** Edits, deletes and reactions: what stands in the end, in whatever order they came. */
import { expect, test } from 'vitest';
import type { Body } from '../../../src/protocol/entries/entry.ts';
import type { Facts, Shows } from '../../../src/protocol/entries/fold.ts';
import type { Outline } from '../../../src/protocol/entries/outline.ts';
import type { MessageId } from '../../../src/protocol/ids.ts';
import { asha, badru, chidi, facts, nowMs, ordersOf, say, text, timelineOf } from './talk.ts';

const message = say(badru.phone, text('hello'));
const edit = (to: Outline, words: string): Body => ({ kind: 'edit', to: to.id, text: words });
const remove = (to: Outline): Body => ({ kind: 'delete', to: to.id });
const react = (to: Outline, letters: string): Body => ({ kind: 'reaction', to: to.id, text: letters });

/** In every order the same. */
function shows(of: Outline, all: readonly Outline[], known: Facts = facts): Shows | undefined {
  const each = [...ordersOf(all)].map((order) => timelineOf(order, known).line(of.id)?.shows);
  for (const one of each) expect(one).toEqual(each[0]);
  return each[0];
}

const said = (wordsOf: Outline): Shows => ({ state: 'said', wordsOf: wordsOf.id, reactions: [] });

test('[M6] the last edit by causality stands, then by time, then by id', () => {
  const first = say(badru.phone, edit(message, 'one'), { at: 9_000, after: [message] });
  const later = say(badru.phone, edit(message, 'two'), { at: -9_000, after: [first] });
  expect(shows(message, [message, first, later])).toEqual(said(later));
  const beside = say(badru.phone, edit(message, 'three'), { at: 8_000, after: [message] });
  expect(shows(message, [message, first, beside])).toEqual(said(first));
  const pair = [say(badru.phone, edit(message, 'x'), { at: 10_000 }), say(badru.phone, edit(message, 'y'), { at: 10_000 })];
  const higher = pair.toSorted((one, other) => (one.id < other.id ? 1 : -1))[0]!;
  expect(shows(message, [message, ...pair])).toEqual(said(higher));
});

test('[M6] an edit whose clock is before its message still edits it', () => {
  const early = say(badru.phone, edit(message, 'one'), { at: -60_000 });
  expect(shows(message, [message, early])).toEqual(said(early));
});

test('[M6] an edit of an edit means the edited, wherever it comes in', () => {
  const one = say(badru.phone, edit(message, 'one'), { at: 1, after: [message] });
  const two = say(badru.phone, edit(one, 'two'), { at: 2, after: [one] });
  const three = say(badru.phone, edit(two, 'three'), { at: 3, after: [two] });
  const heart = say(chidi.phone, react(two, '♥'), { at: 4 });
  expect(shows(message, [message, one, two, three, heart])).toEqual({
    state: 'said',
    wordsOf: three.id,
    reactions: [{ person: chidi.person, text: '♥' }],
  });
  const answer = say(chidi.phone, { kind: 'reply', to: two.id, text: 'yes' }, { at: 5 });
  expect(timelineOf([answer, two, one, message]).line(answer.id)?.replyTo).toBe(message.id);
});

test('[M6] nobody edits another’s words, not even an admin, and not by way of the author’s own edit', () => {
  const own = say(badru.phone, edit(message, 'mine'), { at: 1 });
  const foreign = say(asha.phone, edit(message, 'hers'), { at: 2 });
  const through = say(chidi.phone, edit(own, 'his'), { at: 3 });
  expect(shows(message, [message, own, foreign, through])).toEqual(said(own));
  const back = say(badru.phone, edit(foreign, 'mine again'), { at: 4 });
  expect(shows(message, [message, foreign, back])).toEqual(said(back));
});

test('[M6] another device of the same person edits, deletes and takes back', () => {
  const mine = say(asha.phone, text('hi'));
  const changed = say(asha.laptop, edit(mine, 'ho'), { at: 1 });
  expect(shows(mine, [mine, changed])).toEqual(said(changed));
  const up = say(asha.phone, react(message, '+'), { at: 1 });
  const back = say(asha.laptop, react(message, ''), { at: 2, after: [up] });
  expect(shows(message, [message, up, back])).toEqual(said(message));
});

test('[M6] a delete by the author or an admin wins over whatever else is said; anybody else’s is nothing', () => {
  const own = say(badru.phone, remove(message), { at: -5_000 });
  const later = say(badru.phone, edit(message, 'no, this'), { at: 5_000, after: [message, own] });
  expect(shows(message, [message, own, later])).toEqual({ state: 'deleted', by: badru.person });
  const byAdmin = say(asha.laptop, remove(message), { at: 9_000 });
  expect(shows(message, [message, later, byAdmin])).toEqual({ state: 'deleted', by: asha.person });
  const byOther = say(chidi.phone, remove(message), { at: 1 });
  expect(shows(message, [message, byOther])).toEqual(said(message));
  expect(shows(message, [message, byOther], { ...facts, isAdmin: (person) => person === chidi.person })).toEqual({
    state: 'deleted',
    by: chidi.person,
  });
});

test('[M6] a change that comes before its message waits with it', () => {
  const own = say(badru.phone, remove(message), { at: 1 });
  const timeline = timelineOf([own]);
  expect(timeline.page(null, 9)).toEqual([]);
  // M7: its words go at once from a device that has just stored them.
  expect(timeline.add(message, nowMs)).toEqual({ lines: [message.id], erase: [message.id] });
  expect(timeline.line(message.id)?.shows).toEqual({ state: 'deleted', by: badru.person });
});

test('[M6] a person has one reaction to a message, the last; an empty one takes it back, and only one’s own', () => {
  const up = say(chidi.phone, react(message, '+'), { at: 1 });
  const heart = say(chidi.phone, react(message, '♥'), { at: 2, after: [up] });
  const other = say(asha.phone, react(message, '!'), { at: 3 });
  expect(shows(message, [message, up, heart, other])).toMatchObject({
    reactions: [
      { person: chidi.person, text: '♥' },
      { person: asha.person, text: '!' },
    ],
  });
  const back = say(chidi.phone, react(message, ''), { at: -9, after: [heart] });
  expect(shows(message, [message, up, heart, back, other])).toMatchObject({ reactions: [{ person: asha.person, text: '!' }] });
});

test('[M6] a reaction can be deleted by its person or an admin, and then the one before it stands', () => {
  const up = say(chidi.phone, react(message, '+'), { at: 1 });
  const rude = say(chidi.phone, react(message, '(rude)'), { at: 2, after: [up] });
  const byAdmin = say(asha.phone, remove(rude), { at: 3 });
  expect(shows(message, [message, up, rude, byAdmin])).toMatchObject({ reactions: [{ person: chidi.person, text: '+' }] });
  const byOther = say(badru.phone, remove(rude), { at: 3 });
  expect(shows(message, [message, up, rude, byOther])).toMatchObject({ reactions: [{ person: chidi.person, text: '(rude)' }] });
  for (const order of ordersOf([message, rude, byAdmin])) {
    const timeline = timelineOf([]);
    expect(order.flatMap((each) => timeline.add(each, nowMs).erase)).toEqual([rude.id]);
  }
});

test('[M6] a delete cannot be deleted, nor a head; what nobody knows yet can', () => {
  const own = say(badru.phone, remove(message), { at: 1 });
  const undo = say(badru.phone, remove(own), { at: 2 });
  expect(shows(message, [message, own, undo])).toMatchObject({ state: 'deleted' });
  const head = say(asha.phone, { kind: 'head', bytes: new Uint8Array(64) });
  const file = say(asha.phone, { kind: 'unknown', number: 20, bytes: Uint8Array.of(1) });
  const timeline = timelineOf([head, file]);
  expect(timeline.add(say(asha.phone, remove(head)), nowMs).erase).toEqual([]);
  expect(timeline.add(say(asha.phone, remove(file)), nowMs).erase).toEqual([file.id]);
});

test('[M7] with a deleted message go the words of its edits and the reactions to it, whenever they come', () => {
  const one = say(badru.phone, edit(message, 'one'), { at: 1 });
  const two = say(badru.phone, edit(one, 'two'), { at: 2 });
  const up = say(chidi.phone, react(message, '+'), { at: 3 });
  const own = say(badru.phone, remove(message), { at: 4 });
  for (const order of ordersOf([message, one, two, up, own])) {
    const timeline = timelineOf([]);
    const erased: MessageId[] = order.flatMap((each) => timeline.add(each, nowMs).erase);
    expect(erased.toSorted()).toEqual([message, one, two, up].map(({ id }) => id).toSorted());
  }
});

test('[M7] the room’s fold can make a delete hold that did not', () => {
  const byChidi = say(chidi.phone, remove(message), { at: 1 });
  const timeline = timelineOf([message, byChidi]);
  const changed = timeline.judge({ ...facts, isAdmin: (person) => person === chidi.person });
  expect(changed).toEqual({ lines: [message.id], erase: [message.id] });
  expect(timeline.line(message.id)?.shows).toEqual({ state: 'deleted', by: chidi.person });
});

test('[M7] [M8] a line whose words are gone keeps its place and says so', () => {
  const one = say(badru.phone, edit(message, 'one'), { at: 1 });
  const after = say(chidi.phone, text('after'), { at: -9, after: [message] });
  const timeline = timelineOf([message, one, after]);
  expect(timeline.forget(message.id)).toEqual({ lines: [message.id], erase: [message.id, one.id] });
  expect(timeline.page(null, 9).map(({ id, shows: { state } }) => [id, state])).toEqual([
    [message.id, 'gone'],
    [after.id, 'said'],
  ]);
  const late = say(badru.phone, edit(message, 'late'), { at: 2 });
  expect(timeline.add(late, nowMs).erase).toEqual([late.id]);
});

test('[M6] ten thousand reactions to one message cost a moment', () => {
  const many = Array.from({ length: 10_000 }, (_, at) => say(chidi.phone, react(message, `${at % 10}`), { at, seq: at + 1 }));
  const startMs = performance.now();
  const timeline = timelineOf([message, ...many]);
  expect(timeline.line(message.id)?.shows).toMatchObject({ reactions: [{ text: '9' }] });
  expect(performance.now() - startMs).toBeLessThan(2_000);
});
