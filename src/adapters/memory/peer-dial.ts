/** Links between pages whose offer and answer go by whatever way the app knows. */
import type { Network } from '../../ports/network.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { Air, Place } from './air.ts';
import type { Dial, Dials } from './dial.ts';
import { readSignal, writeSignal } from './signal.ts';
import type { Signal } from './signal.ts';

/** About what fingerprint, password, first candidates and their seal take. */
const signalBytes = 240;
/** A way may lose what it carries: an offer goes out again. */
const againMs = 1_500;

export const createPeerDials = (air: Air, place: Place, dials: Dials): Pick<Network, 'openPeer' | 'takeSignal'> => {
  const { core, rules } = air;
  const underWay = new Map<string, { readonly peer: PeerId; readonly dial: Dial; isAnswered: boolean }>();
  let count = 0;

  const write = (signal: Omit<Signal, 'peer'>): Uint8Array => writeSignal({ ...signal, peer: place.peer }, signalBytes);

  return {
    openPeer: (peer, carry, signal) => {
      count += 1;
      const id = `${place.peer}.dial.${count}`;
      const opened = dials.attempt(signal, (dial) => {
        if (peer === place.peer) return dial.refuse('bad-address', 0);
        if (place.halves.size >= rules.maxLinks) return dial.refuse('too-many', 0);
        const mine = { peer, dial, isAnswered: false };
        underWay.set(id, mine);
        const offer = (): void => {
          if (mine.isAnswered) return;
          carry(write({ kind: 'offer', id, offer: id }));
          dial.later(againMs, peer, offer);
        };
        dial.later(0, peer, offer);
        dial.refuse('unreachable', rules.dialTimeoutMs);
      });
      void opened.then(() => underWay.delete(id));
      return opened;
    },
    takeSignal: (peer, bytes, carry) => {
      const signal = readSignal(bytes);
      if (signal === null || signal.peer !== peer || place.isClosed()) return;
      if (signal.kind === 'offer') {
        const dialsToo = [...underWay.values()].some((each) => each.peer === peer);
        const isTaken = place.halves.size < rules.maxLinks && (dialsToo || place.isWelcome(peer));
        const kind = isTaken ? 'answer' : 'refusal';
        core.schedule(0, { kind: 'signal', owner: place, other: peer }, () => {
          carry(write({ kind, id: signal.id, offer: signal.offer }));
        });
        return;
      }
      const mine = underWay.get(signal.offer);
      const far = air.at(peer);
      if (mine?.peer !== peer || mine.isAnswered || far === null) return;
      mine.isAnswered = true;
      if (signal.kind === 'refusal') return mine.dial.refuse('refused-there', 0);
      // ICE, DTLS, SCTP.
      dials.meet(mine.dial, far, { path: 'webrtc', crossings: 5, ends: { ours: 'peer', theirs: 'peer' } });
    },
  };
};
