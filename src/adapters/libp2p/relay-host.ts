/** The libp2p side of a relay: takes sockets, answers `/wavu/meet/1`, leads circuits, forwards public topics. Node only. */
import { circuitRelayServer } from '@libp2p/circuit-relay-v2';
import type { CircuitRelayService } from '@libp2p/circuit-relay-v2';
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import type { GossipSub } from '@libp2p/gossipsub';
import { identify } from '@libp2p/identify';
import type { Identify } from '@libp2p/identify';
import type { ComponentLogger, Libp2p, Transport, Upgrader } from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import { webSockets } from '@libp2p/websockets';
import { yamux } from '@libp2p/yamux';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';
import type { WebSocket } from 'ws';
import type { PeerId } from '../../protocol/ids.ts';
import type { Log } from '../../ports/log.ts';
import { wrapAcceptedSocket } from './accepted-socket.ts';
import { gossip } from './gossip.ts';
import { abortConnection, closeConnection, createLinkBook } from './links.ts';
import type { LinkBook } from './links.ts';
import { toPeerId } from './peer-ids.ts';
import { meetProtocol } from './relay-door.ts';
import { createTopics } from './topics.ts';
import type { Topics } from './topics.ts';
import { nameOf } from './waiting.ts';

export interface RelayHostSettings {
  /** Ed25519 seed, 32 bytes. */
  readonly identityKey: Uint8Array;
  /** Multiaddrs we are known under, without `/p2p/…`. */
  readonly publicAddresses: readonly string[];
  /** UDP port for webrtc-direct; null for none. */
  readonly udpPort: number | null;
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

const hour = 3_600_000;
/** A connection that opens no `/wavu/meet/1` in this time is not a page. */
const unusedMs = 15_000;

export async function openRelayHost(settings: RelayHostSettings): Promise<RelayHost> {
  const caught: { upgrader?: Upgrader; logger?: ComponentLogger } = {};
  const node = await createNode(settings, caught);
  const { upgrader, logger } = caught;
  if (upgrader === undefined || logger === undefined) throw new Error('libp2p made no upgrader');
  const { relay, pubsub } = node.services;
  const book = createLinkBook(settings.log);
  const closing = new AbortController();
  const topics = createTopics(pubsub, settings.log);
  for (const topic of settings.topics) topics.join(topic, () => {});

  await node.handle(
    meetProtocol,
    (stream, connection) => {
      book.add({ stream, connection, peer: toPeerId(connection.remotePeer), end: 'peer', opener: 'them', path: 'socket' });
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
      return [...new Set(known.map((each) => (each.toString().endsWith(suffix) ? each.toString() : `${each.toString()}${suffix}`)))];
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

interface Services extends Record<string, unknown> {
  readonly identify: Identify;
  readonly relay: CircuitRelayService;
  readonly pubsub: GossipSub;
}

async function createNode(
  settings: RelayHostSettings,
  caught: { upgrader?: Upgrader; logger?: ComponentLogger },
): Promise<Libp2p<Services>> {
  const { identityKey, publicAddresses, udpPort, topics, maxPages, handshakeMs, mayCircuit } = settings;
  type Components = Parameters<ReturnType<typeof webSockets>>[0] & { upgrader: Upgrader };
  const sockets = (components: Components): Transport => {
    caught.upgrader = components.upgrader;
    caught.logger = components.logger;
    return webSockets()(components);
  };
  // node-datachannel is native: loaded only where it is wanted.
  const direct = udpPort === null ? [] : [(await import('@libp2p/webrtc')).webRTCDirect()];
  return createLibp2p<Services>({
    privateKey: await generateKeyPairFromSeed('Ed25519', identityKey),
    addresses: {
      listen: udpPort === null ? [] : [`/ip4/0.0.0.0/udp/${udpPort}/webrtc-direct`],
      appendAnnounce: [...publicAddresses],
    },
    transports: [sockets, ...direct],
    connectionEncrypters: [noise()],
    streamMuxers: [
      yamux({
        enableKeepAlive: false,
        maxInboundStreams: 96,
        maxOutboundStreams: 96,
        streamOptions: {
          initialStreamWindowSize: 262_144,
          maxStreamWindowSize: 1_048_576,
          maxReadBufferLength: 2_097_152,
          maxWriteBufferLength: 2_097_152,
        },
      }),
    ],
    connectionGater: {
      denyDialPeer: () => true,
      denyOutboundRelayedConnection: (from, to) => !mayCircuit(toPeerId(from), toPeerId(to)),
    },
    connectionManager: {
      maxConnections: maxPages + 64,
      // Who comes too often is told by the doorkeeper, which knows loopback from a stranger.
      inboundConnectionThreshold: 1_000_000,
      maxIncomingPendingConnections: maxPages,
      inboundUpgradeTimeout: handshakeMs,
      reconnectRetries: 0,
    },
    connectionMonitor: { enabled: false },
    services: {
      identify: identify({ runOnLimitedConnection: false, maxObservedAddresses: 2 }),
      relay: circuitRelayServer({
        hopTimeout: 10_000,
        maxInboundHopStreams: 48,
        maxOutboundStopStreams: 48,
        reservations: {
          maxReservations: maxPages,
          reservationTtl: hour,
          defaultDurationLimit: hour,
          defaultDataLimit: BigInt(64 * 1_048_576),
        },
      }),
      pubsub: gossip({ allowedTopics: topics }),
    },
  });
}

function toMultiaddr({ address, port }: SocketOrigin): ReturnType<typeof multiaddr> {
  const plain = address.startsWith('::ffff:') ? address.slice(7) : (address.split('%')[0] ?? address);
  return multiaddr(`/${plain.includes(':') ? 'ip6' : 'ip4'}/${plain}/tcp/${port}/ws`);
}
