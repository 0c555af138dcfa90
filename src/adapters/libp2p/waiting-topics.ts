/** Topics joined before libp2p is there: they wait for it, and so does what is said in them, for a while. */
import type { Network, PublicTopic } from '../../ports/network.ts';

export interface WaitingTopics {
  readonly join: Network['join'];
  /** It is there: joins there what waits, and from now on at once. */
  joinAt(node: Pick<Network, 'join'>): void;
  close(): void;
}

const maxWaiting = 32;

/** `onWanted`: somebody joined, or spoke, and it is not there. */
export function createWaitingTopics(onWanted: () => void): WaitingTopics {
  const pending = new Set<(node: Pick<Network, 'join'>) => void>();
  let there: Pick<Network, 'join'> | null = null;
  let isClosed = false;

  const join: Network['join'] = (topic, onBytes, mayGoOn) => {
    let joined: PublicTopic | null = null;
    let isLeft = false;
    const waiting: Uint8Array[] = [];
    const begin = (node: Pick<Network, 'join'>): void => {
      joined = node.join(topic, onBytes, mayGoOn);
      for (const bytes of waiting.splice(0)) joined.publish(bytes);
    };
    if (there !== null) begin(there);
    else if (!isClosed) {
      pending.add(begin);
      onWanted();
    }
    return {
      publish: (bytes) => {
        if (joined !== null) return joined.publish(bytes);
        if (isLeft || isClosed) return;
        if (waiting.length === maxWaiting) waiting.shift();
        waiting.push(bytes.slice());
        onWanted();
      },
      leave: () => {
        isLeft = true;
        pending.delete(begin);
        waiting.length = 0;
        joined?.leave();
      },
    };
  };

  return {
    join,
    joinAt: (node) => {
      there = node;
      for (const begin of [...pending]) begin(node);
      pending.clear();
    },
    close: () => {
      isClosed = true;
      pending.clear();
    },
  };
}
