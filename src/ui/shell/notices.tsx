/** What stands above everything: the one trouble a person should know, and an update that waits to be wanted. */
import { useEffect, useState } from 'react';
import type { ReactElement } from 'react';
import { useActs, useView } from '../use-app.ts';
import { useWords } from '../words/speak.tsx';
import { troubleWords } from './trouble.ts';

/** A newer version lies ready; it comes when the person says so. */
export interface Update {
  onReady(ready: () => void): () => void;
  apply(): void;
}

export function Notices({ update }: { readonly update: Update | null }): ReactElement {
  const { w } = useWords();
  const acts = useActs();
  const trouble = useView((view) => view.trouble);
  const [ready, setReady] = useState(false);
  useEffect(() => update?.onReady(() => setReady(true)), [update]);

  return (
    <div className="notices">
      {trouble && (
        <div className="notice danger" role="alert">
          <p>{troubleWords(trouble, w)}</p>
          <button type="button" className="plain" onClick={acts.dismissTrouble}>
            {w.trouble.dismiss}
          </button>
        </div>
      )}
      {ready && update && (
        <div className="notice" aria-live="polite">
          <p>{w.update.ready}</p>
          <button type="button" className="plain" onClick={() => setReady(false)}>
            {w.update.later}
          </button>
          <button type="button" className="plain strong" onClick={() => update.apply()}>
            {w.update.apply}
          </button>
        </div>
      )}
    </div>
  );
}

/** The app cannot start here: why, and the one thing to try. */
export function Stuck(): ReactElement {
  const { w } = useWords();
  const trouble = useView((view) => view.trouble);
  return (
    <main className="stuck">
      <h1>{w.trouble.stuck}</h1>
      <p role="alert">{trouble ? troubleWords(trouble, w) : w.trouble.broken}</p>
      <button type="button" className="deep" onClick={() => location.reload()}>
        {w.trouble.again}
      </button>
    </main>
  );
}
