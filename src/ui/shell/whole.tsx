/** Which screen stands: the question, the frame, or why neither can. */
import { useEffect, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import type { Stage } from '../../app/view.ts';
import { useActs, useBroken, useView } from '../use-app.ts';
import { FirstMinute } from './first-minute.tsx';
import { Frame } from './frame.tsx';
import { onInvite } from './invite-link.ts';
import { Stuck } from './notices.tsx';
import type { Update } from './notices.tsx';
import { go } from './place.ts';
import { changeSettings, settings } from './settings.ts';

export interface WholeProps {
  /** What the address brought. */
  readonly invite: string | null;
  readonly update: Update | null;
}

export function Whole({ invite, update }: WholeProps): ReactElement {
  const broken = useBroken();
  const stage = useView((view) => view.stage);
  const waiting = useInvite(invite, stage);
  const ready = stage === 'ready';

  useEffect(() => {
    if (ready !== settings().named && (ready || stage === 'unnamed')) changeSettings({ named: ready });
  }, [ready, stage]);

  if (broken || stage === 'stuck') return <Stuck />;
  // Before the disk was read, the last time decides: most people come back.
  if (ready || ((stage === null || stage === 'opening') && settings().named)) return <Frame update={update} />;
  return <FirstMinute invited={waiting} />;
}

/** Joins the room of an invite as soon as there is a name; true while one waits. */
function useInvite(first: string | null, stage: Stage | null): boolean {
  const acts = useActs();
  const [invite, setInvite] = useState(first);
  /** For the page after this one, should this one end before. */
  const isKept = useRef(false);
  useEffect(() => onInvite(setInvite), []);
  useEffect(() => {
    acts.unsent('invite').then((left) => {
      isKept.current ||= left !== '';
      if (left !== '') setInvite((newer) => newer ?? left);
    }, ignore);
  }, [acts]);
  useEffect(() => {
    if (invite === null) return;
    if (stage === 'unnamed') {
      isKept.current = true;
      acts.keepUnsent('invite', invite).catch(ignore);
    }
    if (stage !== 'ready') return;
    setInvite(null);
    acts
      .joinRoom(invite)
      .then((room) => {
        if (room !== null) go({ tab: 'rooms', room });
        return isKept.current ? acts.keepUnsent('invite', '') : undefined;
      })
      // Told by `trouble`.
      .catch(ignore);
  }, [acts, invite, stage]);
  return invite !== null;
}

const ignore = (): void => undefined;
