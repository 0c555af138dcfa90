/** What a trouble is called, and the verbs that may run into one. */
import { useCallback, useRef, useState } from 'react';
import type { Trouble } from '../../app/view.ts';
import { useActs, useTroubleNow } from '../use-app.ts';
import { useWords } from '../words/speak.tsx';
import type { FirstWords } from '../words/words.ts';

export interface Deed {
  readonly isBusy: boolean;
  /** Why the last one was not done, in a line. */
  readonly problem: string | null;
  /** Does one thing at a time; null or false: it was not done. `otherwise` is said where the app does not say why. */
  dare<Done>(deed: () => Promise<Done | null>, otherwise: string): Promise<Done | null>;
  forget(): void;
}

export function useDeed(): Deed {
  const { w } = useWords();
  const acts = useActs();
  const troubleNow = useTroubleNow();
  const busy = useRef(false);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const dare = useCallback(
    async <Done>(deed: () => Promise<Done | null>, otherwise: string): Promise<Done | null> => {
      if (busy.current) return null;
      const before = troubleNow();
      busy.current = true;
      setBusy(true);
      setProblem(null);
      const done = await deed().catch(() => null);
      busy.current = false;
      setBusy(false);
      if (done !== null && done !== false) return done;
      const trouble = troubleNow();
      const isNews = trouble !== null && trouble !== before;
      // Said here, where the person looks; not a second time above.
      if (isNews) acts.dismissTrouble();
      setProblem(isNews ? troubleWords(trouble, w) : otherwise);
      return null;
    },
    [acts, troubleNow, w],
  );
  return { isBusy, problem, dare, forget: () => setProblem(null) };
}

export function troubleWords(trouble: Trouble, { trouble: says }: FirstWords): string {
  switch (trouble) {
    case 'storage-newer':
      return says.storageNewer;
    case 'storage-blocked':
      return says.storageBlocked;
    case 'storage-absent':
      return says.storageAbsent;
    case 'storage-locked':
      return says.storageLocked;
    case 'storage-failed':
      return says.storageFailed;
    case 'storage-full':
      return says.storageFull;
    case 'bad-link':
      return says.badLink;
    case 'link-expired':
      return says.linkExpired;
    case 'members-not-loaded':
      return says.membersNotLoaded;
    case 'keys-not-read':
      return says.keysNotRead;
    case 'no-secure-context':
      return says.noSecureContext;
    case 'message-too-long':
      return says.messageTooLong;
    case 'too-many-rooms':
      return says.tooManyRooms;
  }
}
