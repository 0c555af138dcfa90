/** The relays beside the own that this device remembers, which of them stands in for the own, and the way to forget one. */
import type { ReactElement } from 'react';
import type { MeshView } from '../../app/view.ts';
import { useActs } from '../use-app.ts';
import { useAllWords } from '../words/all-words.ts';
import { hostIn } from './host-in.ts';

export function OtherRelays({ mesh }: { readonly mesh: MeshView }): ReactElement | null {
  const { w } = useAllWords();
  const others = besides(mesh);
  if (others.length === 0) return null;
  return (
    <section className="other-relays" aria-labelledby="other-relays">
      <h2 id="other-relays">{w.mesh.others}</h2>
      <p className="quiet small">{w.mesh.othersHint}</p>
      <ul>
        {others.map(({ address, state }) => (
          <li key={address}>
            <span>
              <bdi className="address">{hostIn(address)}</bdi>
              <span className="quiet small">{w.mesh.otherStates[state]}</span>
            </span>
            <Forget address={address} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Why the relay among the links is another than the one this page came by. */
export function StandIn({ mesh }: { readonly mesh: MeshView }): ReactElement | null {
  const { w } = useAllWords();
  const { relay, others } = mesh;
  const away = relay?.standIn?.away ?? null;
  if (relay === null || away === null) return null;
  return (
    <div className="stand-in">
      <p>{w.mesh.standsIn(hostIn(away), hostIn(relay.address))}</p>
      {others.some(({ address }) => address === relay.address) && <Forget address={relay.address} />}
    </div>
  );
}

/** Who stands in has its row among the links, and no second one here. */
export const besides = ({ relay, others }: Pick<MeshView, 'relay' | 'others'>): MeshView['others'] =>
  others.filter(({ address }) => !relay?.standIn || address !== relay.address);

function Forget({ address }: { readonly address: string }): ReactElement {
  const { w } = useAllWords();
  const acts = useActs();
  const label = `${w.mesh.forget}: ${hostIn(address)}`;
  return (
    <button type="button" className="plain" aria-label={label} onClick={() => void acts.forgetRelay(address)}>
      {w.mesh.forget}
    </button>
  );
}
