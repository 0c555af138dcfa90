/** The dialogs that Home opens: what is new, start a room, join one. */
import { lazy, Suspense } from 'react';
import type { ReactElement } from 'react';
import type { RoomView } from '../../app/view.ts';
import { Modal } from '../parts/modal.tsx';
import { useWords } from '../words/speak.tsx';
import { WaysIn } from './empty-home.tsx';

export type HomeDialog = 'new' | 'start' | 'join' | 'pair' | null;

const StartDialog = lazy(async () => ({ default: (await import('./start-dialog.tsx')).StartDialog }));
const JoinDialog = lazy(async () => ({ default: (await import('./join-dialog.tsx')).JoinDialog }));
const PairScreen = lazy(async () => ({ default: (await import('../pair/pair-screen.tsx')).PairScreen }));

export interface HomeDialogsProps {
  readonly shown: HomeDialog;
  readonly onShow: (dialog: HomeDialog) => void;
  readonly onClose: () => void;
  readonly rooms: readonly RoomView[];
}

export function HomeDialogs({ shown, onShow, onClose, rooms }: HomeDialogsProps): ReactElement | null {
  const { w } = useWords();
  switch (shown) {
    case 'new':
      return (
        <Modal key="new" title={w.home.fresh} onClose={onClose}>
          <WaysIn rooms={rooms} onDialog={onShow} />
        </Modal>
      );
    case 'start':
      return (
        <Suspense fallback={null}>
          <StartDialog onClose={onClose} />
        </Suspense>
      );
    case 'join':
      return (
        <Suspense fallback={null}>
          <JoinDialog onClose={onClose} />
        </Suspense>
      );
    case 'pair':
      return (
        <Suspense fallback={null}>
          <PairScreen onClose={onClose} onStartRoom={() => onShow('start')} />
        </Suspense>
      );
    case null:
      return null;
  }
}
