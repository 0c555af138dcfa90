/** Connecting without a server, step by step and one thing at a time: over the whole screen, black on white in any theme. */
import { useCallback, useEffect, useState } from 'react';
import type { ReactElement, ReactNode } from 'react';
import type { PairingRefused, PairingView } from '../../app/view.ts';
import { FactCord } from '../parts/cord.tsx';
import { Modal } from '../parts/modal.tsx';
import { Way } from '../parts/way.tsx';
import { onPairing } from '../shell/invite-link.ts';
import { useActs, useView } from '../use-app.ts';
import { rememberOpen, takeCode } from './wanted.ts';
import { useAllWords } from '../words/all-words.ts';
import { Connected } from './connected.tsx';
import { failureWords, refusalWords } from './failure-words.ts';
import { HandOver } from './hand-over.tsx';
import './pair.css';
import { TakeCode } from './take-code.tsx';

export interface PairScreenProps {
  readonly onClose: () => void;
  readonly onStartRoom: () => void;
}

export function PairScreen({ onClose, onStartRoom }: PairScreenProps): ReactElement {
  const { w } = useAllWords();
  const acts = useActs();
  const pairing = useView((view) => view.pairing) ?? null;
  const [isTaking, setTaking] = useState(false);
  const [refused, setRefused] = useState<PairingRefused | null>(null);
  const step = stepOf(pairing, isTaking);

  const take = useCallback(
    async (text: string): Promise<void> => {
      setRefused(null);
      const why = await acts.takePairing(text);
      setRefused(why);
      setTaking(why !== null);
    },
    [acts],
  );
  /** What is under way goes on when the screen is put away; an outcome that was seen does not. */
  const close = useCallback((): void => {
    if (pairing === null || pairing.stage === 'connected' || pairing.stage === 'failed') void acts.cancelPairing();
    onClose();
  }, [acts, onClose, pairing]);
  const cancel = (): void => {
    void acts.cancelPairing();
    onClose();
  };
  const startOver = (): void => {
    setTaking(false);
    setRefused(null);
    void acts.cancelPairing();
  };
  const look = (): void => {
    setRefused(null);
    setTaking(true);
  };

  // Opened by a code from elsewhere; and a reload comes back to this screen, which then says what became of it.
  useEffect(() => {
    const stop = onPairing(() => {
      const code = takeCode();
      if (code !== null) void take(code).catch(() => undefined);
    });
    rememberOpen(true);
    return () => {
      stop();
      rememberOpen(false);
    };
  }, [take]);

  const { title, way, body } = drawStep();
  return (
    <Modal title={title} look="pair" onClose={close}>
      {way !== null && (
        <p className="pair-step quiet">
          {way > 0 && <FactCord tied />}
          <FactCord tied={false} />
          <span>{w.pair.step(way + 1)}</span>
        </p>
      )}
      {body}
    </Modal>
  );

  function drawStep(): Drawn {
    switch (step) {
      case 'choose':
        return {
          title: w.pair.title,
          way: null,
          body: (
            <>
              <p className="quiet">{w.pair.explain}</p>
              <div className="ways">
                <Way icon="square" says={w.pair.show} hint={w.pair.showHint} onClick={() => void acts.beginPairing()} />
                <Way icon="scan" says={w.pair.scan} hint={w.pair.scanHint} onClick={look} />
              </div>
            </>
          ),
        };
      case 'preparing':
        return { title: w.pair.preparing, way: 0, body: <Cancel onClick={cancel} /> };
      case 'offering':
        return {
          title: w.pair.offering,
          way: 0,
          body: (
            <>
              <HandOver code={codeIn(pairing)} label={w.pair.offerQr} />
              <p>{w.pair.offeringHint}</p>
              <button type="button" className="deep big" onClick={look}>
                {w.pair.toAnswer}
              </button>
              <Cancel onClick={cancel} />
            </>
          ),
        };
      case 'taking':
        return {
          title: pairing?.stage === 'offering' ? w.pair.takingAnswer : w.pair.taking,
          way: pairing?.stage === 'offering' ? 1 : 0,
          body: (
            <>
              <TakeCode problem={refused && refusalWords(refused, w)} onCode={(text) => void take(text)} />
              <button type="button" className="plain" onClick={() => setTaking(false)}>
                {w.common.back}
              </button>
            </>
          ),
        };
      case 'answering':
        return {
          title: w.pair.answering,
          way: 1,
          body: (
            <>
              <HandOver code={codeIn(pairing)} label={w.pair.answerQr} />
              <p>{w.pair.answeringHint}</p>
              <Cancel onClick={cancel} />
            </>
          ),
        };
      case 'connecting':
        return {
          title: w.pair.connecting,
          way: 1,
          body: (
            <>
              <p className="quiet">{w.pair.connectingHint}</p>
              <Cancel onClick={cancel} />
            </>
          ),
        };
      case 'connected':
        return {
          title: w.pair.connected(pairing?.stage === 'connected' ? pairing.name : ''),
          way: null,
          body: pairing?.stage === 'connected' && (
            <Connected device={pairing.device} name={pairing.name} onClose={close} onStartRoom={onStartRoom} />
          ),
        };
      case 'failed':
        return {
          title: w.pair.failed,
          way: null,
          body: (
            <>
              <p>{pairing?.stage === 'failed' && failureWords(pairing.why, w)}</p>
              <button type="button" className="deep big" onClick={startOver}>
                {w.pair.again}
              </button>
            </>
          ),
        };
    }
  }
}

interface Drawn {
  readonly title: string;
  /** How many of the two codes went over; null: not on the way. */
  readonly way: 0 | 1 | null;
  readonly body: ReactNode;
}

function Cancel({ onClick }: { readonly onClick: () => void }): ReactElement {
  const { w } = useAllWords();
  return (
    <button type="button" className="plain" onClick={onClick}>
      {w.common.cancel}
    </button>
  );
}

/** The person looks for a code where the app waits for one: at the beginning, and once ours is shown. */
function stepOf(pairing: PairingView | null, isTaking: boolean): PairingView['stage'] | 'choose' | 'taking' {
  if (isTaking && (pairing === null || pairing.stage === 'offering')) return 'taking';
  return pairing?.stage ?? 'choose';
}

const codeIn = (pairing: PairingView | null): string => (pairing !== null && 'code' in pairing ? pairing.code : '');
