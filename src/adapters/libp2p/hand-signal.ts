/**
 * Links begun by hand: an offer and an answer, carried by a QR or a paste, complete and open to read.
 * Nobody sealed them, so each end proves the name it gave, about both of them, as soon as the channel is open.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, isEqual } from '../../protocol/bytes.ts';
import type { Log } from '../../ports/log.ts';
import type { Link, Network, Opened, OpenRefused } from '../../ports/network.ts';
import { handConnectMs, proveHand, readHand } from './hand-proof.ts';
import type { HandFar } from './hand-proof.ts';
import type { LinkBook } from './links.ts';
import { beginPeerEnd } from './peer-end.ts';
import type { MakeConnection, PeerEnd } from './peer-end.ts';
import type { PeerLinks } from './peer-links.ts';
import { answeredBytes, encodeHandSignal } from './signal-bytes.ts';
import type { HandSignal } from './signal-bytes.ts';
import type { PageKey } from './thin-page.ts';
import { nameOf, orWhenAborted } from './waiting.ts';

export interface HandSignalInit {
  readonly key: PageKey;
  readonly book: Pick<LinkBook, 'add'>;
  readonly links: Pick<PeerLinks, 'add'>;
  readonly make: MakeConnection;
  readonly closing: AbortSignal;
  readonly log: Log;
}

export function createHandSignal({ key, book, links, make, closing, log }: HandSignalInit): Pick<Network, 'offer' | 'answer'> {
  const link = async (
    end: PeerEnd,
    far: HandFar,
    about: Uint8Array,
    opener: Link['opener'],
    whole: AbortSignal,
  ): Promise<Opened> => {
    const { channel } = end;
    await proveHand(end, far, about, whole);
    if (far.signal.answerer === 'peer' || opener === 'them') return { state: 'open', link: links.add(far.peer, channel, opener) };
    return { state: 'open', link: book.add({ wire: channel.wire, peer: far.peer, end: 'relay', opener, path: 'webrtc' }) };
  };

  const refuseFor = (end: PeerEnd, signal: AbortSignal, error: unknown): OpenRefused => {
    end.drop();
    log('hand-signal-failed', { why: nameOf(error) });
    return refused(closing.aborted ? 'closed' : signal.aborted ? 'aborted' : 'unreachable');
  };

  const describe = async (end: PeerEnd, parts: Pick<HandSignal, 'kind' | 'answerer' | 'to'>): Promise<Uint8Array> => {
    await end.gathered();
    return encodeHandSignal({ ...parts, key: key.publicKey, ...end.describe() });
  };

  return {
    offer: async (asked, answerer = 'peer') => {
      const signal = AbortSignal.any([asked, closing]);
      signal.throwIfAborted();
      const end = beginPeerEnd(make, () => undefined);
      const release = dropWith(end, signal);
      await end.offer();
      const bytes = await describe(end, { kind: 'offer', answerer, to: new Uint8Array(0) });
      const name = sha256(bytes).subarray(0, answeredBytes);
      let accepted: Promise<Opened> | null = null;

      const connect = async (far: HandFar, answer: Uint8Array): Promise<Opened> => {
        try {
          await end.accept(far.signal);
          return await link(
            end,
            far,
            concat([bytes, answer]),
            'us',
            AbortSignal.any([signal, AbortSignal.timeout(handConnectMs)]),
          );
        } catch (error) {
          return refuseFor(end, asked, error);
        } finally {
          release();
        }
      };

      return {
        bytes,
        accept: async (answer) => {
          if (accepted !== null) return accepted;
          const far = readHand(key, answer, { kind: 'answer', answerer });
          if (far === null || !isEqual(far.signal.to, name)) return refused('bad-signal');
          if (signal.aborted) return refused(closing.aborted ? 'closed' : 'aborted');
          accepted = connect(far, answer.slice());
          return accepted;
        },
      };
    },

    answer: async (offer, asked) => {
      const signal = AbortSignal.any([asked, closing]);
      const far = readHand(key, offer, { kind: 'offer', answerer: 'peer' });
      if (far === null) return refused('bad-signal');
      if (signal.aborted) return refused(closing.aborted ? 'closed' : 'aborted');
      const end = beginPeerEnd(make, () => undefined);
      const release = dropWith(end, signal);

      const connect = async (about: Uint8Array): Promise<Opened> => {
        try {
          // As long as whoever carries it needs; then the far end has its proof at hand.
          await orWhenAborted(end.channel.opened, false, signal);
          return await link(end, far, about, 'them', AbortSignal.any([signal, AbortSignal.timeout(handConnectMs)]));
        } catch (error) {
          return refuseFor(end, asked, error);
        } finally {
          release();
        }
      };

      try {
        await end.answer(far.signal, true);
        const bytes = await describe(end, { kind: 'answer', answerer: 'peer', to: sha256(offer).subarray(0, answeredBytes) });
        return { state: 'answered', bytes, opened: connect(concat([offer, bytes])) };
      } catch (error) {
        release();
        const { why } = refuseFor(end, asked, error);
        return refused(why === 'unreachable' ? 'bad-signal' : why);
      }
    },
  };
}

/** Until released: a signal that speaks after the opening ends nothing. */
function dropWith({ drop }: PeerEnd, signal: AbortSignal): () => void {
  signal.addEventListener('abort', drop);
  return () => signal.removeEventListener('abort', drop);
}

const refused = (why: OpenRefused['why']): OpenRefused => ({ state: 'refused', why });
