/** Opens a relay: `/wavu/meet/1` at once, and a reservation kept alive behind it, so that peers can be led to us. */
import type { Connection, Libp2p, PeerId as Libp2pPeerId, Transport } from '@libp2p/interface';
import { multiaddr } from '@multiformats/multiaddr';
import type { Multiaddr } from '@multiformats/multiaddr';
import { WebRTCDirect, WebSockets, WebSocketsSecure } from '@multiformats/multiaddr-matcher';
import type { Log } from '../../ports/log.ts';
import type { Link, Opened } from '../../ports/network.ts';
import { closeConnection } from './links.ts';
import type { LinkBook } from './links.ts';
import { toPeerId } from './peer-ids.ts';
import { nameOf, pause } from './waiting.ts';

export const meetProtocol = '/wavu/meet/1';

export interface RelayDoors {
  open(address: string, signal: AbortSignal): Promise<Opened>;
  /** Where the relay behind a link stands, with its peer id. */
  addressOf(link: Link): Multiaddr | null;
}

/** The circuit transport's own store: public on the class, absent from the interface. */
interface ReservationStore extends EventTarget {
  addRelay(peer: Libp2pPeerId, type: 'configured'): Promise<unknown>;
}

export interface RelayDoorsInit {
  readonly circuit: Transport;
  readonly transports: { dial(address: Multiaddr, options: { readonly signal: AbortSignal }): Promise<Connection> };
  readonly book: LinkBook;
  readonly log: Log;
}

const keepAliveTag = 'keep-alive-circuit-relay';
const openMs = 10_000;
const reserveAfterMs = 150;
const retry = { firstMs: 250, lastMs: 30_000 } as const;

export function createRelayDoors(node: Libp2p, { circuit, transports, book, log }: RelayDoorsInit): RelayDoors {
  const addresses = new WeakMap<Link, Multiaddr>();
  const reservations = (circuit as Transport & { reservationStore?: ReservationStore }).reservationStore;
  if (reservations === undefined) throw new Error('circuit-relay changed: it has no reservationStore');

  const keepReserved = async (link: Link, connection: Connection): Promise<void> => {
    const relay = connection.remotePeer;
    let waitMs: number = retry.firstMs;
    const gone = new AbortController();
    connection.addEventListener('close', () => gone.abort());
    // First the word that brought us here. Who meets us and dials before that tries again.
    await pause(reserveAfterMs, gone.signal);
    while (link.state() === 'open') {
      try {
        await reservations.addRelay(relay, 'configured');
        log('relay-reserved', { link: link.id });
        waitMs = retry.firstMs;
        // Or libp2p would dial the relay again by itself, behind our back.
        await node.peerStore.merge(relay, { tags: { [keepAliveTag]: undefined } });
        await onceRemoved(reservations, relay, gone.signal);
      } catch (error) {
        log('relay-unreserved', { link: link.id, why: nameOf(error) });
        // Half fixed, half luck: pages of a restarted relay must not come back in step.
        await pause(waitMs * (0.5 + Math.random()), gone.signal);
        waitMs = Math.min(waitMs * 2, retry.lastMs);
      }
    }
  };

  return {
    addressOf: (link) => addresses.get(link) ?? null,
    open: async (address, signal) => {
      const target = parseRelayAddress(address);
      if (target === null) return { state: 'refused', why: 'bad-address' };
      const whole = AbortSignal.any([signal, AbortSignal.timeout(openMs)]);
      let connection: Connection | null = null;
      try {
        const isDirect = WebRTCDirect.matches(target);
        // By itself: libp2p's queue lets one dial at a peer wait for another, the first door behind a second that hangs.
        // `force`: a socket that died unnoticed would otherwise be taken for the way there.
        connection = isDirect
          ? await transports.dial(target, { signal: whole })
          : await node.dial(target, { signal: whole, force: true });
        const stream = await connection.newStream(meetProtocol, { signal: whole });
        const link = book.add({
          stream,
          connection,
          peer: toPeerId(connection.remotePeer),
          end: 'relay',
          opener: 'us',
          path: isDirect ? 'webrtc' : 'socket',
        });
        // A circuit's address must say who leads it; the door we came by did not.
        const door = connection.remoteAddr.toString().replace(/\/p2p\/\w+$/, '');
        addresses.set(link, multiaddr(`${door}/p2p/${connection.remotePeer.toString()}`));
        void keepReserved(link, connection);
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
