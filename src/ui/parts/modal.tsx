/** A native dialog: Escape, the backdrop, the cross and Back all close it; the focus returns by itself. */
import { useEffect, useId, useRef } from 'react';
import type { ReactElement, ReactNode } from 'react';
import { openSheet } from '../shell/place.ts';
import { useWords } from '../words/speak.tsx';
import { Icon } from './icon.tsx';

export interface ModalProps {
  readonly title: string;
  /** Over the whole screen: a class of its own says how. */
  readonly look?: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function Modal({ title, look = '', onClose, children }: ModalProps): ReactElement {
  const { w } = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();

  useEffect(() => {
    const shown = dialog.current;
    if (!shown) return;
    if (!shown.open) shown.showModal();
    const closed = openSheet(() => shown.close());
    // A press outside lands on the dialog itself, not on what is in it.
    const outside = (event: MouseEvent): void => {
      if (event.target === shown) shown.close();
    };
    shown.addEventListener('pointerdown', outside);
    return () => {
      closed();
      shown.removeEventListener('pointerdown', outside);
      requestAnimationFrame(catchFocus);
    };
  }, []);

  // Another title is another step of the same dialog: it begins at its heading, so that it is heard.
  const before = useRef(title);
  useEffect(() => {
    const start = before.current === title ? '[data-focus]' : 'h2';
    before.current = title;
    dialog.current?.querySelector<HTMLElement>(start)?.focus();
  }, [title]);

  return (
    <dialog ref={dialog} className={`modal ${look}`} aria-labelledby={titleId} onClose={onClose}>
      <div className="modal-body">
        <header className="modal-head">
          <h2 id={titleId} tabIndex={-1}>
            {title}
          </h2>
          <button type="button" className="plain square" aria-label={w.common.close} onClick={() => dialog.current?.close()}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}

/** What had the focus may be gone by what was done here: then whatever lies beneath has it. */
function catchFocus(): void {
  if (document.activeElement !== document.body) return;
  const beneath = document.querySelector<HTMLElement>('dialog[open] h2') ?? document.getElementById('stage');
  beneath?.focus();
}
