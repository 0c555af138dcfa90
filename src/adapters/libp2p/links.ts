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
  /** What came before anyone listened; too much of it, and the stream waits too. Null once heard. */
  kept: Uint8Array[] | null;
  keptBytes: number;
  /** Closed before anyone listened. */
  unheardClose: CloseReason | null;
}

/** Bytes a stream may hold unsent before `full`. */
const heldBytes = 262_144;
const closeTimeoutMs = 1_000;

export function createLinkBook(log: Log): LinkBook {
  const entries = new Map<string, Entry>();
  const listeners = new Set<LinkEvents>();
  let opened = 0;

  const tell = (run: (on: LinkEvents) => void): void => {
    for (const on of [...listeners]) run(on);
  };

  const end = (entry: Entry, why: CloseReason): void => {
    if (entry.state === 'closed') return;
    entry.state = 'closed';
    log('link-closed', { link: entry.link.id, peer: entry.peer, why });
    if (entry.kept !== null) {
      entry.unheardClose = why;
    } else {
      entries.delete(entry.link.id);
      tell((on) => on.onClose(entry.link, why));
    }
    // A goodbye lets the last frames out; a broken path gets none.
    if (why === 'closed-here') void closeConnection(entry.connection);
    else if (entry.connection.status !== 'closed') entry.connection.abort(new Error(why));
  };

  const takeFrame = (entry: Entry, frame: Uint8Array): boolean => {
    if (entry.kept === null) {
      if (entry.state === 'open') tell((on) => on.onFrame(entry.link, frame));
      return entry.state === 'open';
    }
    entry.kept.push(frame);
    entry.keptBytes += frame.length;
    if (entry.keptBytes > heldBytes && entry.stream.readStatus === 'readable') entry.stream.pause();
    return true;
  };

  const hear = (entry: Entry, on: LinkEvents): void => {
    on.onOpen(entry.link);
    const frames = entry.kept ?? [];
    entry.kept = null;
    for (const frame of frames) on.onFrame(entry.link, frame);
    if (entry.unheardClose !== null) {
      entries.delete(entry.link.id);
      on.onClose(entry.link, entry.unheardClose);
    } else if (entry.stream.readStatus === 'paused') {
      entry.stream.resume();
    }
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
    const entry: Entry = { ...init, link, state: 'open', kept: [], keptBytes: 0, unheardClose: null };
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
    links: () => [...entries.values()].filter((entry) => entry.state === 'open').map((entry) => entry.link),
    linkTo: (peer) => {
      for (const entry of entries.values()) {
        if (entry.state === 'open' && entry.peer === peer) return entry.link;
      }
      return null;
    },
    carries: (connection) => [...entries.values()].some((entry) => entry.connection === connection),
    add: (init) => {
      const entry = createLink(init);
      entries.set(entry.link.id, entry);
      log('link-opened', { link: entry.link.id, peer: init.peer, opener: init.opener, path: init.path });
      if (listeners.size > 0) {
        tell((on) => on.onOpen(entry.link));
        entry.kept = null;
      }
      if (init.stream.status !== 'open') end(entry, 'lost');
      return entry.link;
    },
    drop: (link, why) => {
      const entry = entries.get(link.id);
      if (entry !== undefined) end(entry, why);
    },
    listen: (on) => {
      listeners.add(on);
      for (const entry of [...entries.values()]) hear(entry, on);
      return () => void listeners.delete(on);
    },
    abortAll: () => {
      for (const entry of [...entries.values()]) {
        if (entry.state === 'closed') continue;
        entry.stream.abort(new Error('the page goes away'));
        end(entry, 'closed-here');
      }
    },
  };
}

export async function closeConnection(connection: Connection): Promise<void> {
  try {
    await connection.close({ signal: AbortSignal.timeout(closeTimeoutMs) });
  } catch (error) {
    connection.abort(error instanceof Error ? error : new Error('close'));
  }
}
