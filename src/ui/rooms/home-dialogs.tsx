/** The dialogs that Home opens: what is new, start a room, join one. */
import { lazy, Suspense, useState } from 'react';
import type { FormEvent, ReactElement } from 'react';
import type { RoomView } from '../../app/view.ts';
import { clip, roomNameBytes } from '../../app/fit.ts';
import { Modal } from '../parts/modal.tsx';
import { go } from '../shell/place.ts';
import { useActs } from '../use-app.ts';
import { useWords } from '../words/speak.tsx';
import { WaysIn } from './empty-home.tsx';

export type HomeDialog = 'new' | 'start' | 'join' | null;

const JoinDialog = lazy(async () => ({ default: (await import('./join-dialog.tsx')).JoinDialog }));

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
      return <StartDialog onClose={onClose} />;
    case 'join':
      return (
        <Suspense fallback={null}>
          <JoinDialog onClose={onClose} />
        </Suspense>
      );
    case null:
      return null;
  }
}

function StartDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { w } = useWords();
  const acts = useActs();
  const [name, setName] = useState('');
  const [failed, setFailed] = useState(false);

  const start = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const wanted = name.trim();
    if (wanted === '') return;
    const room = await acts.startRoom(wanted);
    if (room === null) return setFailed(true);
    onClose();
    go({ tab: 'rooms', room });
  };

  return (
    <Modal key="start" title={w.start.title} onClose={onClose}>
      <form className="stack" onSubmit={(event) => void start(event).catch(() => setFailed(true))}>
        <label htmlFor="room-name">{w.start.name}</label>
        <input
          id="room-name"
          data-focus
          className="field"
          value={name}
          onChange={(event) => setName(clip(event.target.value, roomNameBytes))}
          autoComplete="off"
          enterKeyHint="go"
          required
        />
        {failed && (
          <p className="error" role="alert">
            {w.start.failed}
          </p>
        )}
        <p className="quiet small">{w.start.truth}</p>
        <div className="actions">
          <button type="button" className="plain" onClick={onClose}>
            {w.common.cancel}
          </button>
          <button type="submit" className="deep">
            {w.start.create}
          </button>
        </div>
      </form>
    </Modal>
  );
}
