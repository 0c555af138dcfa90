/** Home without a room of one's own: who is near, and the ways in. */
import type { ReactElement } from 'react';
import { Sign } from '../parts/knot.tsx';
import { Way } from '../parts/way.tsx';
import { useView } from '../use-app.ts';
import { useWords } from '../words/speak.tsx';
import type { HomeDialog } from './home-dialogs.tsx';

export interface WaysInProps {
  readonly onDialog: (dialog: HomeDialog) => void;
}

export function EmptyHome({ onDialog }: WaysInProps): ReactElement {
  const { w, f } = useWords();
  const near = useView((view) => view.mesh.neighbours.length) ?? 0;
  return (
    <div className="empty">
      <h2>{w.home.noRooms}</h2>
      <p className="quiet">
        {near ? `${f.count(w.home.inReach, near)}. ` : ''}
        {w.home.explain}
      </p>
      <WaysIn onDialog={onDialog} />
    </div>
  );
}

export function WaysIn({ onDialog }: WaysInProps): ReactElement {
  const { w } = useWords();
  return (
    <div className="ways">
      <Way icon="plus" says={w.home.start} hint={w.home.startHint} onClick={() => onDialog('start')} />
      <Way icon="scan" says={w.home.join} hint={w.home.joinHint} onClick={() => onDialog('join')} />
      <Way icon="mesh" says={w.home.pair} hint={w.home.pairHint} onClick={() => onDialog('pair')} />
    </div>
  );
}

/** Beside the list, while no room is open. */
export function StageHint(): ReactElement {
  const { w } = useWords();
  return (
    <div className="stage-hint">
      <Sign size={96} />
      <p className="quiet">{w.home.choose}</p>
    </div>
  );
}
