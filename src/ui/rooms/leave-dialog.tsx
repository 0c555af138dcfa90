/** The way out of a room, and what it costs. */
import type { ReactElement } from 'react';
import type { RoomView } from '../../app/view.ts';
import { Modal } from '../parts/modal.tsx';
import { replacePlace } from '../shell/place.ts';
import { useActs } from '../use-app.ts';
import { useAllWords } from '../words/all-words.ts';
import type { Words } from '../words/words.ts';
import { isOnlyAdmin } from './members.ts';
import { roomName } from './room-name.ts';

export function LeaveDialog({ room, onClose }: { readonly room: RoomView; readonly onClose: () => void }): ReactElement {
  const { w } = useAllWords();
  const acts = useActs();
  const isTwo = room.kind === 'direct';
  const leave = async (): Promise<void> => {
    onClose();
    await acts.leaveRoom(room.id);
    replacePlace({ tab: 'rooms', room: null });
  };
  return (
    <Modal title={isTwo ? w.leaving.twoTitle(room.name) : w.leaving.title(roomName(room, w))} onClose={onClose}>
      <p>{whatItCosts(room, w)}</p>
      {room.stage === 'in' && isOnlyAdmin(room) && <p>{w.leaving.onlyAdmin}</p>}
      <div className="actions">
        <button type="button" data-focus className="plain" onClick={onClose}>
          {w.common.cancel}
        </button>
        <button type="button" className="danger-fill" onClick={() => void leave().catch(() => undefined)}>
          {isTwo ? w.leaving.twoYes : w.leaving.yes}
        </button>
      </div>
    </Modal>
  );
}

function whatItCosts({ kind, stage }: RoomView, { leaving }: Words): string {
  if (kind === 'direct') return leaving.twoTruth;
  if (kind !== 'members') return leaving.openTruth;
  return stage === 'out' ? leaving.outTruth : leaving.membersTruth;
}
