/** A room one is not in: nobody has let us in yet, or somebody put us out. */
import type { ReactElement } from 'react';
import type { RoomView } from '../../app/view.ts';
import { FactCord } from '../parts/cord.tsx';
import { replacePlace } from '../shell/place.ts';
import { useActs } from '../use-app.ts';
import { useWords } from '../words/speak.tsx';

export function Knocking({ room }: { readonly room: RoomView['id'] }): ReactElement {
  const { w } = useWords();
  const acts = useActs();
  const stop = async (): Promise<void> => {
    await acts.leaveRoom(room);
    replacePlace({ tab: 'rooms', room: null });
  };
  return (
    <div className="alone knocking">
      <FactCord tied={false} />
      <h2>{w.room.knocking}</h2>
      <p className="quiet">{w.room.knockingHint}</p>
      <button type="button" className="plain strong" onClick={() => void stop().catch(() => undefined)}>
        {w.room.stopWaiting}
      </button>
    </div>
  );
}

/** Stands where the composer was. */
export function Removed({ onLeave }: { readonly onLeave: () => void }): ReactElement {
  const { w } = useWords();
  return (
    <div className="removed">
      <p>
        <strong>{w.room.out}</strong> {w.room.outHint}
      </p>
      <button type="button" className="plain strong" onClick={onLeave}>
        {w.people.leave}
      </button>
    </div>
  );
}
