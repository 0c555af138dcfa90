/** A room one is not in: one waits to be let in, or was put out, or both. */
import { lazy, Suspense, useCallback, useState } from 'react';
import type { ReactElement } from 'react';
import type { RoomView, Wait } from '../../app/view.ts';
import { FactCord } from '../parts/cord.tsx';
import { replacePlace } from '../shell/place.ts';
import { useActs } from '../use-app.ts';
import { useAllWords } from '../words/all-words.ts';

const JoinDialog = lazy(async () => ({ default: (await import('./join-dialog.tsx')).JoinDialog }));

interface OutsideProps {
  readonly room: RoomView;
  readonly onLeave: () => void;
}

/** Never let in: there is nothing else to see. */
export function Knocking({ room }: Pick<OutsideProps, 'room'>): ReactElement {
  return (
    <div className="alone knocking">
      <FactCord tied={false} />
      <Waiting room={room.id} wait={room.wait ?? 'alone'} onStopped={toTheList} />
    </div>
  );
}

/** Stands where the composer was; what was said stays above. */
export function Removed({ room, onLeave }: OutsideProps): ReactElement {
  const { w } = useAllWords();
  return (
    <div className="removed">
      <p>
        <strong>{w.room.out}</strong> {w.outside.outHint}
      </p>
      {room.wait && <Waiting room={room.id} wait={room.wait} />}
      <button type="button" className="plain danger-text" onClick={onLeave}>
        {w.people.leave}
      </button>
    </div>
  );
}

interface WaitingProps {
  readonly room: RoomView['id'];
  readonly wait: Wait;
  readonly onStopped?: () => void;
}

function Waiting({ room, wait, onStopped }: WaitingProps): ReactElement {
  const { w } = useAllWords();
  const acts = useActs();
  const [isJoining, setJoining] = useState(false);
  const close = useCallback(() => setJoining(false), []);
  const isOver = wait === 'over';
  const stop = async (): Promise<void> => {
    await acts.stopWaiting(room);
    onStopped?.();
  };
  return (
    <>
      <div aria-live="polite">
        <h2>{{ alone: w.outside.alone, asked: w.outside.asked, over: w.outside.over }[wait]}</h2>
        <p className="quiet">{isOver ? w.outside.overHint : w.outside.hint}</p>
      </div>
      <div className="actions">
        <button type="button" className={isOver ? 'deep' : 'plain strong'} onClick={() => setJoining(true)}>
          {w.home.join}
        </button>
        <button type="button" className="plain strong" onClick={() => void stop().catch(() => undefined)}>
          {w.outside.stop}
        </button>
      </div>
      {isJoining && (
        <Suspense fallback={null}>
          <JoinDialog onClose={close} />
        </Suspense>
      )}
    </>
  );
}

const toTheList = (): void => replacePlace({ tab: 'rooms', room: null });
