/** The heavy half of a page's network, loaded when a topic is joined or a relay asks for it: libp2p, for gossip and the old doors. */
import { privateKeyFromRaw } from '@libp2p/crypto/keys';
import type { GossipSub } from '@libp2p/gossipsub';
import { identify } from '@libp2p/identify';
import type { Identify } from '@libp2p/identify';
import type { ComponentLogger, Libp2p, Transport, Upgrader } from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import { webRTCDirect } from '@libp2p/webrtc';
import { yamux } from '@libp2p/yamux';
import { createLibp2p } from 'libp2p';
import { concat } from '../../protocol/bytes.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { Log } from '../../ports/log.ts';
import type { Network } from '../../ports/network.ts';
import { gossip, lazyIdentify } from './gossip.ts';
import type { LinkBook } from './links.ts';
import { pageSockets } from './page-socket.ts';
import { beginPeerGossip } from './peer-gossip.ts';
import type { PeerLinks } from './peer-links.ts';
import { createRelayDoors } from './relay-door.ts';
import type { RelayDoors, RelayDoorsInit } from './relay-door.ts';
import type { Standing } from './standing.ts';
import { abortConnection } from './stream-wire.ts';
import type { PageKey, ThinDoor } from './thin-page.ts';
import { createTopics } from './topics.ts';

export interface PageNodeInit {
  readonly key: PageKey;
  readonly self: PeerId;
  readonly book: LinkBook;
  readonly links: PeerLinks;
  readonly doors: Pick<Standing<NamedDoor>, 'each'>;
  readonly rtcConfiguration: RTCConfiguration;
  readonly log: Log;
}
/** A thin door, and its address with the relay's name in it. */
export interface NamedDoor {
  readonly door: ThinDoor;
  readonly address: string;
}

export interface PageNode extends Pick<Network, 'join'> {
  /** The old way. */
  readonly openRelay: RelayDoors['open'];
  /** What must end does so before anything is awaited: a page that goes away gets no second turn. */
  close(): Promise<void>;
}

export async function openNode({ key, self, book, links, doors, rtcConfiguration, log }: PageNodeInit): Promise<PageNode> {
  const { node, components } = await createNode(rtcConfiguration, key);
  const { upgrader, logger, transportManager: transports } = components;
  const relays = createRelayDoors(node, { transports, upgrader, logger, book, log });
  const topics = createTopics(node, node.services.pubsub, node.services.identify, log);
  let isGossiping = false;
  const beginGossip = (): void => {
    if (isGossiping) return;
    isGossiping = true;
    doors.each(({ door, address }) => void relays.gossip(door, address));
    beginPeerGossip({ self, links, upgrader, logger, log });
  };

  return {
    openRelay: relays.open,
    join: (topic, onBytes, mayGoOn) => {
      beginGossip();
      return topics.join(topic, onBytes, mayGoOn);
    },
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

/** libp2p shows its insides only to its own parts; a transport lets us look on. */
interface Components {
  readonly upgrader: Upgrader;
  readonly logger: ComponentLogger;
  readonly transportManager: RelayDoorsInit['transports'];
}

async function createNode(
  rtcConfiguration: RTCConfiguration,
  key: PageKey,
): Promise<{ node: Libp2p<Services>; components: Components }> {
  let components: Components | null = null;
  const node = await createLibp2p<Services>({
    privateKey: privateKeyFromRaw(concat([key.seed, key.publicKey])),
    transports: [
      (caught: Components): Transport => {
        components = caught;
        return pageSockets(caught);
      },
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
  if (components === null) throw new Error('libp2p made no transport');
  return { node, components };
}
