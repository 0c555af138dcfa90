/** How often a page dials whoever takes each link and drops it at once. */
import { expect, test } from 'vitest';
import { createDialer } from '../../src/app/mesh/dialer.ts';
import { createPeers } from '../../src/app/mesh/peers.ts';
import { createRouting } from '../../src/app/routing/routing.ts';
import type { PeerId, RoomId } from '../../src/protocol/ids.ts';
import type { Network } from '../../src/ports/network.ts';
import { createHandClock } from '../relay/hand-clock.ts';
import { linkTo } from './plain-link.ts';

/** Dials in an hour to somebody of a room of ours, whose links hold so long. */
async function dialsIn(holdMs: number, first: boolean): Promise<number> {
  const { clock, turn } = createHandClock();
  const peers = createPeers(createRouting(clock, { changed: () => undefined, opened: () => undefined }));
  const peer = peers.meet('flapping' as PeerId);
  peer.rooms.add('well' as RoomId);
  peer.routes.add(linkTo('relay', 'relay'));
  let dials = 0;
  const network: Pick<Network, 'openPeer'> = {
    openPeer: (id) => {
      dials += 1;
      const link = linkTo(id, 'peer');
      peer.direct = link;
      dialer.opened(peer);
      clock.after(holdMs, () => {
        peer.direct = null;
        dialer.lost(peer, first);
      });
      return Promise.resolve({ state: 'open', link });
    },
  };
  const entropy = { bytes: (length: number) => new Uint8Array(length).fill(7) };
  const rest = { closeTo: () => undefined, hasTo: () => false };
  const dialer = createDialer({ clock, entropy, log: () => undefined }, network as Network, peers, rest);
  dialer.want(peer, true);
  for (let at = 0; at < 36_000; at += 1) {
    turn(100);
    await Promise.resolve();
  }
  dialer.close();
  return dials;
}

test('whoever takes every link and drops it is dialled ever more rarely; links that hold a while come back at once', async () => {
  for (const first of [true, false]) expect(await dialsIn(500, first)).toBeLessThan(10);
  for (const first of [true, false]) expect(await dialsIn(40_000, first)).toBeGreaterThan(70);
});

interface Dialled {
  /** When we began, in ms from the first. */
  readonly at: readonly number[];
}

/** Somebody of a room of ours to whom no way is found; `theirs`: when they begin a link to us themselves; `anew`: when they are named again. */
async function dialsInVain(
  forMs: number,
  first: boolean,
  theirs: readonly number[],
  wasLinked = false,
  anew: readonly number[] = [],
): Promise<Dialled> {
  const { clock, turn } = createHandClock();
  const peers = createPeers(createRouting(clock, { changed: () => undefined, opened: () => undefined }));
  const peer = peers.meet('behind a wall' as PeerId);
  peer.rooms.add('well' as RoomId);
  peer.routes.add(linkTo('relay', 'relay'));
  const at: number[] = [];
  const network: Pick<Network, 'openPeer'> = {
    openPeer: (_id, _carry, signal) => {
      at.push(clock.ticksMs() - startMs);
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve({ state: 'refused', why: 'aborted' })));
    },
  };
  const entropy = { bytes: (length: number) => new Uint8Array(length).fill(7) };
  const rest = { closeTo: () => undefined, hasTo: () => false };
  const dialer = createDialer({ clock, entropy, log: () => undefined }, network as Network, peers, rest);
  if (wasLinked) {
    peer.direct = linkTo(peer.id, 'peer');
    dialer.opened(peer);
    turn(60_000);
    peer.direct = null;
    dialer.lost(peer, first);
  } else dialer.want(peer, first);
  const startMs = clock.ticksMs();
  for (const ms of theirs) clock.after(ms, () => void dialer.isWelcome(peer.id));
  for (const ms of anew) clock.after(ms, () => dialer.want(peer, first));
  for (let ms = 0; ms < forMs; ms += 100) {
    turn(100);
    await Promise.resolve();
    await Promise.resolve();
  }
  dialer.close();
  return { at };
}

test('where no way was found twice it is tried ever more rarely, and not given up', async () => {
  const { at } = await dialsInVain(3_600_000, true, []);
  expect(at.filter((ms) => ms < 120_000)).toHaveLength(3);
  expect(at.length).toBeLessThan(8);
  expect(at.filter((ms) => ms > 600_000).length).toBeGreaterThan(0);
});

test('whose own try is under way, or has just failed, is not dialled as well', async () => {
  // As they do it: at once, and once more when it has failed.
  const { at } = await dialsInVain(40_000, false, [100, 13_100]);
  expect(at).toEqual([]);
  // They gave up: then it is our turn.
  expect((await dialsInVain(120_000, false, [100, 13_100])).at.length).toBeGreaterThan(0);
});

test('a link that broke is sought by both, and soon again: there was a way', async () => {
  const { at } = await dialsInVain(60_000, false, [100, 13_100], true);
  expect(at.filter((ms) => ms < 40_000).length).toBeGreaterThan(1);
});

test('whoever shares many rooms with us is named for each, and dialled at once all the same when they come back', async () => {
  const forEachRoom = Array.from({ length: 12 }, () => 1);
  const { at } = await dialsInVain(210_000, true, [], false, [...forEachRoom, 200_000]);
  expect(at.filter((ms) => ms >= 200_000)).toHaveLength(1);
});
