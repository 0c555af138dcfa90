/** Dials between pages without any relay: they open, they end in one link, they leave nothing behind, and cost no more than they may. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, test } from 'vitest';
import { openNetwork } from '../../src/adapters/libp2p/page.ts';
import type { PageNetworkSettings } from '../../src/adapters/libp2p/page.ts';
import { createNobleKey } from '../../src/adapters/libp2p/page-key.ts';
import { encodeDialSignal } from '../../src/adapters/libp2p/signal-bytes.ts';
import { keyOfPeerId } from '../../src/adapters/libp2p/peer-key.ts';
import { peerIdOfKey } from '../../src/adapters/libp2p/thin-bytes.ts';
import { isRefusal } from '../../src/protocol/refusal.ts';
import { createSignalSeal } from '../../src/protocol/signal-seal.ts';
import { nobleCurve } from '../../src/protocol/suite/noble-curve.ts';
import type { Carry, Link, Network } from '../../src/ports/network.ts';
import { createConnection, never, until } from './people.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

let pages: Network[] = [];
afterEach(async () => {
  await Promise.all(pages.map(async (page) => page.close()));
  pages = [];
});

const openPage = async (settings: Partial<PageNetworkSettings> = {}): Promise<Network> => {
  const page = await openNetwork({ log: () => {}, createConnection, ...settings });
  page.listen({ onOpen: () => {}, onFrame: () => {}, onClose: () => {} });
  pages.push(page);
  return page;
};

/** Brings signals and answers; `through` may drop, double or hold what goes by. */
const carryTo = (from: Network, to: Network, through: (bring: () => void) => void = setImmediate): Carry => {
  return (bytes) => {
    const own = bytes.slice();
    through(() => to.takeSignal(from.self, own, carryTo(to, from, through)));
    return true;
  };
};

const open = async (from: Network, to: Network, ...through: [((bring: () => void) => void)?]): Promise<Link> => {
  const opened = await from.openPeer(to.self, carryTo(from, to, ...through), never());
  if (opened.state !== 'open') throw new Error(opened.why);
  return opened.link;
};

test('300 dials, each link closed at once: none fails', async () => {
  const [ann, bob] = [await openPage(), await openPage()];
  for (let dial = 0; dial < 300; dial += 1) {
    const [from, to] = dial % 2 === 0 ? [ann, bob] : [bob, ann];
    (await open(from, to)).close();
  }
  await until(() => ann.links().length + bob.links().length === 0);
}, 60_000);

test('who is dialled by many at once links with all', async () => {
  const host = await openPage();
  const guests = await Promise.all(Array.from({ length: 24 }, async () => openPage()));
  await Promise.all(guests.map(async (guest) => open(guest, host)));
  await until(() => host.links().length === guests.length);
  expect(new Set(host.links().map((link) => link.peer)).size).toBe(24);
}, 30_000);

test('after 50 links that came and went every connection is closed, and nobody holds one', async () => {
  const made: WeakRef<RTCPeerConnection>[] = [];
  const watched = (configuration: RTCConfiguration): RTCPeerConnection => {
    const connection = createConnection(configuration);
    made.push(new WeakRef(connection));
    return connection;
  };
  const [ann, bob] = [await openPage({ createConnection: watched }), await openPage({ createConnection: watched })];
  /** By itself, so that nothing here holds the last of them. */
  const comeAndGo = async (): Promise<void> => {
    const link = await open(ann, bob);
    await until(() => bob.links().length === 1);
    link.close();
    await until(() => ann.links().length + bob.links().length === 0);
    const giveUp = new AbortController();
    const given = bob.openPeer(ann.self, () => giveUp.abort() === undefined, giveUp.signal);
    expect(await given).toEqual({ state: 'refused', why: 'aborted' });
  };
  for (let round = 0; round < 50; round += 1) await comeAndGo();
  expect(made.length).toBeGreaterThanOrEqual(150);
  await until(() => made.every((each) => (each.deref()?.connectionState ?? 'closed') === 'closed'));
  await until(() => {
    collect();
    return made.every((each) => each.deref() === undefined);
  });
}, 60_000);

test('of two dials that cross one is let go at once', async () => {
  let made = 0;
  const counted = (configuration: RTCConfiguration): RTCPeerConnection => {
    made += 1;
    return createConnection(configuration);
  };
  for (let round = 0; round < 8; round += 1) {
    const [ann, bob] = [await openPage({ createConnection: counted }), await openPage({ createConnection: counted })];
    await Promise.all([open(ann, bob), open(bob, ann)]);
  }
  // Three each, and room for what libdatachannel loses by itself. If both let go, or neither, it is ten times as many.
  expect(made).toBeLessThanOrEqual(8 * 6);
}, 60_000);

test('two who dial each other at once end with one link, also over a way that loses a third and turns the order round', async () => {
  for (let round = 0; round < 10; round += 1) {
    const [ann, bob] = [await openPage(), await openPage()];
    let count = round;
    const rough = (bring: () => void): void => {
      count += 1;
      if (round >= 5 && count % 3 === 0) return;
      setTimeout(bring, round % 2 === 0 ? (count % 4) * 6 : 0);
    };
    const links = await Promise.all([open(ann, bob, rough), open(bob, ann, rough)]);
    await until(() => ann.links().length === 1 && bob.links().length === 1);
    expect([ann.links(), bob.links()]).toEqual([[links[0]], [links[1]]]);
  }
}, 60_000);

test('who comes again, knowing nothing of the link that stands, gets a new one in its place', async () => {
  const key = createNobleKey();
  const ann = await openPage();
  const headStart = { key: Promise.resolve(key), takeDoor: () => null };
  const first = await openPage({ headStart });
  await open(first, ann);
  await until(() => ann.links().length === 1);
  const [older] = ann.links();
  const again = await openPage({ headStart });
  expect(again.self).toBe(first.self);
  await open(again, ann);
  await until(() => ann.links().length === 1 && ann.links()[0] !== older);
  expect(older?.state()).toBe('closed');
}, 30_000);

test('a second dial that waits for the first outlives it being given up', async () => {
  const [ann, bob] = [await openPage(), await openPage()];
  const giveUp = new AbortController();
  const first = ann.openPeer(
    bob.self,
    carryTo(ann, bob, (bring) => setTimeout(bring, 30)),
    giveUp.signal,
  );
  const second = ann.openPeer(bob.self, carryTo(ann, bob), never());
  giveUp.abort();
  expect(await first).toEqual({ state: 'refused', why: 'aborted' });
  expect(await second).toMatchObject({ state: 'open' });
}, 30_000);

test('offers that come to nothing are answered at a rate, garbage never', async () => {
  const key = createNobleKey();
  let connections = 0;
  const ann = await openPage({
    createConnection: (configuration) => {
      connections += 1;
      return createConnection(configuration);
    },
  });
  const seal = createSignalSeal(nobleCurve, key, keyOfPeerId(ann.self)!);
  if (isRefusal(seal)) throw new Error(seal.refused);
  const luck = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));
  const body = encodeDialSignal({
    kind: 'offer',
    fingerprint: new Uint8Array(32),
    ufrag: 'abcd',
    password: 'abcdefghijklmnopqrstuvwx',
    setup: 'actpass',
    candidates: [],
  });
  const from = peerIdOfKey(key.publicKey);
  for (let offer = 0; offer < 100; offer += 1) {
    ann.takeSignal(from, seal.begin(luck(8), luck)(body)!, () => true);
    ann.takeSignal(from, luck(200), () => true);
  }
  expect(connections).toBeGreaterThan(0);
  expect(connections).toBeLessThanOrEqual(8);
  // Somebody else is not kept waiting by it.
  await open(await openPage(), ann);
}, 30_000);

test('a browser that makes no more connections costs the dial, and nothing else', async () => {
  let isFull = true;
  const ann = await openPage({
    createConnection: (configuration) => {
      if (isFull) throw new DOMException('Cannot create so many PeerConnections');
      return createConnection(configuration);
    },
  });
  const bob = await openPage();
  expect(await ann.openPeer(bob.self, carryTo(ann, bob), never())).toEqual({ state: 'refused', why: 'unreachable' });
  const opening = bob.openPeer(
    ann.self,
    carryTo(bob, ann, (bring) => {
      setImmediate(bring);
      // From the second offer on there is room again.
      setTimeout(() => (isFull = false), 100);
    }),
    never(),
  );
  expect(await opening).toMatchObject({ state: 'open' });
});
