/** The relay's introductions: who is named to whom, what is passed, and what is refused by name. */
import { expect, test } from 'vitest';
import { limits } from '../../src/protocol/limits.ts';
import { createMeetWorld, topic } from './meet-world.ts';

test('names those present to a newcomer, and the newcomer to them', () => {
  const world = createMeetWorld();
  const [ann, bob] = [world.page('ann'), world.page('bob')];
  ann.says({ kind: 'join', topics: [topic(1)] });
  expect(ann.heard()).toEqual([{ kind: 'met', topic: topic(1), peers: [] }]);
  bob.says({ kind: 'join', topics: [topic(1)] });
  expect(bob.heard()).toEqual([{ kind: 'met', topic: topic(1), peers: [ann.link.peer] }]);
  expect(ann.heard()).toEqual([{ kind: 'joined', topic: topic(1), peer: bob.link.peer }]);
});

test('names at most 8 peers for a topic, and asking again names as many', () => {
  const world = createMeetWorld();
  for (let at = 0; at < 20; at += 1) world.page(`p${at}`).says({ kind: 'join', topics: [topic(1)] });
  const last = world.page('last');
  last.says({ kind: 'join', topics: [topic(1)] });
  last.says({ kind: 'join', topics: [topic(1)] });
  for (const frame of last.heard()) expect(frame).toMatchObject({ kind: 'met', peers: { length: limits.peersPerTopic } });
  expect(world.meet.counts()).toMatchObject({ pages: 21, topics: 1 });
});

test('tells of a departure those who were told of the arrival', () => {
  const world = createMeetWorld();
  const [ann, bob, cem] = [world.page('ann'), world.page('bob'), world.page('cem')];
  for (const page of [ann, bob]) page.says({ kind: 'join', topics: [topic(1), topic(2)] });
  cem.says({ kind: 'join', topics: [topic(3)] });
  ann.heard();
  bob.says({ kind: 'leave', topics: [topic(1)] });
  expect(ann.heard()).toEqual([{ kind: 'left', topic: topic(1), peer: bob.link.peer }]);
  bob.closes();
  expect(ann.heard()).toEqual([{ kind: 'left', topic: topic(2), peer: bob.link.peer }]);
  expect(cem.heard()).toHaveLength(1);
  ann.closes();
  cem.closes();
  expect(world.meet.counts()).toMatchObject({ pages: 0, topics: 0, introductions: 0 });
});

test('passes bytes between those it introduced, and between no others', () => {
  const world = createMeetWorld();
  const [ann, bob, cem] = [world.page('ann'), world.page('bob'), world.page('cem')];
  for (const page of [ann, bob]) page.says({ kind: 'join', topics: [topic(1)] });
  ann.heard();
  const bytes = Uint8Array.of(1, 2, 3);
  bob.says({ kind: 'pass', to: ann.link.peer, bytes });
  expect(ann.heard()).toEqual([{ kind: 'passed', from: bob.link.peer, bytes }]);
  cem.says({ kind: 'pass', to: ann.link.peer, bytes });
  expect(cem.heard()).toEqual([{ kind: 'refused', why: 'not-met', peer: ann.link.peer }]);
  bob.says({ kind: 'leave', topics: [topic(1)] });
  ann.heard();
  ann.says({ kind: 'pass', to: bob.link.peer, bytes });
  expect(ann.heard()).toEqual([{ kind: 'refused', why: 'not-met', peer: bob.link.peer }]);
});

test('says so when a sender is too fast, and lets it go on later', () => {
  const world = createMeetWorld();
  const [ann, bob] = [world.page('ann'), world.page('bob')];
  for (const page of [ann, bob]) page.says({ kind: 'join', topics: [topic(1)] });
  ann.heard();
  bob.heard();
  const bytes = new Uint8Array(20_000);
  for (let at = 0; at < 60; at += 1) bob.says({ kind: 'pass', to: ann.link.peer, bytes });
  expect(ann.heard()).toHaveLength(50);
  expect(bob.heard()).toEqual(Array(10).fill({ kind: 'refused', why: 'too-fast', peer: ann.link.peer }));
  world.turn(1_000);
  bob.says({ kind: 'pass', to: ann.link.peer, bytes });
  expect(ann.heard()).toHaveLength(1);
});

test('names the peer that reads too slowly, keeps its notices, and drops it when they pile up', () => {
  const world = createMeetWorld();
  const [ann, bob] = [world.page('ann'), world.page('bob')];
  for (const page of [ann, bob]) page.says({ kind: 'join', topics: [topic(1)] });
  ann.heard();
  bob.heard();
  ann.full = true;
  bob.says({ kind: 'pass', to: ann.link.peer, bytes: Uint8Array.of(1) });
  expect(bob.heard()).toEqual([{ kind: 'refused', why: 'overloaded', peer: ann.link.peer }]);
  bob.says({ kind: 'leave', topics: [topic(1)] });
  world.turn(200);
  ann.full = false;
  world.turn(200);
  expect(ann.heard()).toEqual([{ kind: 'left', topic: topic(1), peer: bob.link.peer }]);
  ann.full = true;
  for (let at = 0; at < 300; at += 1) ann.says({ kind: 'ping', token: at });
  expect(ann.link.state()).toBe('closed');
  expect(world.meet.counts()).toMatchObject({ pages: 1, closed_slow: 1 });
});

test('refuses more topics than a page may keep, whole', () => {
  const world = createMeetWorld();
  const ann = world.page('ann');
  ann.says({ kind: 'join', topics: Array.from({ length: limits.topicsPerPage }, (_, at) => topic(at)) });
  ann.heard();
  ann.says({ kind: 'join', topics: [topic(200)] });
  expect(ann.heard()).toEqual([{ kind: 'refused', why: 'too-many-topics', peer: null }]);
  expect(world.meet.counts()).toMatchObject({ topics: limits.topicsPerPage });
});

test('refuses by name what it cannot read, counts it, and closes whoever goes on', () => {
  const world = createMeetWorld();
  const ann = world.page('ann');
  ann.sends(Uint8Array.of(9, 1));
  ann.sends(Uint8Array.of(1, 99));
  ann.sends(Uint8Array.of());
  ann.says({ kind: 'met', topic: topic(1), peers: [] });
  expect(ann.heard().map((frame) => frame.kind === 'refused' && frame.why)).toEqual([
    'unknown-version',
    'malformed',
    'malformed',
    'malformed',
  ]);
  for (let at = 0; at < 5; at += 1) ann.sends(Uint8Array.of(7));
  expect(ann.link.state()).toBe('closed');
  expect(world.meet.counts()).toMatchObject({ pages: 0, closed_strikes: 1, refused_malformed: 3 });
});

test('a page that comes again replaces its older link', () => {
  const world = createMeetWorld();
  const [ann, bob] = [world.page('ann'), world.page('bob')];
  for (const page of [ann, bob]) page.says({ kind: 'join', topics: [topic(1)] });
  bob.heard();
  const again = world.page('ann');
  expect(ann.link.state()).toBe('closed');
  expect(bob.heard()).toEqual([{ kind: 'left', topic: topic(1), peer: ann.link.peer }]);
  again.says({ kind: 'join', topics: [topic(1)] });
  ann.closes();
  expect(bob.heard()).toEqual([{ kind: 'joined', topic: topic(1), peer: ann.link.peer }]);
  expect(again.heard()).toHaveLength(1);
});

test('sheds the newest when full, with a reason; and drops the silent', () => {
  const world = createMeetWorld(2);
  const [ann, bob, cem] = [world.page('ann'), world.page('bob'), world.page('cem')];
  expect(cem.heard()).toEqual([{ kind: 'refused', why: 'overloaded', peer: null }]);
  expect(cem.link.state()).toBe('closed');
  world.turn(100_000);
  ann.says({ kind: 'ping', token: 1 });
  world.turn(100_000);
  ann.says({ kind: 'ping', token: 2 });
  world.turn(100_000);
  expect([ann.link.state(), bob.link.state()]).toEqual(['open', 'closed']);
});
