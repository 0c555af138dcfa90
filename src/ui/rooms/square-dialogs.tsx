/** What can be done in the Square: with one message and who wrote it, and with the whole of it. */
import { useState } from 'react';
import type { ReactElement } from 'react';
import type { MessageView, NamedDevice, SquareView } from '../../app/view.ts';
import { shortPrint } from '../parts/fingerprint.ts';
import { Knot } from '../parts/knot.tsx';
import { Modal } from '../parts/modal.tsx';
import { Way } from '../parts/way.tsx';
import { useDeed } from '../shell/trouble.ts';
import { useActs } from '../use-app.ts';
import type { Acts } from '../use-app.ts';
import { useAllWords } from '../words/all-words.ts';

interface DialogProps {
  readonly square: SquareView;
  readonly onClose: () => void;
}

type Deed = Parameters<Acts['inSquare']>[0];

/** Does it, and closes the dialog once it is done. */
function useDo(onDone: () => void): { readonly isBusy: boolean; readonly problem: string | null; does(deed: Deed): void } {
  const { w } = useAllWords();
  const acts = useActs();
  const { isBusy, problem, dare } = useDeed();
  const does = (deed: Deed): void => {
    void dare(() => acts.inSquare(deed), w.square.notDone).then((done) => done && onDone());
  };
  return { isBusy, problem, does };
}

export function SaidDialog({ square, message, onClose }: DialogProps & { readonly message: MessageView }): ReactElement {
  const { w } = useAllWords();
  const [expelling, setExpelling] = useState(false);
  const { isBusy, problem, does } = useDo(onClose);
  const { author, id, name, mine } = message;
  const mayExpel = square.isMine && !mine && square.expelled.every(({ device }) => device !== author);
  return (
    <Modal title={expelling ? w.square.expel(name) : name} onClose={onClose}>
      {expelling ? (
        <Sure
          says={w.square.expelTruth}
          yes={w.square.expelYes}
          isBusy={isBusy}
          onNo={() => setExpelling(false)}
          onYes={() => does({ kind: 'expel', device: author })}
        />
      ) : (
        <>
          <p className="square-quoted" dir="auto">
            {message.text}
          </p>
          <p className="quiet small square-face">
            <Knot of={author} size={20} /> <code dir="ltr">{shortPrint(author)}</code>
          </p>
          <div className="ways">
            {square.isMine && (
              <Way icon="tied" says={w.square.pin} hint={w.square.pinHint} onClick={() => does({ kind: 'pin', author, id })} />
            )}
            {!mine && (
              <Way
                icon="close"
                says={w.square.hide}
                hint={w.square.hideHint}
                onClick={() => does({ kind: 'hide', author, id })}
              />
            )}
            {!mine && (
              <Way
                icon="people"
                says={w.square.block(name)}
                hint={w.square.blockHint}
                onClick={() => does({ kind: 'block', device: author })}
              />
            )}
          </div>
          {mayExpel && (
            <button type="button" className="plain danger-text" onClick={() => setExpelling(true)}>
              {w.square.expel(name)}
            </button>
          )}
        </>
      )}
      <p className="error" role="alert">
        {problem}
      </p>
    </Modal>
  );
}

export function SquareDialog({ square, onClose }: DialogProps): ReactElement {
  const { w, f } = useAllWords();
  const [clearing, setClearing] = useState(false);
  const { isBusy, problem, does } = useDo(onClose);
  const stay = useDo(toHeading);
  return (
    <Modal title={clearing ? w.square.clearTitle : w.square.about} onClose={onClose}>
      {clearing ? (
        <Sure
          says={w.square.clearTruth}
          yes={w.square.clearYes}
          isBusy={isBusy}
          onNo={() => setClearing(false)}
          onYes={() => does({ kind: 'clear' })}
        />
      ) : (
        <>
          <p>{square.owner ? w.square.owner(square.owner.name) : w.square.noOwner}</p>
          <ul className="square-rules quiet small">
            {w.square.rules.map((rule) => (
              <li key={rule}>{rule}</li>
            ))}
          </ul>
          {square.isMine && (
            <div className="ways">
              {square.isClosed ? (
                <Way icon="square" says={w.square.reopen} hint={w.square.reopenHint} onClick={() => does({ kind: 'reopen' })} />
              ) : (
                <Way icon="square" says={w.square.close} hint={w.square.closeHint} onClick={() => does({ kind: 'close' })} />
              )}
              <Way icon="close" says={w.square.clear} hint={w.square.clearHint} onClick={() => setClearing(true)} />
            </div>
          )}
          <Devices
            says={w.square.expelled}
            devices={square.expelled}
            undo={square.isMine ? w.square.letIn : null}
            onUndo={(device) => stay.does({ kind: 'let-in', device })}
          />
          <Devices
            says={w.square.blocked}
            devices={square.blocked}
            undo={w.square.unblock}
            onUndo={(device) => stay.does({ kind: 'unblock', device })}
          />
          {square.hidden > 0 && (
            <p className="square-hidden">
              {f.count(w.square.hidden, square.hidden)}{' '}
              <button type="button" className="plain strong" onClick={() => stay.does({ kind: 'show-hidden' })}>
                {w.square.showHidden}
              </button>
            </p>
          )}
        </>
      )}
      <p className="error" role="alert">
        {problem ?? stay.problem}
      </p>
    </Modal>
  );
}

/** What was pressed goes with what it was for; the focus does not. */
const toHeading = (): void => document.querySelector<HTMLElement>('dialog[open] h2')?.focus();

interface DevicesProps {
  readonly says: string;
  readonly devices: readonly NamedDevice[];
  /** Null: only to be read. */
  readonly undo: string | null;
  readonly onUndo: (device: NamedDevice['device']) => void;
}

function Devices({ says, devices, undo, onUndo }: DevicesProps): ReactElement | null {
  if (devices.length === 0) return null;
  return (
    <section className="square-devices">
      <h3>{says}</h3>
      <ul>
        {devices.map(({ device, name }) => (
          <li key={device}>
            <Knot of={device} size={32} />
            <span>
              <bdi>{name}</bdi> <code dir="ltr">{shortPrint(device)}</code>
            </span>
            {undo && (
              <button type="button" className="plain strong" onClick={() => onUndo(device)}>
                {undo}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

interface SureProps {
  readonly says: string;
  readonly yes: string;
  readonly isBusy: boolean;
  readonly onNo: () => void;
  readonly onYes: () => void;
}

function Sure({ says, yes, isBusy, onNo, onYes }: SureProps): ReactElement {
  const { w } = useAllWords();
  return (
    <>
      <p>{says}</p>
      <div className="actions">
        <button type="button" className="plain" onClick={onNo}>
          {w.common.cancel}
        </button>
        <button type="button" className="danger-fill" aria-disabled={isBusy} onClick={onYes}>
          {yes}
        </button>
      </div>
    </>
  );
}
