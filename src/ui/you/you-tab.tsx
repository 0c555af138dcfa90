/** Me: my name and knot, how things look, and what is sealed and what is not. */
import { useState } from 'react';
import type { FormEvent, ReactElement } from 'react';
import type { Me } from '../../app/view.ts';
import { announce } from '../parts/announce.tsx';
import { clip, nameBytes } from '../../app/fit.ts';
import { groups } from '../parts/fingerprint.ts';
import { Knot } from '../parts/knot.tsx';
import { useActs, useView } from '../use-app.ts';
import { useAllWords } from '../words/all-words.ts';
import { buildName } from './build-name.ts';
import { LookSettings } from './look-settings.tsx';
import { RoutingSwitch } from './routing-switch.tsx';
import './you.css';

export function YouTab(): ReactElement | null {
  const { w } = useAllWords();
  const me = useView((view) => view.me);
  if (!me) return null;
  return (
    <section
      className="page you"
      aria-labelledby="you"
      // A scroller is reached by keyboard too.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
    >
      <h1 id="you">{w.tabs.you}</h1>
      <div className="me">
        <Knot of={me.person ?? me.device} size={96} />
        <NameForm key={me.name} me={me} />
      </div>
      {me.person && (
        <section aria-labelledby="my-fingerprint">
          <h2 id="my-fingerprint">{w.you.mine}</h2>
          <Fingerprint of={me.person} />
          <p className="quiet small">{w.you.mineHint}</p>
        </section>
      )}
      <section aria-labelledby="fingerprint">
        <h2 id="fingerprint">{w.you.fingerprint}</h2>
        <Fingerprint of={me.device} />
        <p className="quiet small by-device">
          {me.person && <Knot of={me.device} size={32} />} {me.person ? w.you.deviceHint : w.you.fingerprintHint}
        </p>
      </section>
      <LookSettings />
      <RoutingSwitch />
      <section aria-labelledby="truth">
        <h2 id="truth">{w.you.truth}</h2>
        <ul className="truth">
          {w.you.sealed.map((line) => (
            <li key={line} data-sealed>
              {line}
            </li>
          ))}
          {w.you.notSealed.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </section>
      <p className="quiet small">
        {w.first.title} <span dir="ltr">{buildName()}</span>
      </p>
    </section>
  );
}

function Fingerprint({ of }: { readonly of: string }): ReactElement {
  return (
    <p className="fingerprint" dir="ltr">
      {groups(of).map((group, at) => (
        // The same group may stand twice.
        <code key={`${at}-${group}`}>{group}</code>
      ))}
    </p>
  );
}

function NameForm({ me }: { readonly me: Me }): ReactElement {
  const { w } = useAllWords();
  const acts = useActs();
  const [name, setName] = useState(me.name);
  const wanted = name.trim();
  const changed = wanted !== '' && wanted !== me.name;

  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!changed) return;
    await acts.nameMe(wanted);
    announce(w.you.saved);
  };

  return (
    <form className="stack" onSubmit={(event) => void save(event).catch(() => undefined)}>
      <label htmlFor="name">{w.you.name}</label>
      <div className="side-by-side">
        <input
          id="name"
          className="field"
          value={name}
          onChange={(event) => setName(clip(event.target.value, nameBytes))}
          autoComplete="off"
          spellCheck={false}
          enterKeyHint="done"
        />
        <button type="submit" className="deep" aria-disabled={!changed}>
          {w.you.save}
        </button>
      </div>
    </form>
  );
}
