/** Links begun without any server: an offer and an answer, carried by hand. */
import type { Answer, Link, Network, Offer, Opened, OpenRefused } from '../../ports/network.ts';
import type { Air, Place } from './air.ts';
import type { Dial, Dials } from './dial.ts';
import { readSignal, writeSignal } from './signal.ts';
import type { Signal } from './signal.ts';

export interface Hand extends Pick<Network, 'offer' | 'answer'> {
  accepted: Place['accepted'];
}

/** About what fingerprint, password and candidates take. */
const offerBytes = 100;

export const createHand = (air: Air, place: Place, dials: Dials): Hand => {
  const { core } = air;
  const self = place.role === 'relay' ? 'relay' : 'peer';
  /** Answers given and not yet accepted. */
  const given = new Map<string, Dial>();
  let count = 0;

  const gatherMs = (): number => 5 + 20 * place.luck.share();
  const wait = (run: () => void): void => void core.schedule(gatherMs(), { kind: 'gather', owner: place }, run);

  const accept = (id: string, answer: Signal | null, answerer: Link['end'], signal: AbortSignal): Promise<Opened> =>
    dials.attempt(signal, (dial) => {
      if (answer === null || answer.kind !== kindOf('answer', answerer) || answer.offer !== id)
        return dial.refuse('bad-signal', 0);
      const far = air.at(answer.peer);
      const taken = far?.accepted(answer.id) ?? null;
      if (far === null || taken === null) return dial.refuse('unreachable', air.rules.dialTimeoutMs);
      dials.meet(dial, far, {
        path: 'webrtc',
        crossings: 5,
        ends: { ours: answerer, theirs: 'peer' },
        onAccepted: (link) => taken({ state: 'open', link }),
      });
    });

  return {
    offer: (signal, answerer = 'peer') =>
      new Promise<Offer>((done) => {
        count += 1;
        const id = `${place.peer}.${count}`;
        let used = false;
        const take = (bytes: Uint8Array): Promise<Opened> => {
          const answer = used ? null : readSignal(bytes);
          if (answer?.kind === kindOf('answer', answerer) && answer.offer === id) used = true;
          return accept(id, answer, answerer, signal);
        };
        wait(() =>
          done({
            bytes: writeSignal({ kind: kindOf('offer', answerer), peer: place.peer, id, offer: id }, offerBytes),
            accept: take,
          }),
        );
      }),
    answer: (bytes, signal) =>
      new Promise<Answer | OpenRefused>((done) => {
        const offer = readSignal(bytes);
        const refuse = (why: OpenRefused['why']): void => wait(() => done({ state: 'refused', why }));
        if (place.isClosed()) return refuse('closed');
        if (signal.aborted) return refuse('aborted');
        if (offer?.kind !== kindOf('offer', self) || offer.peer === place.peer) return refuse('bad-signal');
        count += 1;
        const id = `${place.peer}.${count}`;
        const opened = dials.attempt(signal, (dial) => void given.set(id, dial));
        const answer = writeSignal({ kind: kindOf('answer', self), peer: place.peer, id, offer: offer.id }, offerBytes);
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

const kindOf = (half: 'offer' | 'answer', answerer: Link['end']): Signal['kind'] =>
  answerer === 'relay' ? `relay-${half}` : half;
