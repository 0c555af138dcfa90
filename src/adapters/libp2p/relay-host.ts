/** The network side of a relay: takes sockets, thin or libp2p's, answers `/wavu/meet/1`, opens and answers `/wavu/sister/1`, forwards public topics. Node only. */
import { multiaddr } from '@multiformats/multiaddr';
import { WebRTCDirect } from '@multiformats/multiaddr-matcher';
import type { WebSocket } from 'ws';
import type { PeerId } from '../../protocol/ids.ts';
import type { Log } from '../../ports/log.ts';
import type { Link, MayGoOn } from '../../ports/network.ts';
import { wrapAcceptedSocket } from './accepted-socket.ts';
import type { DirectHost } from './direct-host.ts';
import { openDirectoryHost } from './directory-host.ts';
import type { AdmitServer, DirectoryHost } from './directory-host.ts';
import type { HandHost } from './hand-host.ts';
import { createLinkBook } from './links.ts';
import type { LinkBook } from './links.ts';
import { meetProtocol, sisterProtocol } from './meet-protocol.ts';
import { toPeerId } from './peer-ids.ts';
import { createRelayDoors } from './relay-door.ts';
import type { RelayDoors } from './relay-door.ts';
import { createRelayLibp2p } from './relay-libp2p.ts';
import { abortConnection, closeConnection, wireOfStream } from './stream-wire.ts';
import { libp2pNameOfKey, peerIdOfKey, thinProtocol } from './thin-bytes.ts';
import { wrapPipe } from './thin-connection.ts';
import { welcomeThinGuest } from './thin-host.ts';
import type { Holding, ThinGuest } from './thin-host.ts';
import { createTopics } from './topics.ts';
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
  /** What of their messages; left out: all. */
  readonly mayGoOn?: MayGoOn;
  /** Whether a thin guest may begin a libp2p connection, which is for public topics alone. */
  readonly mayConnect: boolean;
  readonly maxPages: number;
  readonly handshakeMs: number;
  readonly log: Log;
}

export interface RelayHost {
  /** libp2p's own spelling, as it stands in multiaddrs. */
  readonly peerId: string;
  readonly self: PeerId;
  readonly book: LinkBook;
  /** Opens `/wavu/sister/1` at another relay. */
  readonly openSister: RelayDoors['open'];
  /** Answers and opens `/wavu/directory/1`, from now on. */
  openDirectory(admit: AdmitServer): Promise<DirectoryHost>;
  addresses(): string[];
  acceptSocket(socket: WebSocket, from: SocketOrigin, stream: Holding): Promise<'upgraded' | 'failed' | 'junk'>;
  /** Links begun by hand; null where there is no webrtc-direct either. */
  readonly hand: HandHost | null;
  counts(): Record<string, number>;
  close(): Promise<void>;
}
export interface SocketOrigin {
  readonly address: string;
  readonly port: number;
}

/** A connection that opens no `/wavu/meet/1` in this time is not a page. */
const unusedMs = 15_000;
const connectionsPerGuest = 8;

export async function openRelayHost(settings: RelayHostSettings): Promise<RelayHost> {
  const { node, key, upgrader, logger } = await createRelayLibp2p(settings);
  const { pubsub } = node.services;
  const book = createLinkBook(settings.log);
  const closing = new AbortController();
  const counted = new Map<string, number>();
  const topics = createTopics(node, pubsub, null, settings.log);
  for (const topic of settings.topics) topics.join(topic, () => {}, settings.mayGoOn);

  const answer = async (protocol: string, end: Link['end']): Promise<void> =>
    node.handle(
      protocol,
      (stream, connection) => {
        const path = WebRTCDirect.matches(connection.remoteAddr) ? 'webrtc' : 'socket';
        const wire = wireOfStream(stream, connection);
        book.add({ wire, peer: toPeerId(connection.remotePeer), end, opener: 'them', path });
      },
      { maxInboundStreams: 2 },
    );
  await answer(meetProtocol, 'peer');
  await answer(sisterProtocol, 'relay');
  const dialling = { transports: node, upgrader, logger, log: settings.log };
  const doors = createRelayDoors(node, { ...dialling, book, protocol: sisterProtocol });
  let directory: DirectoryHost | null = null;
  node.addEventListener('connection:open', ({ detail: connection }) => {
    const timer = setTimeout(() => {
      // A thin guest's frames go beside its connection.
      if (directory?.book.carries(connection) === true) return;
      if (!book.carries(connection) && book.linkTo(toPeerId(connection.remotePeer)) === null) void closeConnection(connection);
    }, unusedMs);
    timer.unref();
    connection.addEventListener('close', () => clearTimeout(timer));
  });
  // Pages have a new name each start: without this, names gather.
  node.addEventListener('peer:disconnect', ({ detail: peer }) => void node.peerStore.delete(peer));

  // Native, as the second door is: loaded only with it.
  const hand =
    settings.direct &&
    (await import('./hand-host.ts')).openHandHost({
      key: { seed: settings.identityKey, publicKey: key.publicKey.raw },
      direct: settings.direct,
      book,
      log: settings.log,
    });

  const acceptLibp2p = async (socket: WebSocket, from: SocketOrigin): ReturnType<RelayHost['acceptSocket']> => {
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
  };

  const acceptThin: RelayHost['acceptSocket'] = async (socket, from, stream) => {
    let begun = 0;
    const onBegin = ({ pageKey, channels }: ThinGuest): void => {
      if (!settings.mayConnect) {
        // Nobody took it: the channel ends it.
        return count('thin_connection_refused');
      }
      begun += 1;
      // Each costs a Noise handshake; a page begins one, and again when that broke.
      if (begun > connectionsPerGuest) return channels.wire.abort('too many connections');
      const remoteAddr = toMultiaddr(from).encapsulate(`/p2p/${libp2pNameOfKey(pageKey)}`);
      const log = logger.forComponent('wavu:thin-connection');
      const wrapped = wrapPipe({ pipe: channels.pipe, remoteAddr, direction: 'inbound', log });
      upgrader.upgradeInbound(wrapped, { signal: AbortSignal.any([closing.signal, channels.gone]) }).catch((error: unknown) => {
        settings.log('handshake-failed', { why: nameOf(error) });
        count('thin_connection_failed');
        wrapped.abort(error instanceof Error ? error : new Error('handshake'));
      });
    };
    const { handshakeMs } = settings;
    const guest = await welcomeThinGuest({ socket, stream, key, handshakeMs, signal: closing.signal, onBegin });
    if (typeof guest === 'string') {
      settings.log('handshake-failed', { why: guest });
      count(`thin_refused_${guest}`);
      return guest === 'text' ? 'junk' : 'failed';
    }
    const { pageKey, channels } = guest;
    book.add({ wire: channels.wire, peer: peerIdOfKey(pageKey), end: 'peer', opener: 'them', path: 'socket' });
    return 'upgraded';
  };
  const count = (name: string): void => void counted.set(name, (counted.get(name) ?? 0) + 1);

  return {
    peerId: node.peerId.toString(),
    self: toPeerId(node.peerId),
    book,
    openSister: doors.open,
    openDirectory: async (admit) => (directory = await openDirectoryHost(node, dialling, admit)),
    addresses: () => {
      const known = [...settings.publicAddresses.map((each) => multiaddr(each)), ...node.getMultiaddrs()];
      const suffix = `/p2p/${node.peerId.toString()}`;
      return [
        ...new Set(known.map((each) => (each.toString().endsWith(suffix) ? each.toString() : `${each.toString()}${suffix}`))),
      ];
    },
    acceptSocket: async (socket, from, stream) =>
      socket.protocol === thinProtocol ? acceptThin(socket, from, stream) : acceptLibp2p(socket, from),
    hand,
    counts: () => ({
      connections: node.getConnections().length,
      gossip_peers: pubsub.getPeers().length,
      ...Object.fromEntries(counted),
    }),
    close: async () => {
      closing.abort();
      hand?.close();
      topics.close();
      book.abortAll();
      directory?.book.abortAll();
      for (const connection of node.getConnections()) abortConnection(connection, 'the relay stops');
      await node.stop();
    },
  };
}

function toMultiaddr({ address, port }: SocketOrigin): ReturnType<typeof multiaddr> {
  const plain = address.startsWith('::ffff:') ? address.slice(7) : (address.split('%')[0] ?? address);
  return multiaddr(`/${plain.includes(':') ? 'ip6' : 'ip4'}/${plain}/tcp/${port}/ws`);
}
