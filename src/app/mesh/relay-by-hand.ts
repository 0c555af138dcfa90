/**
 * A link to a relay that this page may open no socket to: a person carries our offer to the relay's own page, and its answer back. One at
 * a time; it stays while the person is away, also in another tab or with this one frozen.
 */
import type { Core } from '../core.ts';
import type { Stop } from '../../ports/clock.ts';
import type { Link, Network, Offer } from '../../ports/network.ts';
import { linkBytes } from '../../protocol/contact/link-text.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import { pathWithOffer, relayAnswerPlace } from '../../protocol/relay-by-hand.ts';
import { codeLivesMs } from '../pairing/begun.ts';
import type { RelayOffered, RelayRefused } from '../view.ts';
import { pageOf, readRelayLink } from './relay-link.ts';

export interface RelayByHand {
  offer(link: string): Promise<RelayOffered>;
  take(text: string): Promise<RelayRefused | null>;
  stop(): void;
}

export function createRelayByHand(
  { clock, log }: Pick<Core, 'clock' | 'log'>,
  network: Network,
  adopt: (link: Link, address: string) => Promise<RelayRefused | null>,
): RelayByHand {
  let now: Begun | null = null;

  const stop = (): void => {
    const was = now;
    now = null;
    was?.stopExpiry();
    was?.ending.abort();
  };

  const accept = async (begun: Begun, offer: Offer, answer: Uint8Array): Promise<RelayRefused | null> => {
    const opened = await offer.accept(answer);
    if (opened.state === 'refused' && opened.why === 'bad-signal') return 'not-answer';
    if (now !== begun) {
      if (opened.state === 'open') opened.link.close();
      return 'stopped';
    }
    now = null;
    begun.stopExpiry();
    if (opened.state === 'open') return adopt(opened.link, begun.address);
    log('relay-by-hand-not-open', { why: opened.why });
    return 'not-linked';
  };

  return {
    offer: async (link) => {
      const [address] = readRelayLink(link) ?? [];
      const page = address === undefined ? null : pageOf(address);
      if (address === undefined || page === null) return { refused: 'unreadable' };
      stop();
      const ending = new AbortController();
      const begun: Begun = {
        address,
        ending,
        untilMs: clock.nowMs() + codeLivesMs,
        stopExpiry: clock.after(codeLivesMs, () => now === begun && stop()),
        offer: null,
        taking: null,
      };
      now = begun;
      begun.offer = await network.offer(ending.signal, 'relay').catch(() => null);
      if (now === begun && begun.offer === null) stop();
      if (now !== begun || begun.offer === null) return { refused: 'stopped' };
      return { page: page + pathWithOffer(begun.offer.bytes) };
    },
    take: async (text) => {
      const begun = now;
      const answer = linkBytes(relayAnswerPlace, text);
      // A frozen page's timers are late.
      if (begun !== null && clock.nowMs() > begun.untilMs) stop();
      if (now === null || begun === null || begun.offer === null) return 'expired';
      if (isRefusal(answer)) return 'not-answer';
      begun.taking ??= accept(begun, begun.offer, answer).finally(() => (begun.taking = null));
      return begun.taking;
    },
    stop,
  };
}

interface Begun {
  readonly address: string;
  readonly ending: AbortController;
  readonly untilMs: number;
  readonly stopExpiry: Stop;
  offer: Offer | null;
  taking: Promise<RelayRefused | null> | null;
}
