/** One dial of ours: says its offer until the channel opens, and candidates as they are found. */
import { beginPeerEnd } from './peer-end.ts';
import type { MakeConnection } from './peer-end.ts';
import type { PeerChannel } from './peer-channel.ts';
import type { DialSignal } from './signal-bytes.ts';
import { pause } from './waiting.ts';

export interface PeerOffer {
  readonly ended: Promise<OfferEnd>;
  readonly channel: PeerChannel;
  take(signal: DialSignal): void;
  /** They are there just now: says it again at once. */
  hurry(): void;
  drop(): void;
}

/** `unheard`: there was no way all the time. `failed`: worth another try. */
export type OfferEnd = 'open' | 'refused' | 'unheard' | 'failed';

/** Ways lose things, also what was trickled: an offer that is said again has all of it, and so has the answer to it. */
const again = { firstMs: 400, times: 1.5, noWayMs: 120, giveUpMs: 2_000 } as const;

/** `say` answers whether something carried it. */
export function beginPeerOffer(make: MakeConnection, say: (signal: DialSignal) => boolean): PeerOffer {
  const over = Promise.withResolvers<OfferEnd>();
  let isSaid = false;
  let isAnswered = false;
  let wait = new AbortController();
  const end = beginPeerEnd(make, (candidate) => {
    if (isSaid) say({ kind: 'more', candidates: [candidate] });
  });
  const { channel } = end;
  const finish = (how: OfferEnd): void => {
    over.resolve(how);
    if (how !== 'open') end.drop();
    wait.abort();
  };
  let isOver = false;
  void over.promise.then(() => (isOver = true));
  void channel.opened.then((isOpen) => finish(isOpen ? 'open' : 'failed'));

  const run = async (): Promise<void> => {
    await end.offer();
    const beganMs = performance.now();
    for (let waitMs: number = again.firstMs; !isOver && !channel.gone.aborted;) {
      const isCarried = say({ kind: 'offer', ...end.describe() });
      isSaid ||= isCarried;
      if (!isSaid && performance.now() - beganMs > again.giveUpMs) return finish('unheard');
      wait = new AbortController();
      await pause((isCarried ? waitMs : again.noWayMs) * (0.75 + Math.random() / 2), wait.signal);
      if (isCarried) waitMs *= again.times;
    }
  };
  run().catch(() => finish('failed'));

  return {
    ended: over.promise,
    channel,
    take: (signal) => {
      if (signal.kind === 'end') return finish(isAnswered ? 'failed' : 'refused');
      if (signal.kind === 'offer') return;
      if (signal.kind === 'more' || isAnswered) return end.add(signal.candidates);
      isAnswered = true;
      end.accept(signal).catch(() => finish('failed'));
    },
    hurry: () => {
      if (!isAnswered) wait.abort();
    },
    drop: () => finish('failed'),
  };
}
