/** The rooms as one cord: each tied on by a small knot, orange where something is new for you. */
import type { ReactElement } from 'react';
import type { RoomView } from '../../app/view.ts';
import { useNow } from '../parts/now.ts';
import { go } from '../shell/place.ts';
import { useWords } from '../words/speak.tsx';
import type { Speech } from '../words/speak.tsx';
import { Kind } from './kind.tsx';
import { roomName } from './room-name.ts';

export interface RoomListProps {
  readonly rooms: readonly RoomView[];
  readonly open: RoomView['id'] | null;
}

export function RoomList({ rooms, open }: RoomListProps): ReactElement {
  const speech = useWords();
  const { w, f } = speech;
  const nowMs = useNow();
  return (
    <>
      <h1 className="sr">{w.tabs.rooms}</h1>
      <ul className="rooms">
        {rooms.map((room) => (
          <li key={room.id}>
            <button
              type="button"
              className="room-row"
              data-stage={room.stage}
              aria-current={room.id === open ? 'true' : undefined}
              onClick={() => go({ tab: 'rooms', room: room.id })}
            >
              <span className="room-knot" data-new={room.unread > 0}>
                {room.unread > 0 && (
                  <>
                    <span aria-hidden="true">{f.number(room.unread)}</span>
                    <span className="sr">{f.count(w.home.unread, room.unread)}</span>
                  </>
                )}
              </span>
              <span className="room-name">{roomName(room, w)}</span>
              <Kind kind={room.kind} shown={false} />
              {room.last && <span className="room-time">{f.stamp(room.last.sentAtMs, nowMs)}</span>}
              <span className="room-last">{lastLine(room, speech)}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function lastLine({ last, kind, stage, wait }: RoomView, { w }: Speech): string {
  if (wait) return w.home.knocking;
  if (stage === 'out') return w.home.out;
  if (!last) return kind === 'square' ? w.home.squareHint : w.home.nothingYet;
  return last.mine ? w.home.youSaid(last.text) : w.home.saidBy(last.name, last.text);
}
