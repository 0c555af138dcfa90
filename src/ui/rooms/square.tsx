/** The Square around its messages: what its owner did, what is on top, and where I write when I may. */
import { useCallback, useEffect, useState } from 'react';
import type { ReactElement, ReactNode } from 'react';
import type { MessageView, RoomView, SquareView } from '../../app/view.ts';
import { Icon } from '../parts/icon.tsx';
import { useNow } from '../parts/now.ts';
import { useActs, useView } from '../use-app.ts';
import { useAllWords } from '../words/all-words.ts';
import { Composer } from './composer.tsx';
import { Beside } from './message.tsx';
import { SaidDialog, SquareDialog } from './square-dialogs.tsx';
import './square.css';

export interface SquareProps {
  readonly room: RoomView;
  /** What was said there. */
  readonly children: ReactNode;
}

export function Square({ room, children }: SquareProps): ReactElement {
  const { w } = useAllWords();
  const square = useView((view) => (view.square?.room === room.id ? view.square : null));
  const [dialog, setDialog] = useState<'about' | MessageView | null>(null);
  const close = useCallback(() => setDialog(null), []);
  const isMine = square?.isMine ?? false;
  // Own words can be pinned, and nothing else.
  const more = useCallback(
    (message: MessageView): ReactElement | null =>
      message.mine && !isMine ? null : (
        <button
          type="button"
          className="plain square beside"
          aria-haspopup="dialog"
          aria-label={w.square.more(message.name)}
          onClick={() => setDialog(message)}
        >
          <Icon name="more" size={20} />
        </button>
      ),
    [w, isMine],
  );
  return (
    <Beside value={square && more}>
      {square && <Above square={square} onAbout={() => setDialog('about')} />}
      {children}
      {square?.silent ? (
        <p className="removed silent">{w.square.silent[square.silent]}</p>
      ) : (
        <Paced room={room.id} mayWriteAtMs={square?.mayWriteAtMs ?? 0} />
      )}
      {square && dialog === 'about' && <SquareDialog square={square} onClose={close} />}
      {square && dialog !== null && dialog !== 'about' && <SaidDialog square={square} message={dialog} onClose={close} />}
    </Beside>
  );
}

function Above({ square, onAbout }: { readonly square: SquareView; readonly onAbout: () => void }): ReactElement {
  const { w, f } = useAllWords();
  const acts = useActs();
  const nowMs = useNow();
  const { claim, pinned, deed, owner } = square;
  const did = deed && owner && `${w.square.did[deed.did](owner.name, deed.about)} · ${f.stamp(deed.atMs, nowMs)}`;
  const does = (kind: 'unpin' | 'seen') => (): void => void acts.inSquare({ kind }).catch(() => undefined);
  return (
    <div className="square-above">
      {claim && (
        <div className="square-claim">
          <p aria-live="polite">{w.square.claim[claim]}</p>
          {claim !== 'claiming' && (
            <button type="button" className="plain square" aria-label={w.trouble.dismiss} onClick={does('seen')}>
              <Icon name="close" size={20} />
            </button>
          )}
        </div>
      )}
      <button type="button" className="plain square-line" aria-haspopup="dialog" onClick={onAbout}>
        <span aria-live="polite">{did ?? w.square.rules[1]}</span>
        <span className="strong">{w.square.about}</span>
      </button>
      {pinned && (
        <section className="square-pinned" aria-label={w.square.pinned}>
          <p className="by">
            <Icon name="tied" size={20} /> <bdi>{pinned.name}</bdi>{' '}
            <time dateTime={new Date(pinned.sentAtMs).toISOString()}>{f.stamp(pinned.sentAtMs, nowMs)}</time>
          </p>
          <p className="text" dir="auto">
            {pinned.text}
          </p>
          {square.isMine && (
            <button type="button" className="plain strong" onClick={does('unpin')}>
              {w.square.unpin}
            </button>
          )}
        </section>
      )}
    </div>
  );
}

function Paced({ room, mayWriteAtMs }: { readonly room: RoomView['id']; readonly mayWriteAtMs: number }): ReactElement {
  const { w, f } = useAllWords();
  const left = useSecondsTo(mayWriteAtMs);
  return <Composer room={room} hold={left > 0 ? f.count(w.square.again, left) : null} />;
}

/** Counts down to 0. */
function useSecondsTo(atMs: number): number {
  const [nowMs, setNowMs] = useState(Date.now);
  const isOver = atMs <= nowMs;
  useEffect(() => {
    setNowMs(Date.now());
    if (atMs <= Date.now()) return;
    const timer = setInterval(() => setNowMs(Date.now()), tickMs);
    return () => clearInterval(timer);
  }, [atMs, isOver]);
  return Math.max(0, Math.ceil((atMs - nowMs) / 1_000));
}

const tickMs = 250;
