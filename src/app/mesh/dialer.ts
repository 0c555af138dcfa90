/** Turns met peers into direct links: the newcomer dials, the other waits a little, failures wait longer. */
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Network } from '../../ports/network.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { Peer, Peers } from './peers.ts';

export interface Dialer {
  /** `first`: we came later, so we begin. */
  want(peer: Peer, first: boolean): void;
  /** Its direct link broke. `first`: it was ours, so we begin again, unless the relay says meanwhile that it is gone. */
  lost(peer: Peer, first: boolean): void;
  close(): void;
}

export function createDialer(ports: { readonly clock: Clock; readonly log: Log }, network: Network, peers: Peers): Dialer {
  const dialing = new Map<PeerId, AbortController>();
  let isClosed = false;

  const dial = async (peer: Peer, failures: number): Promise<void> => {
    // The peer may have gone, or dialled us, or be somebody else's turn by now.
    if (isClosed || peers.get(peer.id) !== peer || peer.direct !== null || peer.relay === null) return;
    if (dialing.has(peer.id) || directCount(peers) >= mostDirect) return;
    const attempt = new AbortController();
    dialing.set(peer.id, attempt);
    const stop = ports.clock.after(attemptMs, () => attempt.abort());
    const opened = await network.openPeer(peer.id, peer.relay, attempt.signal);
    stop();
    dialing.delete(peer.id);
    if (opened.state === 'open' || isClosed) return;
    ports.log('peer-not-open', { why: opened.why, failures: failures + 1 });
    if (failures + 1 < mostFailures) {
      ports.clock.after(retryMs * 3 ** failures, () => void dial(peer, failures + 1));
    }
  };

  return {
    want: (peer, first) => {
      if (first) void dial(peer, 0);
      else ports.clock.after(politeMs, () => void dial(peer, 0));
    },
    lost: (peer, first) => void ports.clock.after(first ? retryMs : retryMs + politeMs, () => void dial(peer, 0)),
    close: () => {
      isClosed = true;
      for (const attempt of dialing.values()) attempt.abort();
    },
  };
}

const directCount = (peers: Peers): number => [...peers.all()].filter((peer) => peer.direct !== null).length;

/** MESH.md: the most links of a phone. Whoever is beyond them is reached through the relay. */
const mostDirect = 12;
const attemptMs = 10_000;
const politeMs = 4_000;
const retryMs = 3_000;
const mostFailures = 5;
