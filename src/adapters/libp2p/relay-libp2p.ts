/** A relay's libp2p node: gossip with caps of our own, and no listener but the sockets it is handed and webrtc-direct. */
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import type { GossipSub } from '@libp2p/gossipsub';
import { identify } from '@libp2p/identify';
import type { Identify } from '@libp2p/identify';
import type { ComponentLogger, Libp2p, PrivateKey, Transport, Upgrader } from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import { webSockets } from '@libp2p/websockets';
import { yamux } from '@libp2p/yamux';
import { createLibp2p } from 'libp2p';
import { gossip, lazyIdentify } from './gossip.ts';
import type { RelayHostSettings } from './relay-host.ts';

export interface RelayServices extends Record<string, unknown> {
  readonly identify: Identify;
  readonly pubsub: GossipSub;
}

export interface RelayLibp2p {
  readonly node: Libp2p<RelayServices>;
  /** The same that Noise shows. */
  readonly key: PrivateKey;
  /** What turns an accepted socket into a connection. */
  readonly upgrader: Upgrader;
  readonly logger: ComponentLogger;
}

export async function createRelayLibp2p(settings: RelayHostSettings): Promise<RelayLibp2p> {
  const { identityKey, publicAddresses, direct, topics, maxPages, handshakeMs } = settings;
  // libp2p shows its insides only to its own parts; the transport lets us look on.
  const caught: { upgrader?: Upgrader; logger?: ComponentLogger } = {};
  type Components = Parameters<ReturnType<typeof webSockets>>[0] & { upgrader: Upgrader };
  const sockets = (components: Components): Transport => {
    caught.upgrader = components.upgrader;
    caught.logger = components.logger;
    return webSockets()(components);
  };
  // node-datachannel is native: loaded only where it is wanted.
  const second = direct === null ? [] : [(await import('./direct-host.ts')).directHost(direct)];
  const key = await generateKeyPairFromSeed('Ed25519', identityKey);
  const node = await createLibp2p<RelayServices>({
    privateKey: key,
    addresses: {
      listen: direct === null ? [] : [`/ip4/${direct.host}/udp/${direct.port}/webrtc-direct`],
      appendAnnounce: [...publicAddresses],
    },
    transports: [sockets, ...second],
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
    },
    connectionManager: {
      // Beside pages those to sisters, and of servers of the directory.
      maxConnections: maxPages + 384,
      // Who comes too often is told by the doorkeeper, which knows loopback from a stranger.
      inboundConnectionThreshold: 1_000_000,
      maxIncomingPendingConnections: maxPages,
      inboundUpgradeTimeout: handshakeMs,
      reconnectRetries: 0,
    },
    connectionMonitor: { enabled: false },
    services: {
      identify: identify(lazyIdentify),
      pubsub: gossip({ allowedTopics: topics }),
    },
  });
  const { upgrader, logger } = caught;
  if (upgrader === undefined || logger === undefined) throw new Error('libp2p made no upgrader');
  return { node, key, upgrader, logger };
}
