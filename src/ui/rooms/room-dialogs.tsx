/** What stands over a room where it has no place beside it: its people, and the way in for others. */
import type { ReactElement } from 'react';
import type { RoomView } from '../../app/view.ts';
import { Modal } from '../parts/modal.tsx';
import { useWords } from '../words/speak.tsx';
import { Invitation } from './invitation.tsx';
import { People } from './people.tsx';
import type { PeopleProps } from './people.tsx';

interface Closable {
  readonly onClose: () => void;
}

export function PeopleDialog({ onClose, ...people }: PeopleProps & Closable): ReactElement {
  const { w } = useWords();
  return (
    <Modal title={w.people.title} onClose={onClose}>
      <People {...people} />
    </Modal>
  );
}

export function InviteDialog({ room, onClose }: { readonly room: RoomView } & Closable): ReactElement {
  const { w } = useWords();
  return (
    <Modal title={w.invite.title(room.name)} onClose={onClose}>
      <Invitation room={room} />
    </Modal>
  );
}
