/** Devices that mean ill: the product on a network port that drops, delays, floods, babbles or lies beneath it. */
import type { Random } from '../../src/adapters/memory/random.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Link, LinkEvents, Network, Opened } from '../../src/ports/network.ts';

/**
 * `drop`: takes what it is given and passes half of it on. `delay`: keeps each frame for seconds. `flood`: says everything many times.
 * `garbage`: noise between its words. `lie`: tells others what was told to it, with a few bytes changed.
 */
export type Misdeed = (typeof misdeeds)[number];
export const misdeeds = ['drop', 'delay', 'flood', 'garbage', 'lie'] as const;

export interface Hostile {
  readonly network: Network;
  /** What it did that an honest device would not have. */
  deeds(): number;
}

export interface HostileRules {
  readonly network: Network;
  readonly clock: Clock;
  readonly luck: Random;
  readonly misdeed: Misdeed;
  /** Until then it is as good as any. */
  hasBegun(): boolean;
}

export const createHostile = ({ network, clock, luck, misdeed, hasBegun }: HostileRules): Hostile => {
  const bent = new Map<Link, Link>();
  let deeds = 0;

  const sayAlso = (link: Link, frame: Uint8Array): void => {
    if (link.send(frame) === 'sent') deeds += 1;
  };
  const sendBadly = (link: Link, frame: Uint8Array): ReturnType<Link['send']> => {
    if (!hasBegun()) return link.send(frame);
    switch (misdeed) {
      case 'drop':
        if (luck.chance(0.5)) return link.send(frame);
        deeds += 1;
        return link.state() === 'open' ? 'sent' : 'closed';
      case 'delay': {
        deeds += 1;
        const kept = frame.slice();
        clock.after(1_000 + luck.below(9_000), () => void link.send(kept));
        return link.state() === 'open' ? 'sent' : 'closed';
      }
      case 'flood':
        for (let time = 0; time < floods; time += 1) sayAlso(link, frame);
        return link.send(frame);
      case 'garbage':
        sayAlso(link, luck.bytes(1 + luck.below(400)));
        sayAlso(link, frame.subarray(0, luck.below(frame.length)));
        return link.send(frame);
      case 'lie':
        return link.send(frame);
    }
  };

  const bend = (link: Link): Link => {
    const known = bent.get(link);
    if (known !== undefined) return known;
    const mine: Link = { ...link, send: (frame) => sendBadly(link, frame) };
    bent.set(link, mine);
    return mine;
  };
  const bendOpened = (opened: Opened): Opened => (opened.state === 'open' ? { ...opened, link: bend(opened.link) } : opened);

  const spread = (from: Link, frame: Uint8Array): void => {
    if (misdeed !== 'lie' || !hasBegun()) return;
    const others = network.links().filter((link) => link !== from && link.end === from.end);
    const other = others[luck.below(others.length)];
    if (other === undefined) return;
    const changed = frame.slice();
    for (let time = 0; time < 3; time += 1) changed[luck.below(changed.length)] = luck.below(256);
    sayAlso(other, luck.chance(0.5) ? frame : changed);
  };

  const bendEvents = (on: LinkEvents): LinkEvents => ({
    onOpen: (link) => on.onOpen(bend(link)),
    onFrame: (link, frame) => {
      on.onFrame(bend(link), frame);
      spread(link, frame);
    },
    onClose: (link, why) => {
      on.onClose(bend(link), why);
      bent.delete(link);
    },
  });

  return {
    deeds: () => deeds,
    network: {
      ...network,
      links: () => network.links().map(bend),
      listen: (on) => network.listen(bendEvents(on)),
      openRelay: async (address, signal) => bendOpened(await network.openRelay(address, signal)),
      openPeer: async (peer, carry, signal) => bendOpened(await network.openPeer(peer, carry, signal)),
    },
  };
};

const floods = 20;
