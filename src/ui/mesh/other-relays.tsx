/** The relays beside the own that this device remembers, which of them stands in for the own, and the way to forget one. */
import type { ReactElement } from 'react';
import type { MeshView } from '../../app/view.ts';
import { useActs } from '../use-app.ts';
import { useAllWords } from '../words/all-words.ts';
import type { Words } from '../words/words.ts';
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
            <Forget address={address} says={w.mesh.forget} />
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
      {others.some(({ address }) => address === relay.address) && (
        <Forget address={relay.address} says={forgetting(relay.address, w)} />
      )}
    </div>
  );
}

/** Who stands in has its row among the links, and no second one here. */
export const besides = ({ relay, others }: Pick<MeshView, 'relay' | 'others'>): MeshView['others'] =>
  others.filter(({ address }) => !relay?.standIn || address !== relay.address);

const forgetting = (address: string, w: Words): string => `${w.mesh.forget} ${hostIn(address)}`;

function Forget({ address, says }: { readonly address: string; readonly says: string }): ReactElement {
  const { w } = useAllWords();
  const acts = useActs();
  return (
    <button type="button" className="plain" aria-label={forgetting(address, w)} onClick={() => void acts.forgetRelay(address)}>
      {says}
    </button>
  );
}
