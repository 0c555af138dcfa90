/** What the cases of the network contract are tried on, and how they listen and wait. */
import type { Clock } from '../../src/ports/clock.ts';
import type { Carry, CloseReason, Link, Network, Opened } from '../../src/ports/network.ts';
import { assertSame, assertState, createInbox } from './contract.ts';
import type { Inbox } from './contract.ts';

export interface NetworkSubject {
  /** A relay that lives for the whole case: its port, and where it is reached. */
  readonly relay: Network;
  readonly relayAddress: string;
  /** Well formed, and nobody there. */
  readonly deadAddress: string;
  /** For pauses between tries where gossip needs time; never to guess when something is done. */
  readonly clock: Clock;
  /** A fresh page's port. */
  page(): Promise<Network>;
  dispose(): Promise<void>;
}

export interface Ears {
  readonly opens: Inbox<Link>;
  readonly frames: Inbox<{ readonly link: Link; readonly frame: Uint8Array }>;
  readonly closes: Inbox<{ readonly link: Link; readonly why: CloseReason }>;
}

export type Cases = Readonly<Record<string, (subject: NetworkSubject) => Promise<void>>>;

export const listenTo = (network: Network): Ears => {
  const ears: Ears = { opens: createInbox(), frames: createInbox(), closes: createInbox() };
  network.listen({
    onOpen: (link) => ears.opens.push(link),
    onFrame: (link, frame) => ears.frames.push({ link, frame: frame.slice() }),
    onClose: (link, why) => ears.closes.push({ link, why }),
  });
  return ears;
};

export const never = (): AbortSignal => new AbortController().signal;
export const linkOf = (opened: Opened): Link => assertState(opened, 'open').link;
export const whyOf = (refused: { readonly state: string }): string =>
  refused.state === 'refused' && 'why' in refused ? String(refused.why) : refused.state;
export const pause = (clock: Clock, ms: number): Promise<void> => new Promise((done) => void clock.after(ms, done));

export const toRelay = async (subject: NetworkSubject, page: Network): Promise<Link> =>
  linkOf(await page.openRelay(subject.relayAddress, never()));

/** Brings signals from one page to another, and the answers back, as the app would over a relay. */
export const carryTo = (clock: Clock, from: Network, to: Network): Carry => {
  return (bytes) => {
    const own = bytes.slice();
    clock.after(1, () => to.takeSignal(from.self, own, carryTo(clock, to, from)));
    return true;
  };
};

export const openPeer = (subject: NetworkSubject, from: Network, to: Network, signal = never()): Promise<Opened> =>
  from.openPeer(to.self, carryTo(subject.clock, from, to), signal);

/** Two pages linked to the relay and to each other. */
export interface Pair {
  readonly a: Network;
  readonly b: Network;
  readonly aEars: Ears;
  readonly bEars: Ears;
  readonly aLink: Link;
  readonly bLink: Link;
}
export const makePair = async (subject: NetworkSubject): Promise<Pair> => {
  listenTo(subject.relay);
  const [a, b] = [await subject.page(), await subject.page()];
  const [aEars, bEars] = [listenTo(a), listenTo(b)];
  await Promise.all([toRelay(subject, a), toRelay(subject, b)]);
  const aLink = linkOf(await openPeer(subject, a, b));
  const bLink = await bEars.opens.first((link) => link.end === 'peer');
  return { a, b, aEars, bEars, aLink, bLink };
};

export const sendAll = async (clock: Clock, link: Link, frames: readonly Uint8Array[]): Promise<number> => {
  let refused = 0;
  for (const frame of frames) {
    for (;;) {
      const sent = link.send(frame);
      if (sent === 'sent') break;
      assertSame(sent, 'full', 'what send says');
      refused += 1;
      await pause(clock, 5);
    }
  }
  return refused;
};
