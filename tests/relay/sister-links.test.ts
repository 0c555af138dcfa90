/** Two relays that name each other, while strangers take every place there is for who is not known yet. */
import { expect, test } from 'vitest';
import { createSisterLinks } from '../../relay/sister-links.ts';
import type { SisterLinks } from '../../relay/sister-links.ts';
import { parsePeerId } from '../../src/protocol/ids.ts';
import type { PeerId } from '../../src/protocol/ids.ts';
import type { Link } from '../../src/ports/network.ts';
import { createHandClock } from './hand-clock.ts';

const { east, west } = { east: parsePeerId('eastAAAA')!, west: parsePeerId('westAAAA')! };
/** From one relay to the other. */
const wayMs = 40;

test('strangers who wait at both doors, and come back as soon as they are let go, do not keep two sisters apart', async () => {
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

  const strangers: { readonly at: PeerId; link: Link | null }[] = [east, west].flatMap((at) =>
    Array.from({ length: 16 }, () => ({ at, link: null })),
  );
  const knockAll = (): void => {
    for (const each of strangers) {
      if (each.link?.state() === 'open') continue;
      const { ours, theirs } = openLink(parsePeerId(`mal${(ids += 1)}AAAAA`.slice(0, 8))!, each.at);
      each.link = ours;
      relays.get(each.at)!.opened(theirs);
    }
  };

  let entered = 0;
  const start = (self: PeerId, other: PeerId): void => {
    const abroad = { entered: () => (entered += 1), take: () => undefined, malformed: () => undefined, left: () => undefined };
    const dial = async (): Promise<{ readonly state: 'open'; readonly link: Link }> => {
      await new Promise<void>((done) => clock.after(wayMs, done));
      const { ours, theirs } = openLink(self, other);
      relays.get(other)!.opened(theirs);
      await new Promise<void>((done) => clock.after(wayMs, done));
      return { state: 'open', link: ours };
    };
    const world = { clock, entropy, log: () => undefined, self, addresses: [other], load: () => 0, abroad };
    relays.set(self, createSisterLinks({ ...world, dial }));
  };
  start(east, west);
  start(west, east);
  for (let at = 0; at < 30_000 && entered < 2; at += 1) {
    // A new one a second for each that waits.
    if (at % 50 === 0) knockAll();
    turn(20);
    for (let more = 0; more < 6; more += 1) await Promise.resolve();
  }
  expect(entered).toBeGreaterThanOrEqual(2);
  for (let at = 0; at < 200; at += 1) {
    turn(20);
    await Promise.resolve();
  }
  expect([...relays.values()].map((each) => each.standing().length)).toEqual([1, 1]);
  for (const each of relays.values()) each.stop();
});
