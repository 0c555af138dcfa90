/** A relay without its shop window: sockets in, introductions out. The HTTP side hands it the upgrades. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { openRelayHost } from '../src/adapters/libp2p/relay-host.ts';
import { thinProtocol } from '../src/adapters/libp2p/thin-bytes.ts';
import type { Clock } from '../src/ports/clock.ts';
import type { Entropy } from '../src/ports/entropy.ts';
import type { Log } from '../src/ports/log.ts';
import { createDesks } from './desks.ts';
import { createRelayDirectory } from './directory.ts';
import type { DirectorySettings } from './directory.ts';
import type { DirectCertificate } from './direct-certificate.ts';
import type { Access } from './access.ts';
import { createDoorkeeper, directLimits, doorLimits, handLimits } from './doorkeeper.ts';
import type { DoorLimits, DoorRefusal, Visit } from './doorkeeper.ts';
import { named } from './named-counts.ts';
import type { Square } from './square.ts';
import { outward } from './outward.ts';
import { freeUdpPort } from './udp-port.ts';

export interface RelayNodeSettings {
  /** Ed25519 seed, 32 bytes: the relay's name across restarts. */
  readonly identityKey: Uint8Array;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
  /** Multiaddrs we are known under, without `/p2p/…`, such as `/dns4/wavu.example/tcp/443/tls/ws`. */
  readonly publicAddresses?: readonly string[];
  /** Public topics forwarded here (the Square's). Others are not heard. */
  readonly topics?: readonly string[];
  readonly square?: Square | null;
  /** Null: everybody may come in. */
  readonly access?: Access | null;
  /** Also listens for webrtc-direct. */
  readonly direct?: DirectDoor;
  /** Multiaddrs, without `/p2p/…`, of relays whose pages ours shall meet. They must name us as well. */
  readonly sisters?: readonly string[];
  /** Null: this relay is no server of the directory. */
  readonly directory?: DirectorySettings | null;
  readonly limits?: Partial<DoorLimits>;
  /** A socket that has not shaken hands by then is closed. */
  readonly handshakeMs?: number;
}

export interface DirectDoor {
  /** IPv4; 0.0.0.0 for every one. */
  readonly host: string;
  /** UDP; 0: any free one. */
  readonly port: number;
  readonly certificate: DirectCertificate;
}

export interface RelayNode {
  readonly peerId: string;
  addresses(): string[];
  /** Of sisters that stand. */
  sisters(): readonly string[];
  /** Takes a WebSocket upgrade off the HTTP server; answers it in every case. */
  acceptUpgrade(request: IncomingMessage, socket: Duplex, head: Uint8Array): void;
  /** A page's offer, carried here by hand by somebody of that address; `at`: where that page reaches us. */
  answerOffer(offer: Uint8Array, at: readonly string[], address: string): Uint8Array | OfferRefusal;
  counts(): Record<string, number>;
  close(): Promise<void>;
}
/** `off`: there is no second door. */
export type OfferRefusal = 'off' | 'bad-signal' | DoorRefusal;

/** No libp2p message is longer than a Noise frame and its length. */
const socketMessageBytes = 131_072;
const refuseMs = 1_000;
/** As long as a code of a pairing lives. */
const offerLivesMs = 600_000;

export async function startRelayNode(settings: RelayNodeSettings): Promise<RelayNode> {
  const { clock, log, handshakeMs = 5_000, direct = null, square = null, access = null } = settings;
  const limits: DoorLimits = { ...doorLimits, ...settings.limits };
  const maxPages = limits.sockets + (direct === null ? 0 : directLimits.sockets + handLimits.sockets);
  const door = createDoorkeeper(clock, limits);
  // By itself: senders of UDP lie about their address, and a crowd there must not shut the first door.
  const secondDoor = createDoorkeeper(clock, directLimits);
  // And by itself again: who asks for an answer may never come for it.
  const thirdDoor = createDoorkeeper(clock, handLimits);
  const byHand = new Map<string, Visit>();
  let isClosed = false;
  const counted = new Map<string, number>();
  const count = (name: string): void => void counted.set(name, (counted.get(name) ?? 0) + 1);

  const host = await openRelayHost({
    identityKey: settings.identityKey,
    publicAddresses: settings.publicAddresses ?? [],
    direct: direct && {
      ...direct,
      handPort: await freeUdpPort(direct.host, direct.port === 0 ? 0 : direct.port + 1),
      // Nobody is made to go for another there: each knock is a native connection, and a flood of them would be one of those.
      admit: (address) => {
        const admission = secondDoor.admit(address);
        return admission.state === 'admitted' ? admission.visit : null;
      },
    },
    topics: settings.topics ?? [],
    mayGoOn: (bytes, from) => square === null || square.mayGoOn(bytes, from),
    mayConnect: access === null,
    maxPages,
    handshakeMs,
    log,
  });
  const directory =
    settings.directory &&
    createRelayDirectory({
      ...settings,
      ...settings.directory,
      self: host.self,
      open: async (admit) => {
        const { book, open } = await host.openDirectory(admit);
        return { book, open: outward(open, settings.directory?.address ?? '', settings.sisters ?? []) };
      },
    });
  const desks = createDesks({
    clock,
    entropy: settings.entropy,
    log,
    maxPages,
    square,
    access,
    self: host.self,
    addresses: settings.sisters ?? [],
    dial: host.openSister,
    directory: directory?.desk ?? null,
    ...(directory && { onStand: directory.stands }),
  });
  host.book.listen({
    ...desks.on,
    onClose: (link, why) => {
      if (why === 'bad-frame') count('bad_frame');
      byHand.get(link.id)?.gone();
      byHand.delete(link.id);
      desks.on.onClose(link, why);
    },
  });

  const answerOffer: RelayNode['answerOffer'] = (offer, at, address) => {
    if (host.hand === null || isClosed) return 'off';
    // The page that shows it was opened anew.
    const standing = host.hand.standing(offer);
    if (standing !== null) return standing;
    const ending = new AbortController();
    const admission = thirdDoor.admit(address, () => ending.abort());
    if (admission.state === 'refused') return admission.why;
    const { visit } = admission;
    const answer = host.hand.answer(offer, at, ending.signal);
    if (answer.state === 'refused') {
      visit.gone();
      return 'bad-signal';
    }
    const stop = clock.after(offerLivesMs, () => ending.abort());
    void answer.opened.then((opened) => {
      stop();
      if (opened.state === 'refused' || opened.link.state() === 'closed') return visit.gone();
      visit.shaken();
      byHand.set(opened.link.id, visit);
    });
    return answer.bytes;
  };

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: socketMessageBytes,
    perMessageDeflate: false,
    skipUTF8Validation: true,
    clientTracking: false,
    // Who offers something else is answered without any, and is taken for libp2p.
    handleProtocols: (offered) => offered.has(thinProtocol) && thinProtocol,
  });
  sockets.on('wsClientError', (_error, socket) => {
    count('refused_bad-upgrade');
    refuseUpgrade(socket, '400 Bad Request', 'bad-upgrade');
  });

  return {
    peerId: host.peerId,
    addresses: host.addresses,
    sisters: desks.sisters,
    answerOffer,
    acceptUpgrade: (request, socket, head) => {
      socket.on('error', () => {});
      const { remoteAddress: address = '0.0.0.0', remotePort: port = 0 } = request.socket;
      const admission = isClosed ? ({ state: 'refused', why: 'full' } as const) : door.admit(address, () => socket.destroy());
      if (admission.state === 'refused') {
        refuseUpgrade(socket, '503 Service Unavailable', admission.why);
        return;
      }
      const { visit } = admission;
      socket.on('close', visit.gone);
      if (socket.destroyed) visit.gone();
      sockets.handleUpgrade(request, socket, Buffer.from(head), (accepted) => {
        void host.acceptSocket(accepted, { address, port }, socket).then((outcome) => {
          visit.shaken();
          count(`handshake_${outcome}`);
        });
      });
    },
    counts: () => ({
      ...host.counts(),
      ...named('socket', door.counts()),
      ...(direct === null ? {} : named('direct', secondDoor.counts())),
      ...(host.hand === null ? {} : named('hand', { ...thirdDoor.counts(), ...host.hand.counts() })),
      ...named('meet', desks.counts()),
      ...(directory ? named('directory', directory.counts()) : {}),
      ...Object.fromEntries(counted),
    }),
    close: async () => {
      isClosed = true;
      desks.stop();
      directory?.stop();
      await host.close();
      sockets.close();
    },
  };
}

/** Says why in a header, for whoever looks, and does not wait for slow readers. */
function refuseUpgrade(socket: Duplex, status: string, why: string): void {
  const head = `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\nRetry-After: 5\r\nX-Wavu-Refused: ${why}\r\n\r\n`;
  if (socket.writable) socket.end(head);
  setTimeout(() => socket.destroy(), refuseMs).unref();
}
