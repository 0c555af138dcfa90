/** Turns met peers into direct links: the newcomer dials, the other waits a little, failures wait longer. */
import type { Clock, Stop } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Carry, Network } from '../../ports/network.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { encodeFrame } from '../../protocol/frame.ts';
import { routeOf, sendThrough } from './peers.ts';
import type { Peer, Peers } from './peers.ts';
import type { Resting } from './resting.ts';

export interface Dialer {
  /** `first`: we came later, so we begin. */
  want(peer: Peer, first: boolean): void;
  /** Its direct link broke. `first`: it was ours, so we begin again, unless we hear meanwhile that it is gone. */
  lost(peer: Peer, first: boolean): void;
  close(): void;
}

export function createDialer(
  ports: { readonly clock: Clock; readonly log: Log },
  network: Network,
  peers: Peers,
  resting: Pick<Resting, 'closeTo'>,
): Dialer {
  const dialing = new Map<PeerId, AbortController>();
  /** The next dial of each peer; a newer plan takes the place of an older one. */
  const planned = new Map<PeerId, Stop>();
  let isClosed = false;

  const plan = (peer: Peer, afterMs: number, failures: number): void => {
    planned.get(peer.id)?.();
    const stop = ports.clock.after(afterMs, () => {
      planned.delete(peer.id);
      void dial(peer, failures);
    });
    planned.set(peer.id, stop);
  };

  /** A stranger gets one of those that serve the mesh; whoever shares a room may take a stranger's. */
  const hasSlot = (peer: Peer): boolean => {
    const direct = [...peers.all()].filter((each) => each.direct !== null);
    if (peer.rooms.size === 0) return direct.length < meshLinks;
    if (direct.length < mostDirect) return true;
    const stranger = direct.find(({ rooms }) => rooms.size === 0);
    stranger?.direct?.close();
    return stranger !== undefined;
  };

  const dial = async (peer: Peer, failures: number): Promise<void> => {
    // The peer may have gone, or dialled us, or be somebody else's turn by now.
    if (isClosed || peers.get(peer.id) !== peer || peer.direct !== null || routeOf(peer) === null) return;
    if (dialing.has(peer.id) || !hasSlot(peer)) return;
    // Whoever introduces may name many who do not exist.
    if (dialing.size >= mostDialing) return plan(peer, retryMs, failures);
    resting.closeTo(peer.id);
    const attempt = new AbortController();
    dialing.set(peer.id, attempt);
    const stop = ports.clock.after(attemptMs, () => attempt.abort());
    const opened = await network.openPeer(peer.id, carryTo(peer), attempt.signal);
    stop();
    dialing.delete(peer.id);
    if (opened.state === 'open' || isClosed) return;
    ports.log('peer-not-open', { why: opened.why, failures: failures + 1 });
    if (failures + 1 < mostFailures) plan(peer, retryMs * 3 ** failures, failures + 1);
  };

  return {
    want: (peer, first) => {
      plan(peer, first ? promptMs : politeMs, 0);
    },
    lost: (peer, first) => plan(peer, first ? retryMs : retryMs + politeMs, 0),
    close: () => {
      isClosed = true;
      for (const stop of planned.values()) stop();
      for (const attempt of dialing.values()) attempt.abort();
    },
  };
}

/** By the way on which they were met. */
export const carryTo =
  (peer: Peer): Carry =>
  (bytes) =>
    sendThrough(peer, encodeFrame({ kind: 'signal', bytes })) === 'sent';

/** MESH.md: the most links of a phone. Whoever is beyond them is reached through others. */
const mostDirect = 12;
/** Up to so many are opened to strangers, who carry for each other when the relay is gone. */
const meshLinks = 6;
const mostDialing = 6;
const attemptMs = 10_000;
/** What waits to be said goes first, by the way there is: a dial keeps a phone busy. */
const promptMs = 40;
const politeMs = 4_000;
const retryMs = 3_000;
const mostFailures = 5;
