/** The network port in a memory world. */
import type { Stop } from '../../ports/clock.ts';
import type { LinkEvents, Network } from '../../ports/network.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { Air, Place } from './air.ts';
import { createDials } from './dial.ts';
import { createHand } from './hand.ts';
import { createPeerDials } from './peer-dial.ts';
import type { Owner } from './queue.ts';
import type { Random } from './random.ts';
import { createTopics } from './topics.ts';
import type { Half, Vanished } from './wire.ts';

export interface NetworkInside {
  readonly network: Network;
  /** Its process is gone, without a word. */
  vanish(how: Vanished): void;
}

export interface NetworkPlace {
  readonly owner: Owner;
  readonly peer: PeerId;
  readonly role: Place['role'];
  readonly address: string | null;
  readonly card: unknown;
  readonly luck: Random;
}

export const createNetwork = (air: Air, { owner, peer, role, address, card, luck }: NetworkPlace): NetworkInside => {
  const { core } = air;
  const halves = new Set<Half>();
  const listeners = new Set<LinkEvents>();
  /** What happened while nobody listened. Frames are not here: they wait in their links. */
  let missed: ((on: LinkEvents) => void)[] = [];
  let isClosed = false;
  let lastLink = 0;

  const isReady = (): boolean => listeners.size > 0 && missed.length === 0;
  const tell = (what: (on: LinkEvents) => void): void => {
    if (!isReady()) missed.push(what);
    else for (const on of [...listeners]) what(on);
  };
  const catchUp = (): void => {
    if (listeners.size === 0) return;
    const late = missed;
    missed = [];
    for (const what of late) for (const on of [...listeners]) what(on);
    for (const half of [...halves]) half.goOn();
  };

  const place: Place = {
    name: owner.name,
    alive: owner.alive,
    parked: owner.parked,
    peer,
    role,
    address,
    card,
    luck,
    halves,
    isReady,
    isClosed: () => isClosed,
    isWelcome: (id) => [...listeners].every((on) => on.isWelcome?.(id) ?? true),
    nextLinkId: () => {
      lastLink += 1;
      return `${peer}:${lastLink}`;
    },
    opened: (half) => {
      halves.add(half);
      tell((on) => on.onOpen(half.link));
    },
    frame: (half, frame) => tell((on) => on.onFrame(half.link, frame)),
    closed: (half, why) => {
      if (!halves.delete(half)) return;
      const say = (): void => tell((on) => on.onClose(half.link, why));
      // Whoever closes hears of it later, not from inside their own call.
      if (why === 'closed-here') core.schedule(0, { kind: 'closed-here', owner }, say);
      else say();
    },
    accepted: (answer) => hand.accepted(answer),
    heard: (topic, bytes, half) => topics.heard(topic, bytes, half),
    joinedUs: (topic) => topics.joinedUs(topic),
  };
  const dials = createDials(air, place);
  const hand = createHand(air, place, dials);
  const topics = createTopics(air, place);
  air.enter(place);

  const network: Network = {
    self: peer,
    links: () => [...halves].map((half) => half.link),
    listen: (on): Stop => {
      // Each listening is its own, even with the same functions.
      const mine: LinkEvents = {
        onOpen: (link) => on.onOpen(link),
        onFrame: (link, frame) => on.onFrame(link, frame),
        onClose: (link, why) => on.onClose(link, why),
        isWelcome: (id) => on.isWelcome?.(id) ?? true,
      };
      // Whoever comes first gets what was missed, from the queue: never from inside this call.
      if (listeners.size === 0) missed.unshift(() => {});
      listeners.add(mine);
      core.schedule(0, { kind: 'listen', owner }, catchUp);
      return () => void listeners.delete(mine);
    },
    openRelay: dials.openRelay,
    ...createPeerDials(air, place, dials),
    offer: hand.offer,
    answer: hand.answer,
    join: topics.join,
    close: () =>
      new Promise((done) => {
        isClosed = true;
        for (const half of [...halves]) half.link.close();
        dials.closeAll();
        air.leave(place);
        core.schedule(0, { kind: 'network-closed', owner }, done);
      }),
  };

  return {
    network,
    vanish: (how) => {
      for (const half of halves) half.vanish(how);
      air.leave(place);
    },
  };
};
