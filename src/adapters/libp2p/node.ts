/** The heavy half of a page's network, loaded when first needed: libp2p for circuits, WebRTC between pages, and gossip. */
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2';
import { privateKeyFromRaw } from '@libp2p/crypto/keys';
import type { GossipSub } from '@libp2p/gossipsub';
import { identify } from '@libp2p/identify';
import type { Identify } from '@libp2p/identify';
import type { Libp2p, Transport } from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import { webRTC, webRTCDirect } from '@libp2p/webrtc';
import { yamux } from '@libp2p/yamux';
import { createLibp2p } from 'libp2p';
import { concat } from '../../protocol/bytes.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { Log } from '../../ports/log.ts';
import type { Network } from '../../ports/network.ts';
import { gossip, lazyIdentify } from './gossip.ts';
import { createHandSignal } from './hand-signal.ts';
import type { LinkBook } from './links.ts';
import { pageSockets } from './page-socket.ts';
import { createPeerDials, linkProtocol } from './peer-dial.ts';
import { createRelayDoors } from './relay-door.ts';
import type { RelayDoors } from './relay-door.ts';
import { abortConnection } from './stream-wire.ts';
import type { PageKey } from './thin-page.ts';
import { createTopics } from './topics.ts';

export interface PageNodeInit {
  readonly key: PageKey;
  readonly self: PeerId;
  readonly book: LinkBook;
  readonly rtcConfiguration: RTCConfiguration;
  readonly createConnection: ((configuration: RTCConfiguration) => RTCPeerConnection) | null;
  readonly log: Log;
}

export interface PageNode extends Pick<Network, 'openPeer' | 'offer' | 'answer' | 'join'> {
  readonly doors: RelayDoors;
  /** What must end does so before anything is awaited: a page that goes away gets no second turn. */
  close(): Promise<void>;
}

export async function openNode({ key, self, book, rtcConfiguration, createConnection, log }: PageNodeInit): Promise<PageNode> {
  const caught: Caught = {};
  const node = await createNode(caught, rtcConfiguration, key);
  const { circuit, components } = caught;
  if (circuit === undefined || components === undefined) throw new Error('libp2p made no circuit transport');

  const { upgrader, logger, transportManager: transports } = components;
  const doors = createRelayDoors(node, { circuit, transports, upgrader, logger, book, log });
  const dials = createPeerDials(node, self, book, log);
  const topics = createTopics(node, node.services.pubsub, node.services.identify, log);
  const byHand = createHandSignal({
    node,
    self,
    upgrader,
    logger,
    dials,
    createConnection: () => createConnection?.(rtcConfiguration) ?? new RTCPeerConnection(rtcConfiguration),
    offererLeads: createConnection !== null,
    log,
  });
  await node.handle(linkProtocol, (stream, connection) => void dials.accept(stream, connection), {
    maxInboundStreams: 8,
  });

  return {
    doors,
    openPeer: async (peer, relay, signal) => {
      const address = await doors.wayTo(relay, signal);
      if (signal.aborted) return { state: 'refused', why: 'aborted' };
      return address === null ? { state: 'refused', why: 'unreachable' } : dials.open(peer, address, signal);
    },
    offer: byHand.offer,
    answer: byHand.answer,
    join: topics.join,
    close: async () => {
      topics.close();
      for (const connection of node.getConnections()) abortConnection(connection, 'the page goes away');
      await node.stop();
    },
  };
}

interface Services extends Record<string, unknown> {
  readonly identify: Identify;
  readonly pubsub: GossipSub;
}

type CircuitComponents = Parameters<ReturnType<typeof circuitRelayTransport>>[0];
/** libp2p shows its insides only to its own parts; the circuit transport lets us look on. */
interface Caught {
  circuit?: Transport;
  components?: CircuitComponents;
}

async function createNode(caught: Caught, rtcConfiguration: RTCConfiguration, key: PageKey): Promise<Libp2p<Services>> {
  const circuit = circuitRelayTransport();
  return createLibp2p<Services>({
    privateKey: privateKeyFromRaw(concat([key.seed, key.publicKey])),
    transports: [
      pageSockets,
      (components: CircuitComponents) => {
        caught.components = components;
        caught.circuit = circuit(components);
        return caught.circuit;
      },
      webRTC({
        rtcConfiguration,
        dataChannel: { maxMessageSize: 65_536, maxBufferedAmount: 1_048_576 },
      }),
      // 1.5 kB, and here at once: who needs the second door may have no way left to fetch it by.
      webRTCDirect({ rtcConfiguration }),
    ],
    connectionEncrypters: [noise()],
    streamMuxers: [
      yamux({
        enableKeepAlive: false,
        streamOptions: { initialStreamWindowSize: 262_144, maxStreamWindowSize: 1_048_576 },
      }),
    ],
    // The default forbids ws:// and private addresses: a relay on the LAN is both.
    connectionGater: { denyDialMultiaddr: () => false },
    connectionManager: {
      maxConnections: 512,
      // Everybody we meet comes through the relay's one address.
      inboundConnectionThreshold: 1_000,
      maxIncomingPendingConnections: 64,
      dialTimeout: 10_000,
      addressDialTimeout: 10_000,
      reconnectRetries: 0,
    },
    // Links ping by themselves.
    connectionMonitor: { enabled: false },
    services: {
      identify: identify(lazyIdentify),
      pubsub: gossip({}),
    },
  });
}
