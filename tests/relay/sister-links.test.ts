/** Relays that name each other: strangers who take every place there is for who is not known yet, and a load that is shared. */
import { expect, test } from 'vitest';
import { createSisterLinks } from '../../relay/sister-links.ts';
import type { SisterLinks } from '../../relay/sister-links.ts';
import { parsePeerId } from '../../src/protocol/ids.ts';
import type { PeerId } from '../../src/protocol/ids.ts';
import type { Link } from '../../src/ports/network.ts';
import { createHandClock } from './hand-clock.ts';

const { east, west, south } = { east: parsePeerId('eastAAAA')!, west: parsePeerId('westAAAA')!, south: parsePeerId('soutAAAA')! };
/** From one relay to the other. */
const wayMs = 40;

interface Waters {
  readonly relays: ReadonlyMap<PeerId, SisterLinks>;
  turn(ms: number): void;
  openLink(from: PeerId, to: PeerId): { readonly ours: Link; readonly theirs: Link };
  start(self: PeerId, sisters: readonly PeerId[], load: number): void;
  entered(): number;
}

function createWaters(): Waters {
  const { clock, turn } = createHandClock();
  const relays = new Map<PeerId, SisterLinks>();
  let ids = 0;
  let luck = 1;
  const entropy = {
    bytes: (length: number) => Uint8Array.from({ length }, () => (luck = (luck * 48_271) % 0x7fffffff) & 0xff),
  };

  /** Both ends of one, of which either may be nobody's. */
  const openLink = (from: PeerId, to: PeerId): { readonly ours: Link; readonly theirs: Link } => {
    const id = `${(ids += 1)}`;
    const open = { ours: true, theirs: true };
    const end = (mine: 'ours' | 'theirs', at: PeerId, peer: PeerId): Link => {
      const other = mine === 'ours' ? 'theirs' : 'ours';
      const link: Link = {
        id,
        peer,
        end: 'relay',
        opener: mine === 'ours' ? 'us' : 'them',
        path: 'socket',
        maxFrameBytes: 32_768,
        state: () => (open[mine] ? 'open' : 'closed'),
        send: (bytes) => {
          if (!open[mine]) return 'closed';
          clock.after(wayMs, () => open[other] && relays.get(peer)?.frame(both[other], bytes));
          return 'sent';
        },
        close: () => {
          if (!open[mine]) return;
          open[mine] = false;
          relays.get(at)?.closed(link);
          clock.after(wayMs, () => {
            if (!open[other]) return;
            open[other] = false;
            relays.get(peer)?.closed(both[other]);
          });
        },
      };
      return link;
    };
    const both = { ours: end('ours', from, to), theirs: end('theirs', to, from) };
    return both;
  };

  let entered = 0;
  const start = (self: PeerId, sisters: readonly PeerId[], load: number): void => {
    const abroad = { entered: () => (entered += 1), take: () => undefined, malformed: () => undefined, left: () => undefined };
    const dial = async (address: string): Promise<{ readonly state: 'open'; readonly link: Link }> => {
      await new Promise<void>((done) => clock.after(wayMs, done));
      const other = parsePeerId(address)!;
      const { ours, theirs } = openLink(self, other);
      relays.get(other)!.opened(theirs);
      await new Promise<void>((done) => clock.after(wayMs, done));
      return { state: 'open', link: ours };
    };
    const world = { clock, entropy, log: () => undefined, self, addresses: sisters, load: () => load, abroad };
    relays.set(self, createSisterLinks({ ...world, dial }));
  };
  return { relays, turn, openLink, start, entered: () => entered };
}

test('strangers who wait at both doors, and come back as soon as they are let go, do not keep two sisters apart', async () => {
  const { relays, turn, openLink, start, entered } = createWaters();
  let names = 0;
  const strangers: { readonly at: PeerId; link: Link | null }[] = [east, west].flatMap((at) =>
    Array.from({ length: 16 }, () => ({ at, link: null })),
  );
  const knockAll = (): void => {
    for (const each of strangers) {
      if (each.link?.state() === 'open') continue;
      const { ours, theirs } = openLink(parsePeerId(`mal${(names += 1)}AAAAA`.slice(0, 8))!, each.at);
      each.link = ours;
      relays.get(each.at)!.opened(theirs);
    }
  };

  start(east, [west], 0);
  start(west, [east], 0);
  for (let at = 0; at < 30_000 && entered() < 2; at += 1) {
    // A new one a second for each that waits.
    if (at % 50 === 0) knockAll();
    turn(20);
    for (let more = 0; more < 6; more += 1) await Promise.resolve();
  }
  expect(entered()).toBeGreaterThanOrEqual(2);
  for (let at = 0; at < 200; at += 1) {
    turn(20);
    await Promise.resolve();
  }
  expect([...relays.values()].map((each) => each.standing().length)).toEqual([1, 1]);
  for (const each of relays.values()) each.stop();
});

test('of two sisters the freer comes first nearly always', async () => {
  const { relays, turn, start, entered } = createWaters();
  start(east, [west, south], 0);
  start(west, [east], 250);
  start(south, [east], 10);
  for (let at = 0; at < 30_000 && entered() < 4; at += 1) {
    turn(20);
    for (let more = 0; more < 6; more += 1) await Promise.resolve();
  }
  // They tell how full they are when they are asked whether they are still there.
  for (let at = 0; at < 3_000; at += 1) {
    turn(20);
    for (let more = 0; more < 6; more += 1) await Promise.resolve();
  }
  const firsts = Array.from({ length: 200 }, () => relays.get(east)!.standing()[0]);
  const free = firsts.filter((address) => address === south).length;
  expect(free).toBeGreaterThan(180);
  for (const each of relays.values()) each.stop();
});
