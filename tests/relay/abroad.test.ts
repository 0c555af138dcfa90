/** Pages of sister relays at the meeting place: who is introduced to whom, and what a sister that lies or floods gets. */
import { expect, test } from 'vitest';
import { limits } from '../../src/protocol/limits.ts';
import { parseTopic } from '../../src/protocol/ids.ts';
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

test('the newcomer is told of who is there, they of it, once; bytes are passed both ways; and who goes is said to go', () => {
  const { east, west } = two();
  east.comes('ann', 1);
  west.comes('bob', 1);
  expect([east.told, west.told]).toEqual([['ann joined bob'], ['bob met ann']]);
  west.says('bob', { kind: 'pass', to: peer('ann'), bytes });
  east.says('ann', { kind: 'pass', to: peer('bob'), bytes });
  expect([east.told[1], west.told[1]]).toEqual(['ann passed bob', 'bob passed ann']);
  west.goes('bob');
  expect(east.told[2]).toBe('ann left bob');
  east.says('ann', { kind: 'pass', to: peer('bob'), bytes });
  expect(east.told[3]).toBe('ann refused bob not-met');
  expect(east.abroad.counts()).toMatchObject({ sister_pages: 0 });
  east.goes('ann');
  expect([east, west].map(({ place }) => place.counts())).toEqual([
    expect.objectContaining({ topics: 0, introductions: 0 }),
    expect.objectContaining({ topics: 0, introductions: 0 }),
  ]);
});

test('a sister hears the names of pages only where both keep the topic', () => {
  const { mesh, east, west } = two();
  east.comes('ann', 1, 2);
  west.comes('bob', 3);
  expect(mesh.said.map(({ frame }) => frame.kind)).toEqual(['keeps', 'keeps']);
  expect([east.told, west.told]).toEqual([[], []]);
  west.says('bob', { kind: 'join', topics: [topic(2)] });
  expect(mesh.said.flatMap(({ frame }) => (frame.kind === 'here' || frame.kind === 'there' ? [frame.topic] : []))).toEqual([
    topic(2),
    topic(2),
  ]);
});

test('two who were there before the relays found each other are introduced; when those part, they are apart', () => {
  const mesh = createMesh('east', 'west');
  const [east, west] = [houseOf(mesh, 'east'), houseOf(mesh, 'west')];
  east.comes('ann', 1);
  west.comes('bob', 1);
  mesh.join('east', 'west');
  expect([east.told.length, west.told.length]).toEqual([1, 1]);
  mesh.part('east', 'west');
  expect([east.told[1], west.told[1]]).toEqual(['ann left bob', 'bob left ann']);
  mesh.join('east', 'west');
  expect([east.told.length, west.told.length]).toEqual([3, 3]);
});

test('three relays that all know each other: each page is said to each sister once, and nothing goes round', () => {
  const mesh = createMesh('east', 'west', 'south');
  for (const [one, other] of [
    ['east', 'west'],
    ['west', 'south'],
    ['south', 'east'],
  ] as const)
    mesh.join(one, other);
  houseOf(mesh, 'east').comes('ann', 1);
  houseOf(mesh, 'west').comes('bob', 1);
  houseOf(mesh, 'south').comes('cem', 1);
  expect(mesh.said.length).toBeLessThan(24);
  expect(houseOf(mesh, 'south').told.toSorted()).toEqual(['cem met ann', 'cem met bob']);
  expect(houseOf(mesh, 'east').told.toSorted()).toEqual(['ann joined bob', 'ann joined cem']);
  expect(houseOf(mesh, 'west').told.toSorted()).toEqual(['bob joined cem', 'bob met ann']);
  // Nobody introduces two who are both elsewhere.
  for (const house of mesh.houses.values()) expect(house.place.counts()).toMatchObject({ introductions: 2 });
  const before = mesh.said.length;
  houseOf(mesh, 'south').says('cem', { kind: 'pass', to: peer('ann'), bytes });
  expect(mesh.said.slice(before).map(({ from, to }) => [from, to])).toEqual([['south', 'east']]);
});

test('in a row of three the ends are no sisters: who is in the middle speaks for its own alone', () => {
  const mesh = createMesh('east', 'west', 'south');
  mesh.join('east', 'west');
  mesh.join('west', 'south');
  houseOf(mesh, 'east').comes('ann', 1);
  houseOf(mesh, 'west').comes('bob', 1);
  houseOf(mesh, 'south').comes('cem', 1);
  expect(houseOf(mesh, 'south').told).toEqual(['cem met bob']);
  expect(houseOf(mesh, 'east').told).toEqual(['ann joined bob']);
});

test('a page at both relays is nobody’s guest; should it go from one, it is met by the other', () => {
  const { east, west } = two();
  east.comes('ann', 1);
  west.comes('bob', 1);
  east.comes('bob', 1);
  expect(east.told).toEqual(['ann joined bob', 'ann left bob', 'bob met ann', 'ann joined bob']);
  east.goes('bob');
  expect(east.told.slice(4)).toEqual(['ann left bob', 'ann joined bob']);
  east.says('ann', { kind: 'pass', to: peer('bob'), bytes });
  expect(west.told.at(-1)).toBe('bob passed ann');
});

test('a page that two sisters name is reached by the second when the first parts', () => {
  const mesh = createMesh('east', 'west', 'south');
  mesh.join('east', 'west');
  mesh.join('east', 'south');
  houseOf(mesh, 'east').comes('ann', 1);
  houseOf(mesh, 'west').comes('bob', 1);
  houseOf(mesh, 'south').comes('bob', 1);
  mesh.part('east', 'west');
  expect(houseOf(mesh, 'east').told.filter((line) => line.includes('left'))).toEqual([]);
  houseOf(mesh, 'east').says('ann', { kind: 'pass', to: peer('bob'), bytes });
  expect(houseOf(mesh, 'south').told.at(-1)).toBe('bob passed ann');
});

test('a crowd on both sides: nobody is told of more than a newcomer may be', () => {
  const { east, west } = two();
  for (let at = 0; at < 40; at += 1) east.comes(`e${at}`, 1);
  for (let at = 0; at < 40; at += 1) west.comes(`w${at}`, 1);
  const before = east.told.length;
  west.comes('last', 1);
  const heard = new Set(west.told.filter((line) => line.startsWith('last met')).flatMap((line) => line.split(' ').slice(2)));
  expect(heard.size).toBeLessThanOrEqual(2 * limits.peersPerTopic);
  expect(east.told.length - before).toBeLessThanOrEqual(2 * limits.peersPerTopic);
});

interface Liar {
  readonly east: House;
  readonly dropped: () => boolean;
  readonly heard: SisterFrame[];
  say(frame: SisterFrame): void;
  turn(ms: number): void;
}

/** A sister that says whatever it likes. */
function liar(): Liar {
  const mesh = createMesh('east');
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
