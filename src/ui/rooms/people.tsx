/** Who belongs to a room, how each is reached now, and the way out. */
import type { ReactElement } from 'react';
import type { PersonView, RoomView } from '../../app/view.ts';
import { sharedNames, shortPrint } from '../parts/fingerprint.ts';
import { Knot } from '../parts/knot.tsx';
import { Modal } from '../parts/modal.tsx';
import { roomName } from './room-name.ts';
import { replacePlace } from '../shell/place.ts';
import { useActs, useView } from '../use-app.ts';
import { useWords } from '../words/speak.tsx';
import type { Speech } from '../words/speak.tsx';

export interface PeopleProps {
  readonly room: RoomView;
  readonly onLeave: () => void;
}

export function People({ room, onLeave }: PeopleProps): ReactElement {
  const speech = useWords();
  const { w } = speech;
  const me = useView((view) => view.me);
  const twice = sharedNames(me ? [me, ...room.people] : room.people);
  return (
    <>
      <ul className="people">
        {me && (
          <li className="person">
            <Knot of={me.device} size={32} />
            <span className="person-name">
              <bdi>{me.name}</bdi>
              {twice.has(me.name) && <code>{shortPrint(me.device)}</code>}
            </span>
            <span className="person-path">{w.common.you}</span>
          </li>
        )}
        {room.people.map((person) => (
          <li key={person.device} className="person" data-here={person.here}>
            <Knot of={person.device} size={32} />
            <span className="person-name">
              <bdi>{person.name}</bdi>
              {twice.has(person.name) && <code>{shortPrint(person.device)}</code>}
            </span>
            <span className="person-path">{reachedBy(person, speech)}</span>
          </li>
        ))}
      </ul>
      {room.people.length === 0 && <p className="quiet small">{w.people.none}</p>}
      {room.kind === 'open' && (
        <button type="button" className="plain danger-text" onClick={onLeave}>
          {w.people.leave}
        </button>
      )}
    </>
  );
}

export function reachedBy({ here, path, rttMs }: PersonView, { w, f }: Speech): string {
  if (!here || path === null) return w.people.away;
  const way = path === 'direct' ? w.people.direct : w.people.relayed;
  return rttMs === null ? way : `${way} · ${f.ms(rttMs)}`;
}

export function LeaveDialog({ room, onClose }: { readonly room: RoomView; readonly onClose: () => void }): ReactElement {
  const { w } = useWords();
  const acts = useActs();
  const leave = async (): Promise<void> => {
    onClose();
    await acts.leaveRoom(room.id);
    replacePlace({ tab: 'rooms', room: null });
  };
  return (
    <Modal title={w.people.leaveTitle(roomName(room, w))} onClose={onClose}>
      <p>{w.people.leaveTruth}</p>
      <div className="actions">
        <button type="button" data-focus className="plain" onClick={onClose}>
          {w.common.cancel}
        </button>
        <button type="button" className="danger-fill" onClick={() => void leave().catch(() => undefined)}>
          {w.people.leaveYes}
        </button>
      </div>
    </Modal>
  );
}
