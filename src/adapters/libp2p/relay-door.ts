/**
 * A page's relays, as libp2p sees them: gossip over channel 1 of a thin door, begun again when it breaks; and the old way in,
 * `/wavu/meet/1` as a libp2p stream, where no thin door may be: plain ws:// and webrtc-direct.
 */
import type { ComponentLogger, Connection, Libp2p, Upgrader } from '@libp2p/interface';
import { multiaddr } from '@multiformats/multiaddr';
import type { Multiaddr } from '@multiformats/multiaddr';
import { WebRTCDirect, WebSockets, WebSocketsSecure } from '@multiformats/multiaddr-matcher';
import type { Log } from '../../ports/log.ts';
import type { Opened } from '../../ports/network.ts';
import type { LinkBook } from './links.ts';
import { meetProtocol } from './meet-protocol.ts';
import { toPeerId } from './peer-ids.ts';
import { closeConnection, wireOfStream } from './stream-wire.ts';
import { wrapPipe } from './thin-connection.ts';
import type { ThinDoor } from './thin-page.ts';
import { nameOf, orWhenAborted, pause } from './waiting.ts';

export interface RelayDoors {
  /** The old way. */
  open(address: string, signal: AbortSignal): Promise<Opened>;
  /** Over a thin door, with the relay's name in the address, for as long as it stands. */
  gossip(door: ThinDoor, address: string): Promise<void>;
}

export interface RelayDoorsInit {
  readonly transports: { dial(address: Multiaddr, options: { readonly signal: AbortSignal }): Promise<Connection> };
  readonly upgrader: Upgrader;
  readonly logger: ComponentLogger;
  readonly book: LinkBook;
  readonly log: Log;
  /** Another than `/wavu/meet/1`. */
  readonly protocol?: string;
}

const openMs = 10_000;
const connectMs = 8_000;
const retry = { firstMs: 250, lastMs: 30_000 } as const;

export function createRelayDoors(node: Libp2p, init: RelayDoorsInit): RelayDoors {
  const { transports, upgrader, logger, book, log, protocol = meetProtocol } = init;

  const connectOver = async ({ channels: { pipe, gone } }: ThinDoor, remoteAddr: Multiaddr): Promise<Connection> => {
    const signal = AbortSignal.any([gone, AbortSignal.timeout(connectMs)]);
    await orWhenAborted(pipe.onceFree(), undefined, signal);
    if (!pipe.isFree()) throw new Error('the door is not free');
    const wrapped = wrapPipe({ pipe, remoteAddr, direction: 'outbound', log: logger.forComponent('wavu:thin-connection') });
    try {
      return await upgrader.upgradeOutbound(wrapped, { signal });
    } catch (error) {
      wrapped.abort(error instanceof Error ? error : new Error('upgrade'));
      throw error;
    }
  };

  return {
    gossip: async (door, text) => {
      const address = multiaddr(text);
      const { gone } = door.channels;
      for (let waitMs: number = retry.firstMs; !gone.aborted; waitMs = Math.min(waitMs * 2, retry.lastMs)) {
        try {
          const connection = await connectOver(door, address);
          waitMs = retry.firstMs;
          await onceClosed(connection);
        } catch (error) {
          log('relay-gossip-failed', { why: nameOf(error) });
        }
        // Half fixed, half luck: pages of a restarted relay must not come back in step.
        await pause(waitMs * (0.5 + Math.random()), gone);
      }
    },
    open: async (address, signal) => {
      const target = parseRelayAddress(address);
      if (target === null) return { state: 'refused', why: 'bad-address' };
      const whole = AbortSignal.any([signal, AbortSignal.timeout(openMs)]);
      let connection: Connection | null = null;
      try {
        const isDirect = WebRTCDirect.matches(target);
        // By itself: libp2p's queue lets one dial at a peer wait for another, the first door behind a second that hangs.
        // `force`: a socket that died unnoticed would otherwise be taken for the way there.
        const opened = isDirect
          ? await transports.dial(target, { signal: whole })
          : await node.dial(target, { signal: whole, force: true });
        connection = opened;
        const stream = await opened.newStream(protocol, { signal: whole });
        const link = book.add({
          wire: wireOfStream(stream, opened),
          peer: toPeerId(opened.remotePeer),
          end: 'relay',
          opener: 'us',
          path: isDirect ? 'webrtc' : 'socket',
        });
        return { state: 'open', link };
      } catch (error) {
        const isAborted = signal.aborted;
        if (connection !== null) void closeConnection(connection);
        if (isAborted) return { state: 'refused', why: 'aborted' };
        const isThere = connection !== null && error instanceof Error && error.name === 'UnsupportedProtocolError';
        return { state: 'refused', why: isThere ? 'refused-there' : 'unreachable' };
      }
    },
  };
}

const onceClosed = async (connection: Connection): Promise<void> =>
  new Promise((resolve) => {
    connection.addEventListener('close', () => resolve());
    if (connection.status !== 'open') resolve();
  });

const doors = [WebSockets, WebSocketsSecure, WebRTCDirect];

function parseRelayAddress(address: string): Multiaddr | null {
  try {
    const parsed = multiaddr(address);
    return doors.some((door) => door.exactMatch(parsed)) ? parsed : null;
  } catch {
    return null;
  }
}
