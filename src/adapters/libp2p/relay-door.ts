/**
 * Keeps a page introducible: a reservation at the relay behind each link, so that peers can be led to us.
 * Also opens relays the old way, `/wavu/meet/1` as a libp2p stream, where no thin door may be: plain ws:// and webrtc-direct.
 */
import type { ComponentLogger, Connection, Libp2p, PeerId as Libp2pPeerId, Transport, Upgrader } from '@libp2p/interface';
import { peerIdFromString } from '@libp2p/peer-id';
import { multiaddr } from '@multiformats/multiaddr';
import type { Multiaddr } from '@multiformats/multiaddr';
import { WebRTCDirect, WebSockets, WebSocketsSecure } from '@multiformats/multiaddr-matcher';
import type { Log } from '../../ports/log.ts';
import type { Link, Opened } from '../../ports/network.ts';
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
  /** A thin door's link, with the relay's name in the address: libp2p goes over the same socket. */
  keep(link: Link, door: ThinDoor, address: string): void;
  /** Where the relay behind a link stands, with its peer id, once a connection leads there. */
  wayTo(link: Link, signal: AbortSignal): Promise<Multiaddr | null>;
}

/** How libp2p gets to the relay behind a link. */
interface Way {
  readonly address: Multiaddr;
  readonly relay: Libp2pPeerId;
  /** Aborted with the link. */
  readonly gone: AbortSignal;
  /** The connection that stands, or a new one. */
  connect(): Promise<Connection>;
}

/** The circuit transport's own store: public on the class, absent from the interface. */
interface ReservationStore extends EventTarget {
  addRelay(peer: Libp2pPeerId, type: 'configured'): Promise<unknown>;
}

export interface RelayDoorsInit {
  readonly circuit: Transport;
  readonly transports: { dial(address: Multiaddr, options: { readonly signal: AbortSignal }): Promise<Connection> };
  readonly upgrader: Upgrader;
  readonly logger: ComponentLogger;
  readonly book: LinkBook;
  readonly log: Log;
}

const keepAliveTag = 'keep-alive-circuit-relay';
const openMs = 10_000;
const connectMs = 8_000;
/** First the word that brought us here. Who meets us and dials before that tries again. */
const reserveAfterMs = 150;
const retry = { firstMs: 250, lastMs: 30_000 } as const;

export function createRelayDoors(node: Libp2p, init: RelayDoorsInit): RelayDoors {
  const { circuit, transports, upgrader, logger, book, log } = init;
  const ways = new WeakMap<Link, Way>();
  const reservations = (circuit as Transport & { reservationStore?: ReservationStore }).reservationStore;
  if (reservations === undefined) throw new Error('circuit-relay changed: it has no reservationStore');

  const keepReserved = async (link: Link, { relay, gone, connect }: Way): Promise<void> => {
    let waitMs: number = retry.firstMs;
    while (link.state() === 'open') {
      try {
        const lost = goneWith(await connect(), gone);
        await reservations.addRelay(relay, 'configured');
        log('relay-reserved', { link: link.id });
        waitMs = retry.firstMs;
        // Or libp2p would dial the relay again by itself, behind our back.
        await node.peerStore.merge(relay, { tags: { [keepAliveTag]: undefined } });
        await onceRemoved(reservations, relay, lost);
      } catch (error) {
        log('relay-unreserved', { link: link.id, why: nameOf(error) });
        // Half fixed, half luck: pages of a restarted relay must not come back in step.
        await pause(waitMs * (0.5 + Math.random()), gone);
        waitMs = Math.min(waitMs * 2, retry.lastMs);
      }
    }
  };

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
    wayTo: async (link, signal) => {
      const way = ways.get(link);
      if (way === undefined) return null;
      const connected = way.connect().then(
        () => way.address,
        () => null,
      );
      return orWhenAborted(connected, null, signal);
    },
    keep: (link, door, text) => {
      const address = multiaddr(text);
      const relay = peerIdFromString(text.slice(text.lastIndexOf('/') + 1));
      let standing: Connection | null = null;
      let connecting: Promise<Connection> | null = null;
      const connect = async (): Promise<Connection> => {
        if (standing?.status === 'open') return standing;
        connecting ??= connectOver(door, address).finally(() => (connecting = null));
        return (standing = await connecting);
      };
      const way: Way = { address, relay, gone: door.channels.gone, connect };
      ways.set(link, way);
      void keepReserved(link, way);
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
        const stream = await opened.newStream(meetProtocol, { signal: whole });
        const link = book.add({
          wire: wireOfStream(stream, opened),
          peer: toPeerId(opened.remotePeer),
          end: 'relay',
          opener: 'us',
          path: isDirect ? 'webrtc' : 'socket',
        });
        // A circuit's address must say who leads it; the door we came by did not.
        const door = opened.remoteAddr.toString().replace(/\/p2p\/\w+$/, '');
        const way: Way = {
          address: multiaddr(`${door}/p2p/${opened.remotePeer.toString()}`),
          relay: opened.remotePeer,
          gone: goneWith(opened),
          connect: async () => opened,
        };
        ways.set(link, way);
        void pause(reserveAfterMs, way.gone).then(() => keepReserved(link, way));
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

/** Aborted once the connection is closed, or by the other. */
function goneWith(connection: Connection, other?: AbortSignal): AbortSignal {
  const closed = new AbortController();
  connection.addEventListener('close', () => closed.abort());
  if (connection.status !== 'open') closed.abort();
  return other === undefined ? closed.signal : AbortSignal.any([closed.signal, other]);
}

const doors = [WebSockets, WebSocketsSecure, WebRTCDirect];

function parseRelayAddress(address: string): Multiaddr | null {
  try {
    const parsed = multiaddr(address);
    return doors.some((door) => door.exactMatch(parsed)) ? parsed : null;
  } catch {
    return null;
  }
}

/** Resolves when the reservation at this relay is gone, or its connection. */
async function onceRemoved(store: EventTarget, relay: Libp2pPeerId, gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      store.removeEventListener('relay:removed', onRemoved);
      resolve();
    };
    const onRemoved = (event: Event): void => {
      const { detail } = event as CustomEvent<{ relay: Libp2pPeerId }>;
      if (detail.relay.equals(relay)) done();
    };
    store.addEventListener('relay:removed', onRemoved);
    gone.addEventListener('abort', done, { once: true });
    if (gone.aborted) done();
  });
}
