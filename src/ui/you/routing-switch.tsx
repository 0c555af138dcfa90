/** Whether a model may judge links, or the fixed rule alone does. */
import type { ReactElement } from 'react';
import { useActs, useView } from '../use-app.ts';
import { useAllWords } from '../words/all-words.ts';

export function RoutingSwitch(): ReactElement {
  const { w } = useAllWords();
  const acts = useActs();
  const mayScore = useView((view) => view.modelMayScore) ?? true;
  return (
    <section aria-labelledby="routing">
      <h2 id="routing">{w.you.routing}</h2>
      <label className="switch">
        <input
          type="checkbox"
          checked={mayScore}
          aria-describedby="routing-hint"
          onChange={(event) => void acts.letModelScore(event.target.checked).catch(() => undefined)}
        />
        {w.you.modelMayScore}
      </label>
      <p id="routing-hint" className="quiet small">
        {w.you.modelHint}
      </p>
    </section>
  );
}
