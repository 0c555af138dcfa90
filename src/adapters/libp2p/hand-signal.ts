/**
 * Links begun by hand: an offer and an answer, carried by a QR or a paste, complete and open to read.
 * Nobody sealed them, so each end proves the name it gave, about both of them, as soon as the channel is open.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, isEqual } from '../../protocol/bytes.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { isRefusal } from '../../protocol/refusal.ts';
import { createSignalSeal } from '../../protocol/signal-seal.ts';
import type { SignalSeal } from '../../protocol/signal-seal.ts';
import { nobleCurve } from '../../protocol/suite/noble-curve.ts';
import type { Log } from '../../ports/log.ts';
import type { Link, Network, Opened, OpenRefused } from '../../ports/network.ts';
import { beginPeerEnd } from './peer-end.ts';
import type { MakeConnection, PeerEnd } from './peer-end.ts';
import type { PeerLinks } from './peer-links.ts';
import { answeredBytes, decodeHandSignal, encodeHandSignal } from './signal-bytes.ts';
import type { HandSignal } from './signal-bytes.ts';
import { peerIdOfKey } from './thin-bytes.ts';
import type { PageKey } from './thin-page.ts';
import { nameOf, orWhenAborted } from './waiting.ts';

export interface HandSignalInit {
  readonly key: PageKey;
  readonly links: PeerLinks;
  readonly make: MakeConnection;
  readonly closing: AbortSignal;
  readonly log: Log;
}

/** After both have what they need; carrying it by hand takes as long as it takes. */
const connectMs = 15_000;

export function createHandSignal({ key, links, make, closing, log }: HandSignalInit): Pick<Network, 'offer' | 'answer'> {
  /** Null for a signal of our own, or by a key that is none. */
  const readHand = (bytes: Uint8Array, kind: HandSignal['kind']): Far | null => {
    const signal = decodeHandSignal(bytes);
    if (isRefusal(signal) || signal.kind !== kind || isEqual(signal.key, key.publicKey)) return null;
    const seal = createSignalSeal(nobleCurve, key, signal.key);
    return isRefusal(seal) ? null : { signal, seal, peer: peerIdOfKey(signal.key) };
  };

  const link = async (end: PeerEnd, far: Far, about: Uint8Array, opener: Link['opener'], whole: AbortSignal): Promise<Opened> => {
    const { channel } = end;
    if (!(await orWhenAborted(channel.opened, false, whole))) throw new Error('not opened');
    channel.prove(far.seal.prove(about));
    const proof = await orWhenAborted(channel.proven, null, AbortSignal.any([whole, channel.gone]));
    if (proof === null || !far.seal.isProof(about, proof)) throw new Error('not who they said');
    return { state: 'open', link: links.add(far.peer, channel, opener) };
  };

  const refuseFor = (end: PeerEnd, signal: AbortSignal, error: unknown): OpenRefused => {
    end.drop();
    log('hand-signal-failed', { why: nameOf(error) });
    return refused(closing.aborted ? 'closed' : signal.aborted ? 'aborted' : 'unreachable');
  };

  const describe = async (end: PeerEnd, parts: Pick<HandSignal, 'kind' | 'to'>): Promise<Uint8Array> => {
    await end.gathered();
    return encodeHandSignal({ ...parts, key: key.publicKey, ...end.describe() });
  };

  return {
    offer: async (asked) => {
      const signal = AbortSignal.any([asked, closing]);
      signal.throwIfAborted();
      const end = beginPeerEnd(make, () => undefined);
      const release = dropWith(end, signal);
      await end.offer();
      const bytes = await describe(end, { kind: 'offer', to: new Uint8Array(0) });
      const name = sha256(bytes).subarray(0, answeredBytes);
      let accepted: Promise<Opened> | null = null;

      const connect = async (far: Far, answer: Uint8Array): Promise<Opened> => {
        try {
          await end.accept(far.signal);
          return await link(end, far, concat([bytes, answer]), 'us', AbortSignal.any([signal, AbortSignal.timeout(connectMs)]));
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
          const far = readHand(answer, 'answer');
          if (far === null || !isEqual(far.signal.to, name)) return refused('bad-signal');
          if (signal.aborted) return refused(closing.aborted ? 'closed' : 'aborted');
          accepted = connect(far, answer.slice());
          return accepted;
        },
      };
    },

    answer: async (offer, asked) => {
      const signal = AbortSignal.any([asked, closing]);
      const far = readHand(offer, 'offer');
      if (far === null) return refused('bad-signal');
      if (signal.aborted) return refused(closing.aborted ? 'closed' : 'aborted');
      const end = beginPeerEnd(make, () => undefined);
      const release = dropWith(end, signal);

      const connect = async (about: Uint8Array): Promise<Opened> => {
        try {
          // As long as whoever carries it needs; then the far end has its proof at hand.
          await orWhenAborted(end.channel.opened, false, signal);
          return await link(end, far, about, 'them', AbortSignal.any([signal, AbortSignal.timeout(connectMs)]));
        } catch (error) {
          return refuseFor(end, asked, error);
        } finally {
          release();
        }
      };

      try {
        await end.answer(far.signal, true);
        const bytes = await describe(end, { kind: 'answer', to: sha256(offer).subarray(0, answeredBytes) });
        return { state: 'answered', bytes, opened: connect(concat([offer, bytes])) };
      } catch (error) {
        release();
        const { why } = refuseFor(end, asked, error);
        return refused(why === 'unreachable' ? 'bad-signal' : why);
      }
    },
  };
}

interface Far {
  readonly signal: HandSignal;
  readonly seal: SignalSeal;
  readonly peer: PeerId;
}

/** Until released: a signal that speaks after the opening ends nothing. */
function dropWith({ drop }: PeerEnd, signal: AbortSignal): () => void {
  signal.addEventListener('abort', drop);
  return () => signal.removeEventListener('abort', drop);
}

const refused = (why: OpenRefused['why']): OpenRefused => ({ state: 'refused', why });
