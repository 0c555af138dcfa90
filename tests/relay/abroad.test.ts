/** Pages of sister relays at the meeting place: who is introduced to whom. */
import { expect, test } from 'vitest';
import { limits } from '../../src/protocol/limits.ts';
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
