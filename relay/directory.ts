/** This relay as a server of the directory: it has a place, meets other servers through its sisters, and answers them; pages ask at its desk. */
import type { AdmitServer } from '../src/adapters/libp2p/directory-host.ts';
import { nodeCryptoSuite } from '../src/adapters/node-crypto/suite.ts';
import { createDirectory } from '../src/dht/directory.ts';
import type { Directory } from '../src/dht/directory.ts';
import type { Clock } from '../src/ports/clock.ts';
import type { Entropy } from '../src/ports/entropy.ts';
import type { Log } from '../src/ports/log.ts';
import type { LinkEvents, Network } from '../src/ports/network.ts';
import { placeBits } from '../src/protocol/directory/contact.ts';
import { isOfAHouse } from '../src/protocol/house-address.ts';
import type { PeerId } from '../src/protocol/ids.ts';
import { limits } from '../src/protocol/limits.ts';
import { createDirectoryDesk } from './directory-desk.ts';
import type { DirectoryDesk } from './directory-desk.ts';
import { seekPlace } from './directory-place.ts';
import type { EffortShelf } from './directory-place.ts';
import { createDoorkeeper } from './doorkeeper.ts';
import type { DoorLimits } from './doorkeeper.ts';

export interface RelayDirectory {
  readonly desk: DirectoryDesk;
  /** A sister stands: by her the others are met. */
  stands(sister: PeerId, address: string): void;
  counts(): Record<string, number>;
  stop(): void;
}

export interface DirectorySettings {
  /** Multiaddr, without `/p2p/…`, at which any relay dials this one. */
  readonly address: string;
  readonly shelf: EffortShelf;
  /** What places cost here. Fewer make a directory of their own, for tests. */
  readonly bits?: number;
}

export interface RelayDirectoryWorld extends DirectorySettings {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
  readonly self: PeerId;
  open(admit: AdmitServer): Promise<{ readonly book: { listen(on: LinkEvents): void }; readonly open: Network['openRelay'] }>;
}

export function createRelayDirectory(world: RelayDirectoryWorld): RelayDirectory {
  const { clock, entropy, log, self, address, shelf, bits = placeBits } = world;
  const suite = nodeCryptoSuite;
  const keeper = createDoorkeeper(clock, serverLimits);
  const sisters = new Map<string, PeerId>();
  let directory: Directory | null = null;
  let isStopped = false;
  const desk = createDirectoryDesk({ clock, suite, directory: () => directory });

  /** Each waits for others for as long as it stays, so the oldest of the largest crowd goes for who comes from elsewhere. */
  const admit: AdmitServer = (from, drop) => {
    const admission = keeper.admit(from, drop);
    return admission.state === 'admitted' ? admission.visit.gone : null;
  };

  const begin = async (effort: Uint8Array): Promise<void> => {
    const { book, open } = await world.open(admit);
    if (isStopped) return;
    const standing = createDirectory({
      clock,
      entropy,
      suite,
      bits,
      self: { peer: self, address, effort },
      network: { openRelay: open },
      mayDial: mayDialFrom(address),
      onAwake: (isAwake) => {
        log(isAwake ? 'directory-awake' : 'directory-asleep', { servers: standing.counts().servers + 1 });
        desk.turned();
      },
    });
    directory = standing;
    book.listen({
      onOpen: () => undefined,
      onFrame: (link, bytes) => {
        const why = standing.frame(link, bytes);
        if (why === null) return;
        log('directory-frame-refused', { peer: link.peer, why });
        link.close();
      },
      onClose: standing.closed,
    });
    for (const [at, peer] of sisters) standing.knock({ peer, address: at });
  };

  const stopSeeking = seekPlace({ clock, entropy, log, suite, self, bits, shelf }, (effort) => {
    begin(effort).catch(() => log('directory-not-open'));
  });

  return {
    desk,
    stands: (sister, at) => {
      sisters.set(at, sister);
      directory?.knock({ peer: sister, address: at });
    },
    counts: () => ({
      awake: directory?.isAwake() === true ? 1 : 0,
      ...directory?.counts(),
      ...named('link', keeper.counts()),
      ...named('page', desk.counts()),
    }),
    stop: () => {
      isStopped = true;
      stopSeeking();
      directory?.close();
    },
  };
}

/** D5: where a relay of that address goes on a stranger's word. */
export const mayDialFrom =
  (own: string) =>
  (at: string): boolean =>
    isDoor.test(at) && at.length <= limits.relayHintBytes && (!isOfAHouse(at) || isOfAHouse(own));

/** Nobody here shakes hands a second time: all who stand are `halfOpen`. */
const serverLimits: DoorLimits = {
  sockets: 257,
  halfOpen: 256,
  socketsPerAddress: 16,
  socketsPerStreet: 32,
  halfOpenPerAddress: 16,
  opensPerSecondPerAddress: 1,
  opensBurstPerAddress: 64,
};

const isDoor = /^\/(?:ip4|ip6|dns|dns4|dns6)\/[^/\s]+\/tcp\/\d{1,5}\/(?:ws|wss|tls\/ws)$/;

const named = (prefix: string, counts: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).map(([name, value]) => [`${prefix}_${name}`, value]));
