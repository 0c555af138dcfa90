/** What can be begun from Home. */
import type { ReactElement } from 'react';
import { Modal } from '../parts/modal.tsx';
import { useWords } from '../words/speak.tsx';
import { WaysIn } from './empty-home.tsx';
import type { WaysInProps } from './empty-home.tsx';

export function NewDialog({ onClose, ...ways }: WaysInProps & { readonly onClose: () => void }): ReactElement {
  const { w } = useWords();
  return (
    <Modal title={w.home.fresh} onClose={onClose}>
      <WaysIn {...ways} />
    </Modal>
  );
}
