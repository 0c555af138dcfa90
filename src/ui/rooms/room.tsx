/** A room: who is here, what was said, what I say. */
import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
import type { ReactElement } from 'react';
import type { RoomView } from '../../app/view.ts';
import { Icon } from '../parts/icon.tsx';
import { Modal } from '../parts/modal.tsx';
import { goBack } from '../shell/place.ts';
import { TideLine } from '../shell/tide.tsx';
import { useActs, useView } from '../use-app.ts';
import { useWords } from '../words/speak.tsx';
import { Composer } from './composer.tsx';
import { LeaveDialog, People } from './people.tsx';
import { roomName } from './room-name.ts';
import { Timeline } from './timeline.tsx';

const InvitePanel = lazy(async () => ({ default: (await import('./invite-panel.tsx')).InvitePanel }));

type RoomDialog = 'people' | 'invite' | 'leave' | null;

export function Room({ room }: { readonly room: RoomView }): ReactElement {
  const { w, f } = useWords();
  const acts = useActs();
  const timeline = useView((view) => view.timelines[room.id] ?? null);
  const [dialog, setDialog] = useState<RoomDialog>(null);
  const close = useCallback(() => setDialog(null), []);
  const leave = useCallback(() => setDialog('leave'), []);
  const { id, invite } = room;

  useEffect(() => {
    // What cannot be read is told by `trouble`.
    acts.show(id).catch(() => undefined);
  }, [acts, id]);

  const alone = timeline?.messages.length === 0 && room.people.length === 0;
  return (
    <>
      <div className="room">
        <header className="bar">
          <button type="button" className="plain square narrow" aria-label={w.common.back} onClick={goBack}>
            <Icon name="back" />
          </button>
          <h1>{roomName(room, w)}</h1>
          <button type="button" className="plain count not-broad" onClick={() => setDialog('people')}>
            <Icon name="people" />
            <span aria-hidden="true">{f.number(room.people.length + 1)}</span>
            <span className="sr">{f.count(w.room.people, room.people.length + 1)}</span>
          </button>
          {invite && (
            <button type="button" className="plain strong" onClick={() => setDialog('invite')}>
              {w.invite.open}
            </button>
          )}
        </header>
        <div className="narrow">
          <TideLine />
        </div>
        {room.kind === 'square' && <p className="open-banner">{w.room.square}</p>}
        {alone ? (
          <div className="alone">
            <h2>{w.room.alone}</h2>
            <p className="quiet">{invite ? w.room.aloneHint : w.room.quiet}</p>
            <Suspense fallback={null}>{invite && <InvitePanel invite={invite} />}</Suspense>
          </div>
        ) : (
          <Timeline room={room} timeline={timeline} />
        )}
        <Composer room={id} last={room.last} />
      </div>
      <aside className="people-pane broad" aria-label={w.people.title}>
        <h2>{w.people.title}</h2>
        <People room={room} onLeave={leave} />
      </aside>
      {dialog === 'people' && (
        <Modal title={w.people.title} onClose={close}>
          <People room={room} onLeave={leave} />
        </Modal>
      )}
      {dialog === 'invite' && invite && (
        <Suspense fallback={null}>
          <Modal title={w.invite.title(room.name)} onClose={close}>
            <InvitePanel invite={invite} />
          </Modal>
        </Suspense>
      )}
      {dialog === 'leave' && <LeaveDialog room={room} onClose={close} />}
    </>
  );
}
