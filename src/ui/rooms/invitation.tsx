/** The way in for others: the link of an open room, or one that is made for a room of members and can be taken back. */
import { useEffect, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import type { RoomView } from '../../app/view.ts';
import { useDeed } from '../shell/trouble.ts';
import { useActs } from '../use-app.ts';
import { useAllWords } from '../words/all-words.ts';
import { InvitePanel } from './invite-panel.tsx';

export function Invitation({ room }: { readonly room: RoomView }): ReactElement | null {
  const { w } = useAllWords();
  if (room.kind === 'members') return <MembersInvitation room={room.id} invite={room.invite} />;
  return room.invite === null ? null : <InvitePanel invite={room.invite} truth={w.inviting.truth} />;
}

interface MembersInvitationProps {
  readonly room: RoomView['id'];
  readonly invite: string | null;
}

function MembersInvitation({ room, invite }: MembersInvitationProps): ReactElement {
  const { w } = useAllWords();
  const acts = useActs();
  const { isBusy, problem, dare } = useDeed();
  const [isWithdrawn, setWithdrawn] = useState(false);

  const make = async (): Promise<void> => {
    setWithdrawn(false);
    await dare(() => acts.invite(room), w.inviting.notMade);
  };
  const withdraw = async (): Promise<void> => {
    const isDone = await dare(() => acts.withdrawInvites(room), w.inviting.notWithdrawn);
    setWithdrawn(isDone === true);
  };

  // What was pressed is gone: on from where its answer stands.
  const panel = useRef<HTMLDivElement>(null);
  const before = useRef(invite);
  useEffect(() => {
    if (before.current !== invite) panel.current?.focus();
    before.current = invite;
  }, [invite]);

  return (
    <div ref={panel} className="invite" tabIndex={-1}>
      {invite !== null && <InvitePanel invite={invite} truth={w.inviting.membersTruth} />}
      {invite === null && (
        <>
          <output>{isWithdrawn ? w.inviting.withdrawn : ''}</output>
          <p className="quiet">{w.inviting.membersTruth}</p>
          <button type="button" className="deep" aria-disabled={isBusy} onClick={() => void make()}>
            {w.inviting.make}
          </button>
        </>
      )}
      <p className="error" role="alert">
        {problem}
      </p>
      {invite !== null && (
        <button type="button" className="plain danger-text" aria-disabled={isBusy} onClick={() => void withdraw()}>
          {w.inviting.withdraw}
        </button>
      )}
    </div>
  );
}
