/** One gossipsub with just as much of libp2p around it as it asks for: its streams are frames on links of the memory world. */
import { TypedEventEmitter } from '@libp2p/interface';
import type { Connection, PeerId, PrivateKey, Stream, Topology } from '@libp2p/interface';
import { gossipsub } from '@libp2p/gossipsub';
import type { GossipSub, GossipSubComponents } from '@libp2p/gossipsub';
import { peerIdFromPrivateKey } from '@libp2p/peer-id';
import { multiaddr } from '@multiformats/multiaddr';
import type { Link, Network } from '../../../src/ports/network.ts';

export interface StockNode {
  readonly sub: Running;
  readonly network: Network;
  readonly peer: PeerId;
  /** A link to it stands. */
  linked(other: StockNode, link: Link, isOurs: boolean): void;
  isLinkedTo(other: StockNode): boolean;
  /** Tells gossipsub of everybody it is linked to. */
  greet(): void;
  parted(other: StockNode): void;
}

export function createStockNode(key: PrivateKey, network: Network): StockNode {
  const peer = peerIdFromPrivateKey(key);
  const topologies: Topology[] = [];
  let take: (stream: Stream, connection: Connection) => void = () => undefined;
  const ends = new Map<string, End>();
  const components = {
    peerId: peer,
    privateKey: key,
    events: new TypedEventEmitter(),
    logger: { forComponent: () => quiet },
    peerStore: { merge: async () => undefined, consumePeerRecord: async () => false, get: async () => ({ addresses: [] }) },
    connectionManager: { getConnections: () => [], openConnection: async () => Promise.reject(new Error('no dials')) },
    registrar: {
      handle: async (_protocol: string, handler: typeof take) => void (take = handler),
      unhandle: async () => undefined,
      register: async (_protocol: string, topology: Topology) => {
        // One version is enough.
        if (topologies.length === 0) topologies.push(topology);
        return 'topology';
      },
      unregister: () => undefined,
      getTopologies: () => topologies,
    },
  };
  const sub = gossipsub(stockSettings)(components as unknown as GossipSubComponents) as Running;

  network.listen({
    onOpen: () => undefined,
    onFrame: (link, frame) => ends.get(link.peer)?.arrived(frame),
    onClose: () => undefined,
  });

  return {
    sub,
    network,
    peer,
    isLinkedTo: (other) => ends.has(other.network.self),
    linked: (other, link, isOurs) => {
      const inbound = createStream(link, 'inbound');
      const connection = {
        remotePeer: other.peer,
        remoteAddr: address,
        status: 'open',
        direction: isOurs ? 'outbound' : 'inbound',
        newStream: async () => createStream(link, 'outbound'),
      } as unknown as Connection;
      ends.set(other.network.self, {
        connection,
        peer: other.peer,
        open: () => take(inbound as unknown as Stream, connection),
        arrived: (frame) => inbound.dispatchEvent(Object.assign(new Event('message'), { data: frame })),
      });
    },
    greet: () => {
      for (const { connection, peer: other, open } of ends.values()) {
        open();
        for (const topology of topologies) void topology.onConnect?.(other, connection);
      }
    },
    parted: (other) => {
      if (!ends.delete(other.network.self)) return;
      for (const topology of topologies) void topology.onDisconnect?.(other.peer);
    },
  };
}

/** What its own type does not tell. */
export type Running = GossipSub & {
  start(): Promise<void>;
  stop(): Promise<void>;
  getMeshPeers(topic: string): readonly string[];
};

interface End {
  readonly connection: Connection;
  readonly peer: PeerId;
  open(): void;
  arrived(frame: Uint8Array): void;
}

const address = multiaddr('/ip4/127.0.0.1/tcp/1');

/** Its defaults are D 6, Dlo 4, Dhi 12, flood publishing, every message signed and every signature looked at. */
const stockSettings = { allowPublishToZeroTopicPeers: true, scoreParams: { IPColocationFactorWeight: 0 } };

const noLog = (): void => undefined;
const quiet = Object.assign(noLog, { error: noLog, trace: noLog, enabled: false, newScope: () => quiet });

/** As much of a stream as gossipsub touches. */
class LinkStream extends EventTarget {
  readonly protocol = '/meshsub/1.1.0';
  status = 'open';
  writeStatus = 'writable';
  maxWriteBufferLength = 0;
  readonly link: Link;
  readonly direction: 'inbound' | 'outbound';
  constructor(link: Link, direction: 'inbound' | 'outbound') {
    super();
    this.link = link;
    this.direction = direction;
  }
  send(data: Uint8Array | { subarray(): Uint8Array }): boolean {
    return this.link.send(data.subarray().slice()) === 'sent';
  }
  async close(): Promise<void> {
    this.status = 'closed';
  }
  abort(): void {
    this.status = 'closed';
  }
}

const createStream = (link: Link, direction: 'inbound' | 'outbound'): LinkStream => new LinkStream(link, direction);
