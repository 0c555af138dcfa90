/**
 * Opens a peer: a circuit through the relay carries the WebRTC handshake, then only WebRTC stays.
 *
 * `/wavu/link/1` begins with one byte each way: the answerer's `accepted`, then the opener's `confirmed`; both ends call
 * the link open once the opener confirmed. Two peers that dial each other at once end in one link: the one with the
 * smaller id leads, holds the other's stream until its own dial is settled, and the other takes what the leader opened.
 */
import type { Connection, Libp2p, Stream } from '@libp2p/interface';
import { multiaddr } from '@multiformats/multiaddr';
import type { Multiaddr } from '@multiformats/multiaddr';
import type { PeerId } from '../../protocol/ids.ts';
import type { Log } from '../../ports/log.ts';
import type { Link, Opened, OpenRefused } from '../../ports/network.ts';
import type { LinkBook } from './links.ts';
import { fromPeerId, toPeerId } from './peer-ids.ts';
import { abortConnection, closeConnection, wireOfStream } from './stream-wire.ts';
import { nameOf, orWhenAborted, pause, readByte } from './waiting.ts';

export const linkProtocol = '/wavu/link/1';

export interface PeerDials {
  open(peer: PeerId, relay: Multiaddr, signal: AbortSignal): Promise<Opened>;
  /** Opens the link stream on a connection that stands. */
  openOn(connection: Connection, signal: AbortSignal): Promise<Link>;
  /** The next link a peer opens to us. */
  expect(peer: PeerId, signal: AbortSignal): Promise<Link>;
  /** A peer opened `/wavu/link/1` to us. */
  accept(stream: Stream, connection: Connection): Promise<void>;
}

interface Dial {
  readonly settled: Promise<Opened>;
  /** The other side's link came first. */
  adopt(link: Link): void;
}

const accepted = 1;
const confirmed = 1;
const dialMs = 8_000;
const confirmMs = 5_000;
/** A peer just named to us may still be reserving its place at the relay. */
const attempts = { count: 6, firstWaitMs: 40, onlyWithinMs: 3_000 } as const;
/** Well under the ≈ 498 peer connections at which Chromium fails. */
const maxPeers = 200;
/** A connection without a link after so long belongs to a dial that failed. */
const unusedMs = 10_000;

export function createPeerDials(node: Libp2p, self: PeerId, book: LinkBook, log: Log): PeerDials {
  const dials = new Map<PeerId, Dial>();
  const accepting = new Map<PeerId, Promise<Link | null>>();
  const expected = new Map<PeerId, (link: Link) => void>();

  const isFull = (): boolean => book.links().filter((link) => link.end === 'peer').length >= maxPeers;

  const openOn = async (connection: Connection, signal: AbortSignal): Promise<Link> => {
    const stream = await connection.newStream(linkProtocol, { signal, maxOutboundStreams: 8 });
    try {
      if ((await readByte(stream, signal)) !== accepted) throw new RefusedThere();
      signal.throwIfAborted();
      stream.send(Uint8Array.of(confirmed));
    } catch (error) {
      stream.abort(error instanceof Error ? error : new Error('link'));
      throw error;
    }
    const peer = toPeerId(connection.remotePeer);
    const older = book.linkTo(peer);
    const link = book.add({ wire: wireOfStream(stream, connection), peer, end: 'peer', opener: 'us', path: 'webrtc' });
    if (older !== null) book.drop(older, 'lost');
    closeOthers(peer);
    return link;
  };

  /** One connection per peer: the circuit, and what lost a race. */
  const closeOthers = (peer: PeerId): void => {
    const id = fromPeerId(peer);
    for (const connection of id === null ? [] : node.getConnections(id)) {
      if (!book.carries(connection)) void closeConnection(connection);
    }
  };

  const dial = async (peer: PeerId, relay: Multiaddr, signal: AbortSignal): Promise<Link> => {
    const id = fromPeerId(peer);
    if (id === null) throw new Error('not a libp2p peer');
    const address = multiaddr(`${relay.toString()}/p2p-circuit/webrtc/p2p/${id.toString()}`);
    const startedMs = performance.now();
    for (let attempt = 1; ; attempt += 1) {
      try {
        const connection = await node.dial(address, { signal, force: true });
        try {
          return await openOn(connection, signal);
        } catch (error) {
          abortConnection(connection, 'no link');
          throw error;
        }
      } catch (error) {
        const isLate = performance.now() - startedMs > attempts.onlyWithinMs;
        log('dial-failed', { peer, attempt, why: nameOf(error) });
        if (signal.aborted || isLate || attempt === attempts.count || isFinal(error)) throw error;
        await pause(attempts.firstWaitMs * 2 ** (attempt - 1) * (0.75 + Math.random() / 2), signal);
      }
    }
  };

  const open = async (peer: PeerId, relay: Multiaddr, signal: AbortSignal): Promise<Opened> => {
    if (signal.aborted) return refused('aborted');
    if (peer === self || fromPeerId(peer) === null) return refused('bad-address');
    const standing = book.linkTo(peer) ?? (await accepting.get(peer)) ?? null;
    if (standing !== null) return { state: 'open', link: standing };
    const joined = dials.get(peer);
    if (joined !== undefined) return orWhenAborted(joined.settled, refused('aborted'), signal);
    if (isFull()) return refused('too-many');

    const adopted = Promise.withResolvers<Link>();
    const enough = new AbortController();
    const whole = AbortSignal.any([signal, enough.signal, AbortSignal.timeout(dialMs)]);
    const run = async (): Promise<Opened> => {
      try {
        return { state: 'open', link: await Promise.race([dial(peer, relay, whole), adopted.promise]) };
      } catch (error) {
        if (signal.aborted) return refused('aborted');
        // Whoever leads refuses us only because its own dial succeeded: that link is on its way.
        const other = book.linkTo(peer) ?? (await accepting.get(peer)) ?? null;
        if (other !== null) return { state: 'open', link: other };
        return refused(isFinal(error) ? 'refused-there' : 'unreachable');
      } finally {
        dials.delete(peer);
        enough.abort();
      }
    };
    const settled = run();
    dials.set(peer, { settled, adopt: (link) => adopted.resolve(link) });
    return orWhenAborted(settled, refused('aborted'), signal);
  };

  const shake = async (stream: Stream, connection: Connection, peer: PeerId): Promise<Link | null> => {
    try {
      stream.send(Uint8Array.of(accepted));
      if ((await readByte(stream, AbortSignal.timeout(confirmMs))) !== confirmed) throw new Error('unconfirmed');
      // It came again: whatever we held to it is dead over there.
      const older = book.linkTo(peer);
      const link = book.add({ wire: wireOfStream(stream, connection), peer, end: 'peer', opener: 'them', path: 'webrtc' });
      if (older !== null) book.drop(older, 'lost');
      dials.get(peer)?.adopt(link);
      expected.get(peer)?.(link);
      closeOthers(peer);
      return link;
    } catch (error) {
      log('accept-failed', { peer, why: nameOf(error) });
      stream.abort(error instanceof Error ? error : new Error('accept'));
      return null;
    }
  };

  node.addEventListener('connection:open', ({ detail: connection }) => {
    if (connection.limits !== undefined || connection.direction !== 'inbound') return;
    const timer = setTimeout(() => {
      if (!book.carries(connection)) void closeConnection(connection);
    }, unusedMs);
    connection.addEventListener('close', () => clearTimeout(timer));
  });

  return {
    open,
    openOn,
    expect: async (peer, signal) =>
      new Promise((resolve, reject) => {
        const done = (settle: () => void): void => {
          expected.delete(peer);
          signal.removeEventListener('abort', onAbort);
          settle();
        };
        const onAbort = (): void => done(() => reject(signal.reason));
        signal.addEventListener('abort', onAbort);
        expected.set(peer, (link) => done(() => resolve(link)));
      }),
    accept: async (stream, connection) => {
      const peer = toPeerId(connection.remotePeer);
      const mine = dials.get(peer);
      if (mine !== undefined && self < peer && (await mine.settled).state === 'open') {
        stream.abort(new Error('ours came first'));
        return;
      }
      if (isFull() || accepting.has(peer)) {
        stream.send(Uint8Array.of(0));
        await stream.close();
        return;
      }
      const shaken = shake(stream, connection, peer);
      accepting.set(peer, shaken);
      await shaken;
      accepting.delete(peer);
    },
  };
}

class RefusedThere extends Error {}

/** The peer does not want us, or the relay does not lead us there: asking again changes nothing. */
const isFinal = (error: unknown): boolean =>
  error instanceof RefusedThere || (error instanceof Error && error.message.includes('PERMISSION_DENIED'));

const refused = (why: OpenRefused['why']): OpenRefused => ({ state: 'refused', why });
