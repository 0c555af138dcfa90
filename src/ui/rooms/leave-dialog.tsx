/** The way out of a room, and what it costs. */
import type { ReactElement } from 'react';
import type { RoomView } from '../../app/view.ts';
import { Modal } from '../parts/modal.tsx';
import { replacePlace } from '../shell/place.ts';
import { useActs } from '../use-app.ts';
import { useWords } from '../words/speak.tsx';
import type { FirstWords } from '../words/words.ts';
import { isOnlyAdmin } from './members.ts';
import { roomName } from './room-name.ts';

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
      <p>{whatItCosts(room, w)}</p>
      {room.stage === 'in' && isOnlyAdmin(room) && <p>{w.people.leaveOnlyAdmin}</p>}
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

function whatItCosts({ kind, stage }: RoomView, { people }: FirstWords): string {
  if (kind === 'direct') return people.leaveOutTruth;
  if (kind !== 'members') return people.leaveTruth;
  return stage === 'out' ? people.leaveOutTruth : people.leaveMembersTruth;
}
