/** A room: who is here, what was said, what I say. */
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import type { RoomView } from '../../app/view.ts';
import { announce } from '../parts/announce.tsx';
import { Icon } from '../parts/icon.tsx';
import { goBack } from '../shell/place.ts';
import { TideLine } from '../shell/tide.tsx';
import { useActs, useView } from '../use-app.ts';
import { useWords } from '../words/speak.tsx';
import { Composer } from './composer.tsx';
import { Kind } from './kind.tsx';
import { faceOf, isMember, peopleOf } from './members.ts';
import { roomName } from './room-name.ts';
import { Timeline } from './timeline.tsx';

const People = lazy(async () => ({ default: (await import('./people.tsx')).People }));
const PersonDialog = lazy(async () => ({ default: (await import('./person-dialog.tsx')).PersonDialog }));
const PeopleDialog = lazy(async () => ({ default: (await import('./room-dialogs.tsx')).PeopleDialog }));
const InviteDialog = lazy(async () => ({ default: (await import('./room-dialogs.tsx')).InviteDialog }));
const Alone = lazy(async () => ({ default: (await import('./alone.tsx')).Alone }));
const Knocking = lazy(async () => ({ default: (await import('./outside.tsx')).Knocking }));
const Removed = lazy(async () => ({ default: (await import('./outside.tsx')).Removed }));
const LeaveDialog = lazy(async () => ({ default: (await import('./leave-dialog.tsx')).LeaveDialog }));

const Square = lazy(async () => ({ default: (await import('./square.tsx')).Square }));

type RoomDialog = 'people' | 'invite' | 'leave' | null;

export function Room({ room }: { readonly room: RoomView }): ReactElement {
  const { w, f } = useWords();
  const acts = useActs();
  const [dialog, setDialog] = useState<RoomDialog>(null);
  const close = useCallback(() => setDialog(null), []);
  const leave = useCallback(() => setDialog('leave'), []);
  // Devices come and go; the person who is asked about stays the same.
  const [asked, setAsked] = useState<string | null>(null);
  const answered = useCallback(() => setAsked(null), []);
  const { id, stage } = room;
  const people = peopleOf(room);
  const count = people.length + 1;
  const person = people.find((each) => faceOf(each) === asked);
  const isIn = stage === 'in';
  const mayInvite = isIn && (room.kind === 'members' || room.invite !== null);

  const said = <Said room={room} mayInvite={mayInvite} />;

  useEffect(() => {
    // What cannot be read is told by `trouble`.
    acts.show(id).catch(() => undefined);
  }, [acts, id]);
  useSpokenStage(stage);

  return (
    <>
      <div className="room">
        <header className="bar">
          <button type="button" className="plain square narrow" aria-label={w.common.back} onClick={goBack}>
            <Icon name="back" />
          </button>
          <div className="bar-title">
            <h1>{roomName(room, w)}</h1>
            {/* Of the Square the line below says it. */}
            {room.kind !== 'square' && <Kind kind={room.kind} shown />}
          </div>
          {isIn && (
            <button type="button" className="plain count not-broad" onClick={() => setDialog('people')}>
              <Icon name="people" />
              <span aria-hidden="true">{f.number(count)}</span>
              <span className="sr">{f.count(w.room.people, count)}</span>
            </button>
          )}
          {mayInvite && (
            <button type="button" className="plain strong" onClick={() => setDialog('invite')}>
              {w.invite.open}
            </button>
          )}
        </header>
        <div className="narrow">
          <TideLine />
        </div>
        {room.kind === 'square' && <p className="open-banner">{w.room.square}</p>}
        {stage !== 'knocking' && room.kind !== 'square' && said}
        {isIn && room.kind !== 'square' && <Composer room={id} />}
        {room.kind === 'square' && (
          <Suspense fallback={said}>
            <Square room={room}>{said}</Square>
          </Suspense>
        )}
        <Suspense fallback={null}>
          {stage === 'knocking' && <Knocking room={room} />}
          {stage === 'out' && <Removed room={room} onLeave={leave} />}
        </Suspense>
      </div>
      {isIn && (
        <aside className="people-pane broad" aria-label={w.people.title}>
          <h2>{w.people.title}</h2>
          <Suspense fallback={null}>
            <People room={room} onAsk={setAsked} onLeave={leave} />
          </Suspense>
        </aside>
      )}
      <Suspense fallback={null}>
        {dialog === 'people' && isIn && <PeopleDialog room={room} onAsk={setAsked} onLeave={leave} onClose={close} />}
        {dialog === 'invite' && mayInvite && <InviteDialog room={room} onClose={close} />}
        {dialog === 'leave' && <LeaveDialog room={room} onClose={close} />}
      </Suspense>
      <Suspense fallback={null}>
        {person && isMember(person) && isIn && <PersonDialog room={room} person={person} onClose={answered} />}
      </Suspense>
    </>
  );
}

/** What was said so far, or how it can begin. */
function Said({ room, mayInvite }: { readonly room: RoomView; readonly mayInvite: boolean }): ReactElement {
  const timeline = useView((view) => view.timelines[room.id] ?? null);
  const isAlone = room.stage === 'in' && timeline?.messages.length === 0 && peopleOf(room).length === 0;
  if (!isAlone) return <Timeline room={room} timeline={timeline} />;
  return (
    <Suspense fallback={null}>
      <Alone room={room} mayInvite={mayInvite} />
    </Suspense>
  );
}

/** Let in or put out while one looks: those who listen hear it. */
function useSpokenStage(stage: RoomView['stage']): void {
  const { w } = useWords();
  const before = useRef(stage);
  useEffect(() => {
    if (before.current === stage) return;
    before.current = stage;
    if (stage === 'out') announce(w.room.out);
    if (stage === 'in') announce(w.room.letIn);
  }, [stage, w]);
}
