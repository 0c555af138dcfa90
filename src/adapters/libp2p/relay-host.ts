/** The libp2p side of a relay: takes sockets, answers `/wavu/meet/1`, leads circuits, forwards public topics. Node only. */
import { multiaddr } from '@multiformats/multiaddr';
import { WebRTCDirect } from '@multiformats/multiaddr-matcher';
import type { WebSocket } from 'ws';
import type { PeerId } from '../../protocol/ids.ts';
import type { Log } from '../../ports/log.ts';
import { wrapAcceptedSocket } from './accepted-socket.ts';
import type { DirectHost } from './direct-host.ts';
import { abortConnection, closeConnection, createLinkBook } from './links.ts';
import type { LinkBook } from './links.ts';
import { toPeerId } from './peer-ids.ts';
import { meetProtocol } from './relay-door.ts';
import { createRelayLibp2p } from './relay-libp2p.ts';
import { createTopics } from './topics.ts';
import type { Topics } from './topics.ts';
import { nameOf } from './waiting.ts';

export interface RelayHostSettings {
  /** Ed25519 seed, 32 bytes. */
  readonly identityKey: Uint8Array;
  /** Multiaddrs we are known under, without `/p2p/…`. */
  readonly publicAddresses: readonly string[];
  /** Null: no webrtc-direct. */
  readonly direct: DirectHost | null;
  /** Public topics we forward; no other is heard. */
  readonly topics: readonly string[];
  readonly maxPages: number;
  readonly handshakeMs: number;
  /** Whether one page may be led to another. */
  readonly mayCircuit: (from: PeerId, to: PeerId) => boolean;
  readonly log: Log;
}

export interface RelayHost {
  /** libp2p's own spelling, as it stands in multiaddrs. */
  readonly peerId: string;
  readonly self: PeerId;
  readonly book: LinkBook;
  join: Topics['join'];
  addresses(): string[];
  acceptSocket(socket: WebSocket, from: SocketOrigin): Promise<'upgraded' | 'failed' | 'junk'>;
  counts(): Record<string, number>;
  close(): Promise<void>;
}
export interface SocketOrigin {
  readonly address: string;
  readonly port: number;
}

/** A connection that opens no `/wavu/meet/1` in this time is not a page. */
const unusedMs = 15_000;

export async function openRelayHost(settings: RelayHostSettings): Promise<RelayHost> {
  const { node, upgrader, logger } = await createRelayLibp2p(settings);
  const { relay, pubsub } = node.services;
  const book = createLinkBook(settings.log);
  const closing = new AbortController();
  const topics = createTopics(node, pubsub, null, settings.log);
  for (const topic of settings.topics) topics.join(topic, () => {});

  await node.handle(
    meetProtocol,
    (stream, connection) => {
      const path = WebRTCDirect.matches(connection.remoteAddr) ? 'webrtc' : 'socket';
      book.add({ stream, connection, peer: toPeerId(connection.remotePeer), end: 'peer', opener: 'them', path });
    },
    { maxInboundStreams: 2 },
  );
  node.addEventListener('connection:open', ({ detail: connection }) => {
    const timer = setTimeout(() => {
      if (!book.carries(connection)) void closeConnection(connection);
    }, unusedMs);
    timer.unref();
    connection.addEventListener('close', () => clearTimeout(timer));
  });
  // Pages have a new name each start: without this, names and places gather for an hour.
  node.addEventListener('peer:disconnect', ({ detail: peer }) => {
    relay.reservations.get(peer)?.signal.clear();
    relay.reservations.delete(peer);
    void node.peerStore.delete(peer);
  });

  return {
    peerId: node.peerId.toString(),
    self: toPeerId(node.peerId),
    book,
    join: topics.join,
    addresses: () => {
      const known = [...settings.publicAddresses.map((each) => multiaddr(each)), ...node.getMultiaddrs()];
      const suffix = `/p2p/${node.peerId.toString()}`;
      return [
        ...new Set(known.map((each) => (each.toString().endsWith(suffix) ? each.toString() : `${each.toString()}${suffix}`))),
      ];
    },
    acceptSocket: async (socket, from) => {
      let isJunk = false;
      const log = logger.forComponent('wavu:accepted-socket');
      const remoteAddr = toMultiaddr(from);
      const onJunk = (): void => {
        isJunk = true;
      };
      const wrapped = wrapAcceptedSocket({ socket, remoteAddr, log, onJunk });
      try {
        await upgrader.upgradeInbound(wrapped, { signal: closing.signal });
        return 'upgraded';
      } catch (error) {
        settings.log('handshake-failed', { why: nameOf(error) });
        wrapped.abort(error instanceof Error ? error : new Error('handshake'));
        socket.terminate();
        return isJunk ? 'junk' : 'failed';
      }
    },
    counts: () => ({
      connections: node.getConnections().length,
      reservations: relay.reservations.size,
      gossip_peers: pubsub.getPeers().length,
    }),
    close: async () => {
      closing.abort();
      topics.close();
      book.abortAll();
      for (const connection of node.getConnections()) abortConnection(connection, 'the relay stops');
      await node.stop();
    },
  };
}

function toMultiaddr({ address, port }: SocketOrigin): ReturnType<typeof multiaddr> {
  const plain = address.startsWith('::ffff:') ? address.slice(7) : (address.split('%')[0] ?? address);
  return multiaddr(`/${plain.includes(':') ? 'ip6' : 'ip4'}/${plain}/tcp/${port}/ws`);
}
