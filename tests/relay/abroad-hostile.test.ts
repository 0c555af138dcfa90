/** What a sister that lies or floods gets; and that no page, nor a crowd of them, makes two relays part. */
import { expect, test } from 'vitest';
import { limits } from '../../src/protocol/limits.ts';
import { parseTopic } from '../../src/protocol/ids.ts';
import type { PeerId } from '../../src/protocol/ids.ts';
import type { SisterFrame } from '../../src/protocol/meeting/sister.ts';
import { createMesh, peer, topic } from './abroad-mesh.ts';
import type { House, Mesh } from './abroad-mesh.ts';

const bytes = Uint8Array.of(1, 2, 3);
const houseOf = (mesh: Mesh, name: string): House => mesh.houses.get(name)!;
function two(): { mesh: Mesh; east: House; west: House } {
  const mesh = createMesh('east', 'west');
  mesh.join('east', 'west');
  return { mesh, east: houseOf(mesh, 'east'), west: houseOf(mesh, 'west') };
}

interface Liar {
  readonly east: House;
  readonly dropped: () => boolean;
  readonly heard: SisterFrame[];
  say(frame: SisterFrame): void;
  turn(ms: number): void;
}

/** A sister that says whatever it likes. */
function liar(mesh: Mesh = createMesh('east')): Liar {
  const east = houseOf(mesh, 'east');
  const heard: SisterFrame[] = [];
  let dropped = false;
  east.abroad.entered(peer('liar'), {
    say: (frame) => void heard.push(frame),
    offer: (frame) => heard.push(frame) > 0,
    drop: () => {
      dropped = true;
      east.abroad.left(peer('liar'));
    },
  });
  east.comes('ann', 1);
  east.comes('bob', 2);
  return { east, heard, dropped: () => dropped, say: (frame) => east.abroad.take(peer('liar'), frame), turn: mesh.turn };
}

test('a sister cannot speak for our pages, nor between two of ours, nor to whom it met nobody of', () => {
  const { east, say, heard } = liar();
  say({ kind: 'here', topic: topic(1), pages: [peer('bob')] });
  expect(east.told).toEqual([]);
  east.comes('cem', 1);
  east.told.length = 0;
  say({ kind: 'pass', from: peer('cem'), to: peer('ann'), bytes });
  say({ kind: 'pass', from: peer('nobody'), to: peer('ann'), bytes });
  say({ kind: 'here', topic: topic(1), pages: [peer('mal')] });
  say({ kind: 'pass', from: peer('mal'), to: peer('bob'), bytes });
  say({ kind: 'met', topic: topic(2), page: peer('bob'), peers: [peer('mal'), peer('ann')] });
  say({ kind: 'joined', topic: topic(1), page: peer('ann'), peers: [peer('bob')] });
  say({ kind: 'gone', topic: topic(2), pages: [peer('bob')] });
  expect(east.told.toSorted()).toEqual(['ann joined mal', 'cem joined mal']);
  expect(heard.filter(({ kind }) => kind === 'refused')).toHaveLength(3);
  expect(east.abroad.counts()).toMatchObject({ 'sister_refused_not-met': 3 });
});

test('one that floods or invents pages without end is dropped, its pages go, and what it cost is bounded', () => {
  for (const flood of [
    (at: number): SisterFrame => ({ kind: 'here', topic: topic(1), pages: [peer(`m${at}`)] }),
    (at: number): SisterFrame => ({
      kind: 'here',
      topic: topic(1),
      pages: Array.from({ length: 64 }, (_, more) => peer(`m${at * 64 + more}`)),
    }),
    (at: number): SisterFrame => ({ kind: 'pass', from: peer(`m${at}`), to: peer('ann'), bytes }),
    (at: number): SisterFrame => ({ kind: 'refused', why: 'not-met', from: peer('ann'), to: peer(`m${at}`) }),
    (at: number): SisterFrame => ({
      kind: 'keeps',
      topics: Array.from({ length: 512 }, (_, more) => parseTopic((at * 512 + more).toString(16).padStart(32, '0'))!),
    }),
  ]) {
    const { east, say, dropped } = liar();
    let most = 0;
    for (let at = 0; at < 300_000 && !dropped(); at += 1) {
      say(flood(at));
      most = Math.max(most, east.abroad.counts()['sister_pages']!);
    }
    expect([dropped(), most <= 5_120]).toEqual([true, true]);
    expect(east.abroad.counts()).toMatchObject({ sisters: 0, sister_pages: 0 });
    // Ann goes on as before, and keeps nobody who was never there.
    expect(east.place.counts()).toMatchObject({ introductions: 0 });
    const before = east.told.length;
    east.comes('cem', 1);
    expect(east.told.slice(before)).toEqual(['cem met ann', 'ann joined cem']);
  }
});

test('one that is let go in the midst of what it says leaves nobody behind', () => {
  const east = houseOf(createMesh('east'), 'east');
  east.comes('ann', 1);
  let answers = 0;
  const say = (): void => {
    answers += 1;
    // It does not read: too much waits for it.
    if (answers === 5) east.abroad.left(peer('slow'));
  };
  east.abroad.entered(peer('slow'), { say, offer: () => false, drop: () => undefined });
  const pages = Array.from({ length: 20 }, (_, at) => peer(`s${at}`));
  east.abroad.take(peer('slow'), { kind: 'here', topic: topic(1), pages });
  expect(east.place.counts()).toMatchObject({ introductions: 0 });
});

const many = (count: number): readonly PeerId[] => Array.from({ length: count }, (_, at) => peer(`m${at}`));
const inParts = <One>(all: readonly One[], size: number): readonly (readonly One[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size));

test('a sister introduces nobody to more of its own than a crowd may be told of', () => {
  for (const kind of ['met', 'joined'] as const) {
    const { east, say, turn } = liar();
    for (const pages of inParts(many(3_000), 64)) {
      say({ kind: 'there', topic: topic(1), pages });
      for (const peers of inParts(pages, limits.peersPerTopic)) say({ kind, topic: topic(1), page: peer('ann'), peers });
      turn(100);
    }
    expect(east.place.counts()['introductions']).toBeLessThanOrEqual(64 * 9);
    expect(new Set(east.told.flatMap((line) => line.split(' ').slice(2))).size).toBeLessThanOrEqual(64 * 9);
  }
});

test('what all pages of a sister keep together is bounded, and how many it has for one topic', () => {
  const { east, say, turn } = liar();
  const all = many(2_400);
  for (const pages of inParts(all, 64)) say({ kind: 'there', topic: topic(1), pages });
  expect(east.abroad.counts()['sister_topics']).toBe(999);
  for (let crowd = 0; crowd < 40; crowd += 1) {
    const topics = Array.from({ length: 60 }, (_, at) => parseTopic((1_000 * crowd + at).toString(16).padStart(32, '0'))!);
    east.comes(`e${crowd}`);
    east.says(`e${crowd}`, { kind: 'join', topics });
    for (const each of topics) {
      for (const pages of inParts(all.slice(60 * crowd, 60 * crowd + 60), 64)) {
        say({ kind: 'there', topic: each, pages });
        turn(100);
      }
    }
  }
  expect(east.abroad.counts()['sister_topics']).toBe(131_072);
});

test('a sister that names another sister’s pages for all there is gets that one no blame, and not all that is for them', () => {
  const mesh = createMesh('east', 'west');
  const { east, say, heard } = liar(mesh);
  mesh.join('east', 'west');
  const west = houseOf(mesh, 'west');
  const topics = Array.from({ length: 63 }, (_, at) => topic(100 + at));
  east.says('ann', { kind: 'join', topics });
  east.says('bob', { kind: 'join', topics: [topic(3), topic(4), topic(5)] });
  west.comes('wim', 1);
  for (const each of [...topics, topic(1)]) say({ kind: 'there', topic: each, pages: [peer('wim')] });
  for (const each of [2, 3, 4, 5]) west.says('wim', { kind: 'join', topics: [topic(each)] });
  expect(east.abroad.counts()['sister_refused_too-many-topics']).toBeUndefined();
  for (let at = 0; at < 40; at += 1) east.says('ann', { kind: 'pass', to: peer('wim'), bytes });
  const lost = heard.filter(({ kind }) => kind === 'pass').length;
  const came = west.told.filter((line) => line === 'wim passed ann').length;
  expect([lost + came, came > 8]).toEqual([40, true]);
});

test('who takes up and drops a topic of a crowd again and again gets it said, and taken back, as often as its share goes', () => {
  const { east, say, heard } = liar();
  for (let at = 0; at < 400; at += 1) east.comes(`e${at}`, 1);
  heard.length = 0;
  for (let at = 0; at < 1_000; at += 1) {
    say({ kind: 'drops', topics: [topic(1)] });
    say({ kind: 'keeps', topics: [topic(1)] });
  }
  const names = heard.reduce((sum, frame) => sum + ('pages' in frame ? frame.pages.length : 0), 0);
  expect(names).toBeLessThanOrEqual(2 * 262_144);
});

test('no page parts two relays: not by asking again for all it may keep', () => {
  const { east, west } = two();
  const all = Array.from({ length: limits.topicsPerPage }, (_, at) => at);
  east.comes('ann', ...all);
  west.comes('mal', ...all);
  for (let at = 0; at < 10; at += 1) west.says('mal', { kind: 'join', topics: all.map(topic) });
  expect(east.abroad.counts()).toMatchObject({ sisters: 1, sister_pages: 1 });
});

test('no page parts two relays: not by being at both, nor with words to whom it has just met no more', () => {
  const { east, west } = two();
  east.comes('ann', 1);
  west.comes('mal', 1);
  east.comes('mal', 2);
  for (let at = 0; at < 300; at += 1) west.says('mal', { kind: 'pass', to: peer('ann'), bytes });
  expect(east.told.filter((line) => line === 'ann passed mal')).toEqual([]);
  expect(east.abroad.counts()).toMatchObject({ sisters: 1, 'sister_refused_not-met': 300 });

  const late = liar();
  late.say({ kind: 'here', topic: topic(1), pages: [peer('mal')] });
  late.east.says('ann', { kind: 'leave', topics: [topic(1)] });
  for (let at = 0; at < 300; at += 1) late.say({ kind: 'pass', from: peer('mal'), to: peer('ann'), bytes });
  expect(late.dropped()).toBe(false);
});

test('no crowd of pages parts two relays: what is too much for the sister is not handed to it', () => {
  const { mesh, east, west } = two();
  const names = Array.from({ length: 40 }, (_, at) => `w${at}`);
  east.comes('ann', ...names.map((_, at) => at));
  for (const [at, name] of names.entries()) west.comes(name, at);
  const big = new Uint8Array(16_000);
  for (let tenth = 0; tenth < 200; tenth += 1) {
    mesh.turn(100);
    for (const name of names) west.says(name, { kind: 'pass', to: peer('ann'), bytes: big });
    for (const name of names) for (let at = 0; at < 10; at += 1) west.says(name, { kind: 'pass', to: peer('ann'), bytes });
  }
  expect(east.abroad.counts()['sister_refused_too-fast']).toBeUndefined();
  expect(east.abroad.counts()).toMatchObject({ sisters: 1 });
  expect(east.told.filter((line) => line.startsWith('ann passed')).length).toBeGreaterThan(3_000);
  expect(west.told.some((line) => line.endsWith('overloaded'))).toBe(true);
});
