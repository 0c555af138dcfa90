/** The dialogs that Home opens: what is new, start a room, join one. */
import { lazy, Suspense } from 'react';
import type { ReactElement } from 'react';

export type HomeDialog = 'new' | 'start' | 'join' | 'pair' | null;

const NewDialog = lazy(async () => ({ default: (await import('./new-dialog.tsx')).NewDialog }));
const StartDialog = lazy(async () => ({ default: (await import('./start-dialog.tsx')).StartDialog }));
const JoinDialog = lazy(async () => ({ default: (await import('./join-dialog.tsx')).JoinDialog }));
const PairScreen = lazy(async () => ({ default: (await import('../pair/pair-screen.tsx')).PairScreen }));

export interface HomeDialogsProps {
  readonly shown: HomeDialog;
  readonly onShow: (dialog: HomeDialog) => void;
  readonly onClose: () => void;
}

export function HomeDialogs({ shown, onShow, onClose }: HomeDialogsProps): ReactElement {
  return (
    <Suspense fallback={null}>
      {shown === 'new' && <NewDialog onDialog={onShow} onClose={onClose} />}
      {shown === 'start' && <StartDialog onClose={onClose} />}
      {shown === 'join' && <JoinDialog onClose={onClose} />}
      {shown === 'pair' && <PairScreen onClose={onClose} onStartRoom={() => onShow('start')} />}
    </Suspense>
  );
}
