/** Who is behind a page of one relay and who is at a sister relay: they find each other, and what is kept back goes by no such way round. */
import { expect, test } from 'vitest';
import type { Square } from '../../relay/square.ts';
import type { Seek } from '../../src/protocol/meet.ts';
import type { SisterFrame } from '../../src/protocol/meeting/sister.ts';
import { limits } from '../../src/protocol/limits.ts';
import { createMeetWorld, peer, topic } from './meet-world.ts';
import type { MeetWorld } from './meet-world.ts';

const cem = peer('cem');
const bytes = Uint8Array.of(1, 2, 3);
const seek: Seek = { kind: 'seek', id: new Uint8Array(8), ttl: 2, hops: 2, from: cem, topics: [topic(1)] };

function sisters(): { readonly east: MeetWorld; readonly west: MeetWorld } {
  const [east, west] = [createMeetWorld(), createMeetWorld()];
  const words: (() => void)[] = [];
  let isBusy = false;
  const join = (here: MeetWorld, there: MeetWorld, self: string, other: string): void => {
    const say = (frame: SisterFrame): void => {
      words.push(() => there.meet.sisters.take(peer(self), frame));
      if (isBusy) return;
      isBusy = true;
      for (let word = words.shift(); word !== undefined; word = words.shift()) word();
      isBusy = false;
    };
    here.meet.sisters.entered(peer(other), { say, offer: (frame) => (say(frame), true), drop: () => expect.fail('let go') });
  };
  join(east, west, 'east', 'west');
  join(west, east, 'west', 'east');
  return { east, west };
}

test('a guest behind a page here and a page at a sister find each other, and pass both ways', () => {
  const { east, west } = sisters();
  const [bob, wim] = [east.page('bob'), west.page('wim')];
  wim.says({ kind: 'join', topics: [topic(1)] });
  bob.says(seek);
  expect(bob.heard()).toEqual([{ kind: 'found', to: cem, hops: 3, topic: topic(1), peer: peer('wim') }]);
  expect(wim.heard().at(-1)).toEqual({ kind: 'joined', topic: topic(1), peer: cem });
  bob.says({ kind: 'carry', from: cem, to: peer('wim'), ttl: 3, bytes });
  expect(wim.heard()).toEqual([{ kind: 'passed', from: cem, bytes }]);
  wim.says({ kind: 'pass', to: cem, bytes });
  expect(bob.heard()).toEqual([{ kind: 'carry', from: peer('wim'), to: cem, ttl: limits.hops - 1, bytes }]);
  wim.closes();
  expect(bob.heard()).toEqual([{ kind: 'lost', to: cem, peer: peer('wim') }]);
});

test('guests behind pages of two sisters find each other', () => {
  const { east, west } = sisters();
  const [bob, wim] = [east.page('bob'), west.page('wim')];
  wim.says({ ...seek, from: peer('zoe') });
  bob.says(seek);
  expect(bob.heard()).toEqual([{ kind: 'found', to: cem, hops: 3, topic: topic(1), peer: peer('zoe') }]);
  expect(wim.heard()).toEqual([{ kind: 'found', to: peer('zoe'), hops: 3, topic: topic(1), peer: cem }]);
  bob.says({ kind: 'carry', from: cem, to: peer('zoe'), ttl: 3, bytes });
  expect(wim.heard()).toEqual([{ kind: 'carry', from: cem, to: peer('zoe'), ttl: limits.hops - 1, bytes }]);
});

test('[Q5] what the relay keeps back between two pages, it keeps back from and for who is behind a page too', () => {
  const square: Square = {
    welcome: () => null,
    take: () => null,
    left: () => undefined,
    mayGoOn: () => true,
    isKeptBack: (frame) => frame[0] === 9,
    counts: () => ({}),
  };
  const { page } = createMeetWorld(undefined, square);
  const [ann, bob] = [page('ann'), page('bob')];
  ann.says({ kind: 'join', topics: [topic(1)] });
  bob.says(seek);
  for (const each of [ann, bob]) each.heard();
  for (const first of [9, 1]) {
    bob.says({ kind: 'carry', from: cem, to: ann.link.peer, ttl: 3, bytes: Uint8Array.of(first) });
    ann.says({ kind: 'pass', to: cem, bytes: Uint8Array.of(first) });
  }
  expect(ann.heard()).toEqual([{ kind: 'passed', from: cem, bytes: Uint8Array.of(1) }]);
  expect(bob.heard()).toMatchObject([{ kind: 'carry', to: cem, bytes: Uint8Array.of(1) }]);
});

test('no page draws to itself what is for a page of a sister by naming it, before that comes or after', () => {
  for (const isBefore of [true, false]) {
    const { east, west } = sisters();
    const [ann, mal] = [east.page('ann'), east.page('mal')];
    ann.says({ kind: 'join', topics: [topic(1)] });
    if (isBefore) mal.says(seek);
    const own = west.page('cem');
    own.says({ kind: 'join', topics: [topic(1)] });
    if (!isBefore) mal.says(seek);
    for (const each of [mal, own]) each.heard();
    expect(east.meet.counts()).toMatchObject({ guests: 0, introductions: 1 });
    for (let at = 0; at < 10; at += 1) ann.says({ kind: 'pass', to: cem, bytes });
    expect([mal.heard().length, own.heard().length]).toEqual([0, 10]);
    own.says({ kind: 'pass', to: ann.link.peer, bytes });
    expect(ann.heard().at(-1)).toEqual({ kind: 'passed', from: cem, bytes });
  }
});
