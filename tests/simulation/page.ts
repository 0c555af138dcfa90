/** The real app and the real relay in a memory world: what a device runs, started, crashed and started again. */
import { createAccess } from '../../relay/access.ts';
import type { AccessShelf } from '../../relay/access.ts';
import { createDesks } from '../../relay/desks.ts';
import type { Desks } from '../../relay/desks.ts';
import { createRelayDirectory } from '../../relay/directory.ts';
import type { RelayDirectory } from '../../relay/directory.ts';
import { createOwner } from '../../relay/owner.ts';
import type { Owner, OwnerShelf } from '../../relay/owner.ts';
import { createSquare } from '../../relay/square.ts';
import { nodeCryptoSuite } from '../../src/adapters/node-crypto/suite.ts';
import type { Life, WorldNode } from '../../src/adapters/memory/node.ts';
import type { World } from '../../src/adapters/memory/world.ts';
import type { App } from '../../src/app/app.ts';
import { createHere } from '../../src/app/here/here.ts';
import { openMembersWith } from '../../src/app/members/open.ts';
import type { OpenMembers } from '../../src/app/members/open.ts';
import { openPairingWith } from '../../src/app/pairing/open.ts';
import { startApp } from '../../src/app/start.ts';
import type { Link, LinkEvents, Network } from '../../src/ports/network.ts';
import type { OpenedStorage } from '../../src/ports/storage.ts';
import { toBase64url } from '../../src/protocol/bytes.ts';
import type { PeerId, RoomId } from '../../src/protocol/ids.ts';
import { deriveRoomKeys } from '../../src/protocol/room-keys.ts';
import type { Suite } from '../../src/protocol/suite/suite.ts';

export interface Page {
  readonly node: WorldNode;
  /** The life that runs now; null while the device is down. */
  running(): Running | null;
  /** Starts the app and lets it show these rooms before anything can arrive. */
  start(rooms: readonly RoomId[]): Promise<Running>;
  crash(how: 'killed' | 'power-cut'): void;
}

export interface Running {
  readonly app: App;
  readonly life: Life;
}

export interface Relay {
  readonly node: WorldNode;
  /** Of its Square, while it runs. */
  owner(): Owner | null;
  start(): void;
  crash(how: 'killed' | 'power-cut'): void;
  /** Of the life that runs now. */
  counts(): Record<string, number>;
  /** Of the life that runs now, where it is a server. */
  directory(): Server | null;
}

export interface Server extends RelayDirectory {
  readonly self: PeerId;
}

export interface RelayOptions {
  readonly address: string;
  /** Its Square, and whose that is between two starts. */
  readonly square?: { readonly secret: Uint8Array; readonly shelf: OwnerShelf };
  /** Addresses of those it forms one mesh with. */
  readonly sisters?: readonly string[];
  readonly maxPages?: number;
  /** It keeps no Square, and is for members. */
  readonly access?: AccessShelf;
  /** It is a server of the directory, and has no sisters. */
  readonly isServer?: boolean;
}

/** What stands between the app and its world, for tests that watch or break it. */
export interface PageOptions {
  readonly suite?: Suite;
  /** For who looks into the vault. */
  readonly openMembers?: OpenMembers;
  storage?(opened: OpenedStorage): OpenedStorage;
  network?(network: Network): Network;
}

export const createPage = (
  world: World,
  name: string,
  home: string,
  onStart: (app: App) => void,
  options: PageOptions = {},
): Page => {
  const node = world.node(name, { home });
  let now: Running | null = null;
  return {
    node,
    running: () => now,
    start: async (rooms) => {
      const life = node.start();
      const { promise: network, resolve: attach } = Promise.withResolvers<Network>();
      const { clock, entropy, log, readCard } = life;
      const app = await startApp({
        clock,
        entropy,
        log,
        loadMembers: async () => options.openMembers ?? openMembersWith(options.suite ?? nodeCryptoSuite),
        loadHere: async () => createHere,
        loadPairing: async () => openPairingWith(options.suite ?? nodeCryptoSuite),
        readCard,
        network,
        storage: life.openStorage().then((opened) => options.storage?.(opened) ?? opened),
      });
      now = { app, life };
      onStart(app);
      for (const room of rooms) await app.show(room);
      attach(options.network?.(life.network()) ?? life.network());
      return now;
    },
    crash: (how) => {
      now = null;
      node.crash(how);
    },
  };
};

/** A relay as `relay/` runs it, without its sockets and files. */
export const createRelay = (
  world: World,
  name: string,
  { address, square, access, sisters = [], maxPages = 4_096, isServer = false }: RelayOptions,
): Relay => {
  const keys = square === undefined ? null : deriveRoomKeys(square.secret);
  const topic = keys && `wavu/square/1/${keys.id}`;
  const told = keys && { topic, openSecret: toBase64url(keys.secret) };
  const forMembers = keys && access && { realm: keys.id, owner: '' };
  const card = {
    ...{ version: 1, build: 'simulation', relay: { peerId: cardPeerId, addresses: [address] }, sisters },
    ...(forMembers ? { access: forMembers } : { square: told }),
  };
  let owner: Owner | null = null;
  const node = world.node(name, { role: 'relay', address, card });
  let running: Desks | null = null;
  let directory: Server | null = null;
  return {
    directory: () => directory,
    node,
    owner: () => owner,
    start: () => {
      const life = node.start();
      const network = life.network();
      owner = keys && square ? createOwner(keys.id, network.self, life.entropy, square.shelf) : null;
      const kept = keys && owner && createSquare(keys, owner, life.clock);
      const links = createLinksOfServers(network);
      const { openRelay } = network;
      const server = { ...life, self: network.self, address, bits: 4, shelf: { kept: null, keep: () => null } };
      const open = async () => ({ book: links, open: openRelay });
      directory = isServer ? { ...createRelayDirectory({ ...server, open }), self: network.self } : null;
      running = createDesks({
        ...life,
        directory: directory?.desk ?? null,
        maxPages,
        square: kept,
        access: access && owner ? createAccess(network.self, owner, life.clock, access) : null,
        self: network.self,
        addresses: sisters,
        dial: network.openRelay,
      });
      if (!access && topic !== null && kept !== null) network.join(topic, () => undefined, kept.mayGoOn);
      network.listen(isServer ? links.without(running.on) : running.on);
    },
    crash: (how) => {
      directory = null;
      running = null;
      node.crash(how);
    },
    counts: () => running?.counts() ?? {},
  };
};

/** In this world two relays have one kind of link: here it is the directory's. */
function createLinksOfServers(network: Network): {
  listen(on: LinkEvents): void;
  without(on: LinkEvents): LinkEvents;
} {
  const only = (isIt: (link: Link) => boolean, on: LinkEvents): LinkEvents => ({
    onOpen: (link) => isIt(link) && on.onOpen(link),
    onFrame: (link, bytes) => isIt(link) && on.onFrame(link, bytes),
    onClose: (link, why) => isIt(link) && on.onClose(link, why),
  });
  return {
    listen: (on) => void network.listen(only(({ end }) => end === 'relay', on)),
    without: (on) => only(({ end }) => end !== 'relay', on),
  };
}

/** The card wants libp2p's spelling; nothing in this world reads it. */
const cardPeerId = '12D3KooWsimu1ationsimu1ationsimu1ationsimu1ation';
