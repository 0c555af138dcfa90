/** The relays beside the own that this device remembers, and the way to forget one. */
import type { ReactElement } from 'react';
import type { MeshView } from '../../app/view.ts';
import { useActs } from '../use-app.ts';
import { useAllWords } from '../words/all-words.ts';
import { hostIn } from './host-in.ts';

export function OtherRelays({ mesh }: { readonly mesh: MeshView }): ReactElement | null {
  const { w } = useAllWords();
  const acts = useActs();
  if (mesh.others.length === 0) return null;
  return (
    <section className="other-relays" aria-labelledby="other-relays">
      <h2 id="other-relays">{w.mesh.others}</h2>
      <p className="quiet small">{w.mesh.othersHint}</p>
      <ul>
        {mesh.others.map(({ address, state }) => (
          <li key={address}>
            <span>
              <bdi className="address">{hostIn(address)}</bdi>
              <span className="quiet small">{w.mesh.otherStates[state]}</span>
            </span>
            <button
              type="button"
              className="plain"
              aria-label={`${w.mesh.forget}: ${hostIn(address)}`}
              onClick={() => void acts.forgetRelay(address)}
            >
              {w.mesh.forget}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
