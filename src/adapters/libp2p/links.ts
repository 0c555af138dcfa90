/** Makes links of wires, and tells who listens of them. */
import { limits } from '../../protocol/limits.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { Stop } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { CloseReason, Link, LinkEvents } from '../../ports/network.ts';
import { heldBytes } from './wire.ts';
import type { Wire } from './wire.ts';

export interface LinkBook {
  links(): readonly Link[];
  listen(on: LinkEvents): Stop;
  /** Whether all who listen take a link with that peer. */
  isWelcome(peer: PeerId): boolean;
  /** The open link to a peer, if any. */
  linkTo(peer: PeerId): Link | null;
  /** A wire becomes a link; its carrier lives and dies with it. */
  add(init: LinkInit): Link;
  /** Ends a link that another one replaces. */
  drop(link: Link, why: CloseReason): void;
  /** Whether a link lives on this connection or socket. */
  carries(carrier: object): boolean;
  /** At once, without goodbye beyond a reset: the page is going away. */
  abortAll(): void;
}

export interface LinkInit extends Pick<Link, 'peer' | 'end' | 'opener' | 'path'> {
  readonly wire: Wire;
}

interface Entry extends LinkInit {
  readonly link: Link;
  state: 'open' | 'closed';
  isTold: boolean;
  /** What came while nobody listened; too much of it, and the wire waits too. */
  kept: Uint8Array[];
  keptBytes: number;
}

/** A wire that cannot wait, such as a browser's socket, is ended when so much is kept. */
const keptBytesAtMost = 8_388_608;

export function createLinkBook(log: Log): LinkBook {
  const entries = new Map<string, Entry>();
  const listeners = new Set<LinkEvents>();
  /** Ended while nobody listened. */
  const unheard: { readonly entry: Entry; readonly why: CloseReason }[] = [];
  let isCatchingUp = false;
  let opened = 0;

  const isReady = (): boolean => listeners.size > 0 && !isCatchingUp;
  const tell = (run: (on: LinkEvents) => void): void => {
    for (const on of [...listeners]) run(on);
  };

  const end = (entry: Entry, why: CloseReason, isPolite = why === 'closed-here'): void => {
    if (entry.state === 'closed') return;
    entry.state = 'closed';
    log('link-closed', { link: entry.link.id, peer: entry.peer, why });
    entries.delete(entry.link.id);
    // Whoever closes hears of it later, not from inside the own call.
    if (isReady() && why === 'closed-here') queueMicrotask(() => tell((on) => on.onClose(entry.link, why)));
    else if (isReady()) tell((on) => on.onClose(entry.link, why));
    else unheard.push({ entry, why });
    // A goodbye lets the last frames out; a broken path gets none.
    if (isPolite) entry.wire.close();
    else entry.wire.abort(why);
  };

  const takeFrame = (entry: Entry, frame: Uint8Array): boolean => {
    if (entry.state === 'closed') return false;
    if (isReady() && entry.kept.length === 0) {
      tell((on) => on.onFrame(entry.link, frame));
      return true;
    }
    entry.kept.push(frame);
    entry.keptBytes += frame.length;
    if (entry.keptBytes > keptBytesAtMost) end(entry, 'lost');
    else if (entry.keptBytes > heldBytes) entry.wire.pause();
    return true;
  };

  const hear = (entry: Entry): void => {
    if (!entry.isTold) tell((on) => on.onOpen(entry.link));
    entry.isTold = true;
    for (const frame of entry.kept.splice(0)) tell((on) => on.onFrame(entry.link, frame));
    entry.keptBytes = 0;
    entry.wire.resume();
  };

  const catchUp = (): void => {
    isCatchingUp = false;
    if (listeners.size === 0) return;
    for (const { entry, why } of unheard.splice(0)) {
      hear(entry);
      tell((on) => on.onClose(entry.link, why));
    }
    for (const entry of [...entries.values()]) hear(entry);
  };

  const createEntry = (init: LinkInit): Entry => {
    const { wire, peer, end: far, opener, path } = init;
    const send: Link['send'] = (frame) => {
      if (entry.state === 'closed') return 'closed';
      if (frame.length > limits.frameBytes) return 'too-big';
      return wire.send(frame);
    };
    const link: Link = {
      id: `${(opened += 1)}`,
      peer,
      end: far,
      opener,
      path,
      maxFrameBytes: limits.frameBytes,
      state: () => entry.state,
      send,
      close: () => end(entry, 'closed-here'),
    };
    const entry: Entry = { ...init, link, state: 'open', isTold: false, kept: [], keptBytes: 0 };
    return entry;
  };

  return {
    links: () => [...entries.values()].map((entry) => entry.link),
    linkTo: (peer) => {
      for (const entry of entries.values()) {
        if (entry.peer === peer && entry.end === 'peer') return entry.link;
      }
      return null;
    },
    isWelcome: (peer) => [...listeners].every((on) => on.isWelcome?.(peer) ?? true),
    carries: (carrier) => [...entries.values()].some((entry) => entry.wire.carrier === carrier),
    add: (init) => {
      const entry = createEntry(init);
      entries.set(entry.link.id, entry);
      log('link-opened', { link: entry.link.id, peer: init.peer, opener: init.opener, path: init.path });
      if (isReady()) hear(entry);
      init.wire.listen({
        onFrame: (frame) => takeFrame(entry, frame),
        onEnd: (why) => end(entry, why),
      });
      if (!init.wire.isOpen()) end(entry, 'lost');
      return entry.link;
    },
    drop: (link, why) => {
      const entry = entries.get(link.id);
      if (entry !== undefined) end(entry, why);
    },
    listen: (on) => {
      // Each listening is its own, even with the same functions.
      const mine: LinkEvents = { ...on };
      if (listeners.size === 0 && !isCatchingUp) {
        isCatchingUp = true;
        queueMicrotask(catchUp);
      }
      listeners.add(mine);
      return () => void listeners.delete(mine);
    },
    abortAll: () => {
      for (const entry of [...entries.values()]) end(entry, 'closed-here', false);
    },
  };
}
