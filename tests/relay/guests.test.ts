/** Those who stand behind a page: the relay names them as it names pages, reaches them by that page, and bounds what it may claim. */
import { expect, test } from 'vitest';
import type { MeetFrame, Seek } from '../../src/protocol/meet.ts';
import { limits } from '../../src/protocol/limits.ts';
import { parsePeerId } from '../../src/protocol/ids.ts';
import type { PeerId, Topic } from '../../src/protocol/ids.ts';
import { createMeetWorld, peer, topic } from './meet-world.ts';
import type { TestPage } from './meet-world.ts';

const cem = peer('cem');
const bytes = Uint8Array.of(1, 2, 3);
const seek = (from: PeerId, topics: readonly Topic[], hops = 2): Seek => ({
  kind: 'seek',
  id: new Uint8Array(8),
  ttl: 2,
  hops,
  from,
  topics,
});
const nobody = (at: number): PeerId => parsePeerId(`nobody${at.toString().padStart(6, '0')}`)!;
const kindsOf = (frames: readonly MeetFrame[]): readonly string[] => frames.map(({ kind }) => kind);

/** Ann is at the relay, Bob too, and Cem is behind Bob: in one room with Ann. */
function village() {
  const world = createMeetWorld();
  const [ann, bob] = [world.page('ann'), world.page('bob')];
  ann.says({ kind: 'join', topics: [topic(1)] });
  bob.says(seek(cem, [topic(1)]));
  return { ...world, ann, bob };
}

test('names who is behind a page to those who are here, and these to it', () => {
  const { ann, bob, meet } = village();
  expect(ann.heard().at(-1)).toEqual({ kind: 'joined', topic: topic(1), peer: cem });
  expect(bob.heard()).toEqual([{ kind: 'found', to: cem, hops: 2, topic: topic(1), peer: ann.link.peer }]);
  expect(meet.counts()).toMatchObject({ pages: 2, guests: 1, topics: 1 });
});

test('a page is not led by the relay to who is behind it alone, nor they to it', () => {
  const { ann, bob, page } = village();
  bob.heard();
  bob.says({ kind: 'join', topics: [topic(1)] });
  expect(bob.heard()).toEqual([{ kind: 'met', topic: topic(1), peers: [ann.link.peer] }]);
  page('eve').says(seek(cem, [topic(1)]));
  bob.says({ kind: 'join', topics: [topic(1)] });
  expect(bob.heard()).toMatchObject([{ kind: 'met', peers: { length: 2 } }]);
});

test('passes both ways between them, with a hop less to go', () => {
  const { ann, bob } = village();
  ann.heard();
  bob.heard();
  ann.says({ kind: 'pass', to: cem, bytes });
  expect(bob.heard()).toEqual([{ kind: 'carry', from: ann.link.peer, to: cem, ttl: limits.hops - 1, bytes }]);
  bob.says({ kind: 'carry', from: cem, to: ann.link.peer, ttl: 3, bytes });
  expect(ann.heard()).toEqual([{ kind: 'passed', from: cem, bytes }]);
  // Nothing goes on that has come too far, nor for whom nobody named, nor in the name of who is not behind this page.
  bob.says({ kind: 'carry', from: cem, to: ann.link.peer, ttl: 0, bytes });
  bob.says({ kind: 'carry', from: cem, to: peer('dee'), ttl: 3, bytes });
  bob.says({ kind: 'carry', from: peer('eve'), to: ann.link.peer, ttl: 3, bytes });
  expect(ann.heard()).toEqual([]);
  expect(bob.heard()).toEqual([
    { kind: 'lost', to: cem, peer: ann.link.peer },
    { kind: 'lost', to: cem, peer: peer('dee') },
    { kind: 'lost', to: peer('eve'), peer: ann.link.peer },
  ]);
});

test('two behind two pages are found to each other, and what goes between them has its hops counted on', () => {
  const { ann, bob, page } = village();
  const dan = page('dan');
  dan.says(seek(peer('dee'), [topic(1)], 3));
  expect(dan.heard()).toContainEqual({ kind: 'found', to: peer('dee'), hops: 4, topic: topic(1), peer: cem });
  expect(bob.heard()).toContainEqual({ kind: 'found', to: cem, hops: 5, topic: topic(1), peer: peer('dee') });
  dan.says({ kind: 'carry', from: peer('dee'), to: cem, ttl: 3, bytes });
  expect(bob.heard()).toEqual([{ kind: 'carry', from: peer('dee'), to: cem, ttl: 2, bytes }]);
  // Round in a ring nothing goes for ever.
  dan.says({ kind: 'carry', from: peer('dee'), to: cem, ttl: 1, bytes });
  dan.says({ kind: 'carry', from: peer('dee'), to: cem, ttl: 0, bytes });
  expect(bob.heard()).toEqual([{ kind: 'carry', from: peer('dee'), to: cem, ttl: 0, bytes }]);
  expect(ann.heard()).toContainEqual({ kind: 'joined', topic: topic(1), peer: peer('dee') });
});

test('tells of a guest that it is gone when its page goes, or says so, or nobody said anything of it for long', () => {
  const ends: ((bob: TestPage, turn: (ms: number) => void, ann: TestPage) => void)[] = [
    (bob) => bob.closes(),
    (bob) => bob.says({ kind: 'lost', to: peer('relay'), peer: cem }),
    (bob, turn, ann) => {
      for (let minute = 0; minute < 30; minute += 1) {
        for (const page of [ann, bob]) page.says({ kind: 'ping', token: minute });
        turn(60_000);
      }
    },
  ];
  for (const end of ends) {
    const { ann, bob, meet, turn } = village();
    ann.heard();
    end(bob, turn, ann);
    expect(ann.heard().filter(({ kind }) => kind !== 'pong')).toEqual([{ kind: 'left', topic: topic(1), peer: cem }]);
    expect(meet.counts()).toMatchObject({ guests: 0 });
  }
});

test('tells a guest who left, and only once they share nothing any more', () => {
  const { ann, bob } = village();
  ann.says({ kind: 'join', topics: [topic(2)] });
  bob.says(seek(cem, [topic(2)]));
  bob.heard();
  ann.says({ kind: 'leave', topics: [topic(1)] });
  expect(bob.heard()).toEqual([]);
  ann.closes();
  expect(bob.heard()).toEqual([{ kind: 'lost', to: cem, peer: ann.link.peer }]);
});

test('whoever comes by itself is no guest any more, and nobody stands in for who is here', () => {
  const { ann, bob, meet, page } = village();
  ann.heard();
  const own = page('cem');
  expect(ann.heard()).toEqual([{ kind: 'left', topic: topic(1), peer: cem }]);
  bob.says(seek(cem, [topic(1)]));
  bob.says(seek(ann.link.peer, [topic(1)]));
  expect(meet.counts()).toMatchObject({ guests: 0 });
  own.says({ kind: 'join', topics: [topic(1)] });
  bob.heard();
  ann.says({ kind: 'pass', to: cem, bytes });
  expect([kindsOf(bob.heard()), own.heard().at(-1)]).toEqual([[], { kind: 'passed', from: ann.link.peer, bytes }]);
});

test('who falsely says it leads to somebody gets a share by luck, and a third does not count', () => {
  const { ann, bob, page } = village();
  const [eve, mallory] = [page('eve'), page('mal')];
  eve.says(seek(cem, [topic(1)]));
  mallory.says(seek(cem, [topic(1)]));
  for (const each of [ann, bob, eve, mallory]) each.heard();
  for (let at = 0; at < 40; at += 1) ann.says({ kind: 'pass', to: cem, bytes });
  const shares = [bob, eve, mallory].map((each) => each.heard().length);
  expect(shares[0]! + shares[1]!).toBe(40);
  expect(Math.min(shares[0]!, shares[1]!)).toBeGreaterThan(8);
  expect(shares[2]).toBe(0);
  // What she says of it ends her own share alone.
  eve.says({ kind: 'lost', to: ann.link.peer, peer: cem });
  mallory.says({ kind: 'lost', to: ann.link.peer, peer: cem });
  for (let at = 0; at < 10; at += 1) ann.says({ kind: 'pass', to: cem, bytes });
  expect([bob, eve, mallory].map((each) => each.heard().length)).toEqual([10, 0, 0]);
});

test('a page that names ten thousand keeps 64 here, eight of them in one room, and it is not the page that is blamed for a guest', () => {
  const { ann, bob, meet, turn } = village();
  ann.heard();
  for (let at = 0; at < 10_000; at += 1) {
    bob.says(seek(nobody(at), [topic(1), topic(2 + (at % 200))]));
    if (at % 10 === 0) turn(100);
  }
  expect(meet.counts()['guests']).toBe(64);
  expect(ann.heard().filter(({ kind }) => kind === 'joined').length).toBeLessThanOrEqual(8);
  expect(bob.link.state()).toBe('open');
  // What Cem says too much costs Cem.
  for (let at = 0; at < 500; at += 1) bob.says({ kind: 'carry', from: cem, to: peer('dee'), ttl: 3, bytes });
  expect(bob.link.state()).toBe('open');
  bob.says({ kind: 'join', topics: [topic(1)] });
  expect(bob.heard().at(-1)).toMatchObject({ kind: 'met', topic: topic(1) });
});

test('topics of all behind one page are bounded together, and of each by what a page may keep', () => {
  const { bob, meet, turn } = village();
  const many = (from: number, count: number): readonly Topic[] => Array.from({ length: count }, (_, at) => topic(from + at));
  for (let at = 0; at < 20; at += 1) {
    for (const start of [0, 64, 128]) bob.says(seek(nobody(at), many(start, 64)));
    turn(60_000);
    bob.says({ kind: 'ping', token: at });
  }
  const counts = meet.counts();
  expect(counts['guests']).toBeGreaterThan(7);
  expect(counts['guests_too-many-topics']).toBeGreaterThan(0);
  expect(counts['topics']).toBeLessThanOrEqual(65);
  expect(bob.link.state()).toBe('open');
});

test('the relay is full of guests at as many as it has places for pages', () => {
  const world = createMeetWorld(3);
  const pages = ['ann', 'bob'].map((name) => world.page(name));
  for (const [at, page] of pages.entries()) for (const more of [0, 1, 2]) page.says(seek(nobody(3 * at + more), [topic(1)]));
  expect(world.meet.counts()).toMatchObject({ guests: 3, 'guests_too-many': 3 });
});

test('bytes for those behind a page have their own measure', () => {
  const { ann, bob, turn } = village();
  const big = new Uint8Array(10_000);
  for (let at = 0; at < 60; at += 1) bob.says({ kind: 'carry', from: cem, to: ann.link.peer, ttl: 3, bytes: big });
  expect(ann.heard().filter(({ kind }) => kind === 'passed')).toHaveLength(40);
  turn(1_000);
  bob.heard();
  bob.says({ kind: 'join', topics: [topic(1)] });
  expect(kindsOf(bob.heard())).toEqual(['met']);
});

test('a page that answers where nobody asked is not heard, and is not closed for what others made it say', () => {
  const { bob, ann } = village();
  ann.heard();
  for (let at = 0; at < 100; at += 1) bob.says({ kind: 'found', to: ann.link.peer, hops: 2, topic: topic(1), peer: peer('eve') });
  expect([ann.heard(), bob.link.state()]).toEqual([[], 'open']);
});
