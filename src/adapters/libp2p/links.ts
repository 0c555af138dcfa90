/** Makes links of libp2p streams, and tells who listens of them. */
import type { Connection, Stream } from '@libp2p/interface';
import { limits } from '../../protocol/limits.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { Stop } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { CloseReason, Link, LinkEvents } from '../../ports/network.ts';
import { createFrameReader, writeFrame } from './frames.ts';

export interface LinkBook {
  links(): readonly Link[];
  listen(on: LinkEvents): Stop;
  /** The open link to a peer, if any. */
  linkTo(peer: PeerId): Link | null;
  /** A stream becomes a link; its connection lives and dies with it. */
  add(init: LinkInit): Link;
  /** Ends a link that another one replaces. */
  drop(link: Link, why: CloseReason): void;
  carries(connection: Connection): boolean;
  /** At once, without goodbye beyond a reset: the page is going away. */
  abortAll(): void;
}

export interface LinkInit extends Pick<Link, 'peer' | 'end' | 'opener' | 'path'> {
  readonly stream: Stream;
  readonly connection: Connection;
}

interface Entry extends LinkInit {
  readonly link: Link;
  state: 'open' | 'closed';
  isTold: boolean;
  /** What came while nobody listened; too much of it, and the stream waits too. */
  kept: Uint8Array[];
  keptBytes: number;
}

/** Bytes a stream may hold unsent before `full`. */
const heldBytes = 262_144;
const closeTimeoutMs = 1_000;

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
    if (isPolite) void closeConnection(entry.connection);
    else abortConnection(entry.connection, why);
  };

  const takeFrame = (entry: Entry, frame: Uint8Array): boolean => {
    if (entry.state === 'closed') return false;
    if (isReady() && entry.kept.length === 0) {
      tell((on) => on.onFrame(entry.link, frame));
      return true;
    }
    entry.kept.push(frame);
    entry.keptBytes += frame.length;
    if (entry.keptBytes > heldBytes && entry.stream.readStatus === 'readable') entry.stream.pause();
    return true;
  };

  const hear = (entry: Entry): void => {
    if (!entry.isTold) tell((on) => on.onOpen(entry.link));
    entry.isTold = true;
    for (const frame of entry.kept.splice(0)) tell((on) => on.onFrame(entry.link, frame));
    entry.keptBytes = 0;
    if (entry.stream.readStatus === 'paused') entry.stream.resume();
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

  const createLink = (init: LinkInit): Entry => {
    const { stream, connection, peer, end: far, opener, path } = init;
    const send: Link['send'] = (frame) => {
      if (entry.state === 'closed' || stream.writeStatus !== 'writable') return 'closed';
      if (frame.length > limits.frameBytes) return 'too-big';
      if (stream.writableNeedsDrain || stream.writeBufferLength > heldBytes) return 'full';
      try {
        stream.send(writeFrame(frame));
        return 'sent';
      } catch {
        end(entry, 'lost');
        return 'closed';
      }
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
    const takeChunk = createFrameReader(limits.frameBytes, (frame) => takeFrame(entry, frame));
    stream.addEventListener('message', (event) => {
      if (entry.state === 'open' && takeChunk(event.data.subarray()) === 'bad') end(entry, 'bad-frame');
    });
    stream.addEventListener('remoteCloseWrite', () => end(entry, 'closed-there'));
    stream.addEventListener('close', (event) => {
      // A reset on a connection that stands is a decision over there; anything else is a broken path.
      const isReset = event.error?.name === 'StreamResetError' && connection.status === 'open';
      end(entry, isReset ? 'closed-there' : 'lost');
    });
    connection.addEventListener('close', () => end(entry, 'lost'));
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
    carries: (connection) => [...entries.values()].some((entry) => entry.connection === connection),
    add: (init) => {
      const entry = createLink(init);
      entries.set(entry.link.id, entry);
      log('link-opened', { link: entry.link.id, peer: init.peer, opener: init.opener, path: init.path });
      if (isReady()) hear(entry);
      if (init.stream.status !== 'open') end(entry, 'lost');
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

export async function closeConnection(connection: Connection): Promise<void> {
  try {
    await connection.close({ signal: AbortSignal.timeout(closeTimeoutMs) });
  } catch {
    abortConnection(connection, 'close failed');
  }
}

/** libp2p's own throws when the muxer still wants to say goodbye on a stream that is gone. */
export function abortConnection(connection: Connection, why: string): void {
  try {
    connection.abort(new Error(why));
  } catch {
    // Then there is nothing left to end.
  }
}
