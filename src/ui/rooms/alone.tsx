/** A room nobody else was in yet: how it can begin. */
import { lazy, Suspense } from 'react';
import type { ReactElement } from 'react';
import type { RoomView } from '../../app/view.ts';
import { useAllWords } from '../words/all-words.ts';
import type { Words } from '../words/words.ts';

const Invitation = lazy(async () => ({ default: (await import('./invitation.tsx')).Invitation }));

export function Alone({ room, mayInvite }: { readonly room: RoomView; readonly mayInvite: boolean }): ReactElement {
  const { w } = useAllWords();
  return (
    <div className="alone">
      <h2>{w.room.alone}</h2>
      <p className="quiet">{beginning(room, w)}</p>
      <Suspense fallback={null}>{mayInvite && <Invitation room={room} />}</Suspense>
    </div>
  );
}

function beginning({ kind, invite }: RoomView, w: Words): string {
  if (kind === 'members') return w.room.aloneMembers;
  return invite === null ? w.room.quiet : w.room.aloneHint;
}
