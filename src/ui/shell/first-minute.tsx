/** The first minute: one name, one button, and three knots that tie as facts arrive. */
import { useEffect, useRef, useState } from 'react';
import type { FormEvent, ReactElement } from 'react';
import { FactCord } from '../parts/cord.tsx';
import { clip, nameBytes } from '../../app/fit.ts';
import { Sign } from '../parts/knot.tsx';
import { useActs, useView } from '../use-app.ts';
import { useWords } from '../words/speak.tsx';
import type { FirstWords } from '../words/words.ts';

export function FirstMinute({ invited }: { readonly invited: boolean }): ReactElement {
  const { w } = useWords();
  const acts = useActs();
  const [typed, setTyped] = useState<string | null>(null);
  const [luck] = useState(() => crypto.getRandomValues(new Uint8Array(2)));
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const suggested = suggestion(w, luck);
  const name = typed ?? suggested;

  // The suggestion lies selected, also one whose language came later: typing replaces it, Enter takes it.
  useEffect(() => {
    if (field.current?.value === suggested) field.current.select();
  }, [suggested]);

  const enter = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const wanted = name.trim() || suggested;
    setBusy(true);
    try {
      await acts.nameMe(wanted);
    } finally {
      setBusy(false);
    }
  };

  return (
    <main className="first">
      <div className="first-sign">
        <Sign size={64} />
        <h1>{w.first.title}</h1>
      </div>
      <p className="quiet">{invited ? w.first.invited : w.first.line}</p>
      <form onSubmit={(event) => void enter(event).catch(() => undefined)}>
        <label htmlFor="my-name">{w.first.name}</label>
        <input
          ref={field}
          id="my-name"
          className="name-field"
          value={name}
          onChange={(event) => setTyped(clip(event.target.value, nameBytes))}
          aria-describedby="my-name-hint"
          autoComplete="off"
          autoCapitalize="words"
          spellCheck={false}
          enterKeyHint="go"
        />
        <p id="my-name-hint" className="quiet small">
          {w.first.hint}
        </p>
        <button type="submit" className="deep big" aria-disabled={busy}>
          {busy ? w.first.entering : w.first.enter}
        </button>
      </form>
      <Facts />
    </main>
  );
}

function Facts(): ReactElement {
  const { w, f } = useWords();
  const mesh = useView((view) => view.mesh);
  const ready = useView((view) => view.stage !== 'opening' && view.trouble === null) ?? false;
  const state = mesh?.relay?.state;
  const relay = state === 'open' || state === 'not-let-in' ? (mesh?.relay ?? null) : null;
  const near = mesh?.neighbours.length ?? 0;
  const reached = relay && (relay.rttMs === null ? w.tide.relayOpen : w.tide.relayIn(f.ms(relay.rttMs)));
  const facts = [
    { key: 'relay', tied: relay !== null, says: reached ?? w.first.looking },
    { key: 'near', tied: near > 0, says: near > 0 ? f.count(w.tide.neighbours, near) : w.first.noNeighbours },
    { key: 'sealed', tied: ready, says: ready ? w.first.sealed : w.first.unsealed },
  ];
  return (
    <ul className="facts" aria-label={w.first.facts} aria-live="polite">
      {facts.map(({ key, tied, says }) => (
        <li key={key} data-tied={tied}>
          <FactCord tied={tied} />
          <span>{says}</span>
        </li>
      ))}
    </ul>
  );
}

function suggestion({ calm }: FirstWords, luck: Uint8Array): string {
  const pick = (list: readonly string[], at: number): string => list[(luck[at] ?? 0) % list.length] ?? '';
  return calm.join(pick(calm.first, 0), pick(calm.second, 1));
}
