/** A native dialog: Escape, the backdrop and the cross all close it; the focus returns by itself. */
import { useEffect, useId, useRef } from 'react';
import type { ReactElement, ReactNode } from 'react';
import { useWords } from '../words/speak.tsx';
import { Icon } from './icon.tsx';

export interface ModalProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function Modal({ title, onClose, children }: ModalProps): ReactElement {
  const { w } = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();

  useEffect(() => {
    const shown = dialog.current;
    if (!shown) return;
    if (!shown.open) shown.showModal();
    shown.querySelector<HTMLElement>('[data-focus]')?.focus();
    // A press outside lands on the dialog itself, not on what is in it.
    const outside = (event: MouseEvent): void => {
      if (event.target === shown) shown.close();
    };
    shown.addEventListener('pointerdown', outside);
    return () => shown.removeEventListener('pointerdown', outside);
  }, []);

  return (
    <dialog ref={dialog} className="modal" aria-labelledby={titleId} onClose={onClose}>
      <div className="modal-body">
        <header className="modal-head">
          <h2 id={titleId}>{title}</h2>
          <button type="button" className="plain square" aria-label={w.common.close} onClick={() => dialog.current?.close()}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
