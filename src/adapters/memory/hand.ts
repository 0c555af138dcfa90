/** Links begun without any server: an offer and an answer, carried by hand. */
import type { Answer, Network, Offer, Opened, OpenRefused } from '../../ports/network.ts';
import { parsePeerId } from '../../protocol/ids.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { Air, Place } from './air.ts';
import type { Dial, Dials } from './dial.ts';
import { foldBytes } from './trace.ts';

export interface Hand extends Pick<Network, 'offer' | 'answer'> {
  accepted: Place['accepted'];
}

/** About what fingerprint, password and candidates take. */
const offerBytes = 100;

export const createHand = (air: Air, place: Place, dials: Dials): Hand => {
  const { core } = air;
  /** Answers given and not yet accepted. */
  const given = new Map<string, Dial>();
  let count = 0;

  const gatherMs = (): number => 5 + 20 * place.luck.share();
  const wait = (run: () => void): void => void core.schedule(gatherMs(), { kind: 'gather', owner: place }, run);

  const accept = (id: string, answer: Signal | null, signal: AbortSignal): Promise<Opened> =>
    dials.attempt(signal, (dial) => {
      if (answer === null || answer.kind !== 'answer' || answer.offer !== id) return dial.refuse('bad-signal', 0);
      const far = air.at(answer.peer);
      const taken = far?.accepted(answer.id) ?? null;
      if (far === null || taken === null) return dial.refuse('unreachable', air.rules.dialTimeoutMs);
      dials.meet(dial, far, {
        path: 'webrtc',
        crossings: 5,
        ends: { ours: 'peer', theirs: 'peer' },
        onAccepted: (link) => taken({ state: 'open', link }),
      });
    });

  return {
    offer: (signal) =>
      new Promise<Offer>((done) => {
        count += 1;
        const id = `${place.peer}.${count}`;
        let used = false;
        const take = (bytes: Uint8Array): Promise<Opened> => {
          const answer = used ? null : readSignal(bytes);
          if (answer?.kind === 'answer' && answer.offer === id) used = true;
          return accept(id, answer, signal);
        };
        wait(() => done({ bytes: writeSignal({ kind: 'offer', peer: place.peer, id, offer: id }), accept: take }));
      }),
    answer: (bytes, signal) =>
      new Promise<Answer | OpenRefused>((done) => {
        const offer = readSignal(bytes);
        const refuse = (why: OpenRefused['why']): void => wait(() => done({ state: 'refused', why }));
        if (place.isClosed()) return refuse('closed');
        if (signal.aborted) return refuse('aborted');
        if (offer?.kind !== 'offer' || offer.peer === place.peer) return refuse('bad-signal');
        count += 1;
        const id = `${place.peer}.${count}`;
        const opened = dials.attempt(signal, (dial) => void given.set(id, dial));
        const answer = writeSignal({ kind: 'answer', peer: place.peer, id, offer: offer.id });
        wait(() => done({ state: 'answered', bytes: answer, opened }));
      }),
    accepted: (id) => {
      const dial = given.get(id);
      given.delete(id);
      if (dial === undefined || dial.isOver()) return null;
      return (opened) => dial.settle(opened);
    },
  };
};

interface Signal {
  readonly kind: 'offer' | 'answer';
  readonly peer: PeerId;
  readonly id: string;
  /** The offer this belongs to. */
  readonly offer: string;
}

const writeSignal = (signal: Signal): Uint8Array => {
  const text = `${signal.kind} ${signal.peer} ${signal.id} ${signal.offer}`;
  const body = new TextEncoder().encode(text.padEnd(offerBytes - 4, ' '));
  const sum = foldBytes(body);
  return Uint8Array.from([...body, sum >>> 24, (sum >>> 16) & 255, (sum >>> 8) & 255, sum & 255]);
};

const readSignal = (bytes: Uint8Array): Signal | null => {
  if (bytes.length < offerBytes || bytes.length > 4 * offerBytes) return null;
  const body = bytes.subarray(0, -4);
  const sum = bytes.subarray(-4).reduce((whole, byte) => whole * 256 + byte, 0);
  if (sum !== foldBytes(body)) return null;
  const [kind, peerText = '', id = '', offer = ''] = new TextDecoder().decode(body).trim().split(' ');
  const peer = parsePeerId(peerText);
  if (peer === null || (kind !== 'offer' && kind !== 'answer')) return null;
  return { kind, peer, id, offer };
};
