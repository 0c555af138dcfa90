/** One dial of theirs: answers each offer of it, and opens. */
import { beginPeerEnd } from './peer-end.ts';
import type { MakeConnection } from './peer-end.ts';
import type { PeerChannel } from './peer-channel.ts';
import type { Description, DialSignal } from './signal-bytes.ts';

export interface PeerVisit {
  readonly opened: Promise<boolean>;
  readonly channel: PeerChannel;
  take(signal: DialSignal): void;
  drop(): void;
}

export function beginPeerVisit(make: MakeConnection, offer: Description, say: (signal: DialSignal) => boolean): PeerVisit {
  let isAnswered = false;
  const end = beginPeerEnd(make, (candidate) => {
    if (isAnswered) say({ kind: 'more', candidates: [candidate] });
  });
  const answer = (): void => {
    if (end.channel.gone.aborted) return;
    isAnswered = true;
    say({ kind: 'answer', ...end.describe() });
  };
  end
    .answer(offer)
    .then(answer)
    .catch(() => end.drop());
  return {
    opened: end.channel.opened,
    channel: end.channel,
    take: (signal) => {
      if (signal.kind === 'end') return end.drop();
      if (signal.kind !== 'answer') end.add(signal.candidates);
      // They have not heard it, or not all.
      if (signal.kind === 'offer' && isAnswered) answer();
    },
    drop: end.drop,
  };
}
