/** The network of a page: one libp2p node with a fresh name, relays by WebSocket or webrtc-direct, peers by WebRTC, topics by gossip. */
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2';
import type { GossipSub } from '@libp2p/gossipsub';
import { identify } from '@libp2p/identify';
import type { Identify } from '@libp2p/identify';
import type { Libp2p, Transport } from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import { webRTC, webRTCDirect } from '@libp2p/webrtc';
import { yamux } from '@libp2p/yamux';
import { createLibp2p } from 'libp2p';
import type { Log } from '../../ports/log.ts';
import type { Network } from '../../ports/network.ts';
import { keyFrom } from './fresh-key.ts';
import { gossip, lazyIdentify } from './gossip.ts';
import { createHandSignal } from './hand-signal.ts';
import { createKey } from './head-start.ts';
import type { HeadStart } from './head-start.ts';
import { abortConnection, createLinkBook } from './links.ts';
import { pageSockets } from './page-socket.ts';
import { createPeerDials, linkProtocol } from './peer-dial.ts';
import { toPeerId } from './peer-ids.ts';
import { createRelayDoors } from './relay-door.ts';
import { createTopics } from './topics.ts';

export interface PageNetworkSettings {
  readonly log: Log;
  /** STUN or TURN addresses. None by default: whoever answers one learns who talks when. */
  readonly iceServers?: readonly string[];
  /** Begun before all this was loaded. */
  readonly headStart?: HeadStart;
  /** Only where there is no `RTCPeerConnection`: Node brings its own. */
  readonly createConnection?: (configuration: RTCConfiguration) => RTCPeerConnection;
}

export async function openNetwork({ log, iceServers = [], headStart, createConnection }: PageNetworkSettings): Promise<Network> {
  const rtcConfiguration = { iceServers: iceServers.map((urls) => ({ urls })) };
  const caught: Caught = {};
  const node = await createNode(caught, rtcConfiguration, headStart ?? null);
  const { circuit, components } = caught;
  if (circuit === undefined || components === undefined) throw new Error('libp2p made no circuit transport');

  const self = toPeerId(node.peerId);
  const book = createLinkBook(log);
  const doors = createRelayDoors(node, { circuit, transports: components.transportManager, book, log });
  const dials = createPeerDials(node, self, book, log);
  const topics = createTopics(node, node.services.pubsub, node.services.identify, log);
  const byHand = createHandSignal({
    node,
    self,
    upgrader: components.upgrader,
    logger: components.logger,
    dials,
    createConnection: () => createConnection?.(rtcConfiguration) ?? new RTCPeerConnection(rtcConfiguration),
    offererLeads: createConnection !== undefined,
    log,
  });
  await node.handle(linkProtocol, (stream, connection) => void dials.accept(stream, connection), {
    maxInboundStreams: 8,
  });
  let isClosed = false;

  return {
    self,
    links: book.links,
    listen: book.listen,
    openRelay: async (address, signal) => {
      if (isClosed) return { state: 'refused', why: 'closed' };
      if (signal.aborted) return { state: 'refused', why: 'aborted' };
      return doors.open(address, signal);
    },
    openPeer: async (peer, relay, signal) => {
      if (isClosed) return { state: 'refused', why: 'closed' };
      const address = doors.addressOf(relay);
      if (address === null || relay.state() === 'closed') return { state: 'refused', why: 'unreachable' };
      return dials.open(peer, address, signal);
    },
    offer: byHand.offer,
    answer: async (offer, signal) => (isClosed ? { state: 'refused', why: 'closed' } : byHand.answer(offer, signal)),
    join: topics.join,
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      topics.close();
      // Before anything is awaited: a page that goes away gets no second turn.
      book.abortAll();
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

async function createNode(
  caught: Caught,
  rtcConfiguration: RTCConfiguration,
  headStart: HeadStart | null,
): Promise<Libp2p<Services>> {
  const circuit = circuitRelayTransport();
  return createLibp2p<Services>({
    privateKey: await keyFrom(await (headStart?.key ?? createKey())),
    transports: [
      pageSockets(headStart),
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
