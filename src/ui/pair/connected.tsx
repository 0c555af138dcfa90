/** Two are linked: who it is, whether the link still stands, and what they may do next. */
import { useState } from 'react';
import type { ReactElement } from 'react';
import type { RoomView } from '../../app/view.ts';
import { Knot } from '../parts/knot.tsx';
import { Way } from '../parts/way.tsx';
import { Invitation } from '../rooms/invitation.tsx';
import { roomName } from '../rooms/room-name.ts';
import { go } from '../shell/place.ts';
import { useView } from '../use-app.ts';
import { useAllWords } from '../words/all-words.ts';

export interface ConnectedProps {
  readonly device: string;
  readonly name: string;
  readonly onClose: () => void;
  readonly onStartRoom: () => void;
}

export function Connected({ device, name, onClose, onStartRoom }: ConnectedProps): ReactElement {
  const { w, f } = useAllWords();
  const rooms = useView((view) => view.rooms) ?? [];
  const neighbours = useView((view) => view.mesh.neighbours) ?? [];
  const [inviting, setInviting] = useState<RoomView['id'] | null>(null);
  const near = neighbours.find((each) => each.device === device && each.path === 'direct');
  const isThere = ({ people }: RoomView): boolean => people.some((each) => each.device === device);
  const open = (room: RoomView): void => {
    onClose();
    go({ tab: 'rooms', room: room.id });
  };
  const shared = rooms.filter((room) => room.stage === 'in' && isThere(room));
  const others = rooms.filter((room) => mayInvite(room) && !isThere(room));
  const invited = rooms.find(({ id }) => id === inviting);

  return (
    <>
      <div className="pair-who">
        <Knot of={device} size={96} />
        <p className="quiet">
          {near === undefined ? w.pair.broken : near.rttMs === null ? w.pair.direct : w.pair.directIn(f.ms(near.rttMs))}
        </p>
      </div>
      {invited ? (
        <section className="pair-invite">
          <h3>{isThere(invited) ? w.pair.cameIn(name, invited.name) : w.invite.title(invited.name)}</h3>
          {!isThere(invited) && <p className="quiet">{w.pair.inviteHint}</p>}
          {!isThere(invited) && <Invitation room={invited} />}
          <button type="button" className={isThere(invited) ? 'deep big' : 'plain strong'} onClick={() => open(invited)}>
            {w.pair.openRoom(invited.name)}
          </button>
          <button type="button" className="plain" onClick={() => setInviting(null)}>
            {w.common.back}
          </button>
        </section>
      ) : (
        <>
          <div className="ways">
            {shared.map((room) => (
              <Way
                key={room.id}
                icon="rooms"
                says={w.pair.openRoom(roomName(room, w))}
                hint={w.pair.bothIn}
                onClick={() => open(room)}
              />
            ))}
            {others.map((room) => (
              <Way
                key={room.id}
                icon="invite"
                says={w.invite.title(room.name)}
                hint={w.pair.inviteWay}
                onClick={() => setInviting(room.id)}
              />
            ))}
            <Way
              icon="plus"
              says={w.home.start}
              hint={w.home.startHint}
              onClick={() => {
                onClose();
                onStartRoom();
              }}
            />
          </div>
          <button type="button" className="plain" onClick={onClose}>
            {w.pair.done}
          </button>
        </>
      )}
    </>
  );
}

const mayInvite = ({ kind, stage, invite }: RoomView): boolean =>
  stage === 'in' && (kind === 'members' || (kind === 'open' && invite !== null));
